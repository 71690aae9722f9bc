"""One event, and why a story is where it is: ``show``, ``explain``."""

import click
from rich.text import Text

from newsloom import bootstrap
from newsloom.cli import output
from newsloom.cli.named import events_named, is_id, stories_named
from newsloom.cli.reasons import because, moved, relinked
from newsloom.cli.rows import event_row, story_rows
from newsloom.store.values import EventSummary, Stored


@click.command()
@click.argument("named", metavar="EVENT|STORY|FILE|URL")
@output.json_option
def show(named: str, *, as_json: bool) -> None:
    """Show one event and its stories; or that of a story, or those that the stories of an article belong to."""
    for event in events_named(named):
        _show(named, event, as_json=as_json)


def _show(named: str, event: EventSummary, *, as_json: bool) -> None:
    stories = bootstrap.store().stories_of(event.language, event.event)
    others = {event.event, *(story.member.story for story in stories)}
    merged_into = event.event if is_id(named) and named.lower() not in others else None
    if as_json:
        output.emit({**event_row(event), "merged_into": merged_into, "stories": list(story_rows(stories))})
        return
    if merged_into:
        output.stdout.print(f"Event {named.lower()} was merged into {merged_into}.", style="yellow")
    span = f"{'' if event.dated else 'arrived '}{output.day(event.first_s)} to {output.day(event.last_s)}"
    unknown, gone = event.size - len(stories), bootstrap.store().gone(stories)
    expired = f", {unknown} of them expired and not shown" if unknown > 0 else ""
    output.stdout.print(f"Event {event.event}: {output.stories(event.size)}{expired}, {span}", style="bold")
    for story in stories:  # no table: titles and files are longer than any column
        when = output.day(story.member.published_s) or "undated"
        told = [story.outcome.value, when, *([story.source] if story.source else [])]
        told += [f"of {link}, which is gone" for link in story.links if link in gone]
        output.stdout.print()
        output.stdout.print(Text.assemble((story.member.story, "cyan"), "  ", output.plain("  ".join(told))))
        for line in filter(None, (story.title, story.file)):
            output.stdout.print(Text("  ").append(output.plain(line)))


@click.command()
@click.argument("named", metavar="STORY|FILE|URL")
@output.json_option
def explain(named: str, *, as_json: bool) -> None:
    """Say why a story, or each story of an article, is where it is."""
    for story in stories_named(named):
        _explain(story, as_json=as_json)


def _explain(story: Stored, *, as_json: bool) -> None:
    store = bootstrap.store()
    record, moves = store.record(story), store.moves(story)
    if as_json:
        [row] = story_rows([story])
        output.emit({**row, "decision": record, "moves": moves})
        return
    output.stdout.print(f"Story {story.member.story} of {story.file}", style="bold")
    output.stdout.print(output.plain(story.title or "(no title)"))
    if record is None:
        output.stdout.print(
            f"{story.outcome.value}: event {story.event}; its record has left the stream by now."
        )
    else:
        output.stdout.print(because(record), soft_wrap=False)
    for line in relinked(story, record, store.gone([story])):
        output.stdout.print(line, soft_wrap=False)
    for each in moves:
        output.stdout.print(moved(each), soft_wrap=False)
    if record is None or not record["features"]:
        return
    policy, right = bootstrap.policy(), {"justify": "right"}
    judged = f"What event {record['best'] or record['event_id']} was judged by"
    views = [(name, f"{value:.3f}") for name, value in record["features"].items()]
    if record["policy"] != policy.version:
        output.table(judged, {"view": {}, "value": right}, views)
        output.stdout.print(
            f"What each counted for is in policy {record['policy']}; {policy.version} is in use now."
        )
        return
    weights = [policy.coefficients.get(name, 0.0) * value for name, value in record["features"].items()]
    output.table(
        judged,
        {"view": {}, "value": right, "counts for": right},
        [
            *((*view, f"{weight:+.2f}") for view, weight in zip(views, weights, strict=True)),
            ("always", "", f"{policy.intercept:+.2f}"),
        ],
    )
