"""One event, and why a story is where it is: ``show``, ``explain``."""

from collections.abc import Collection, Mapping
from typing import Any

import click
from rich.text import Text

from newsloom import bootstrap
from newsloom.cli import output
from newsloom.cli.called import headline, place, quoted
from newsloom.cli.named import events_named, is_id, stories_named
from newsloom.cli.reasons import because, moved, relinked
from newsloom.cli.rows import event_row, story_rows
from newsloom.store.values import EventSummary, Stored


@click.command()
@click.argument("named", metavar="EVENT|STORY|FILE|URL")
@output.json_option
def show(named: str, *, as_json: bool) -> None:
    """Show an event and its stories; or the event of a story, or the events of an article's stories."""
    for number, event in enumerate(events_named(named)):
        if number and not as_json:
            output.stdout.print()
        _show(named, event, as_json=as_json)


def _show(named: str, event: EventSummary, *, as_json: bool) -> None:
    store = bootstrap.store()
    stories = store.stories_of(event.language, event.event)
    there = {story.member.story for story in stories}
    expired = max(0, event.size - len(stories))
    merged_into = event.event if is_id(named) and named.lower() not in {event.event, *there} else None
    if as_json:
        row = {**event_row(event), "expired": expired, "merged_into": merged_into}
        output.emit(row | {"stories": list(story_rows(stories))})
        return
    output.stdout.print(f"Event {event.event}: {event.title}", style="bold")
    if merged_into:
        output.stdout.print(f"Event {named.lower()} was merged into {merged_into}.", style="yellow")
    span = f"{'' if event.dated else 'arrived '}{output.day(event.first_s)} to {output.day(event.last_s)}"
    gone, unknown = store.gone(stories), f", {expired} of them expired and not shown" if expired else ""
    output.stdout.print(f"{output.stories(event.size)}{unknown}, {span}")
    for story in stories:  # no table: titles and files are longer than any column
        told = [_became(story, there, gone), output.day(story.member.published_s) or "undated"]
        told += [story.source] if story.source else []
        output.stdout.print()
        output.stdout.print(Text.assemble((story.member.story, "cyan"), "  ", output.plain("  ".join(told))))
        for line in filter(None, (headline(story), place(story))):
            output.stdout.print(Text("  ").append(output.plain(line)))


def _became(story: Stored, there: Collection[str], gone: Collection[str]) -> str:
    """What the story is, and of which other: one of its event unless it is said where that is."""

    def of(link: str) -> str:
        if link in gone:
            return f"of {link}, which is gone"
        found = None if link in there else bootstrap.store().story(link)
        return f"of {link} (in event {found.event})" if found else f"of {link}"

    links = {"duplicate": story.duplicate_of, "rewrite": story.rewrite_of, "revision": story.revision_of}
    told = {what: f"{what} {of(link)}" for what, link in links.items() if link}
    outcome = story.outcome.value
    return ", ".join((told.pop(outcome, outcome), *told.values()))


@click.command()
@click.argument("named", metavar="STORY|FILE|URL")
@output.json_option
def explain(named: str, *, as_json: bool) -> None:
    """Say why a story, or each story of an article, is where it is."""
    for number, story in enumerate(stories_named(named)):
        if number and not as_json:
            output.stdout.print()
        _explain(story, as_json=as_json)


def _explain(story: Stored, *, as_json: bool) -> None:
    store = bootstrap.store()
    record, moves = bootstrap.stream().record(story), store.moves(story)
    if as_json:
        [row] = story_rows([story])
        output.emit({**row, "decision": record, "moves": moves})
        return
    title = headline(story)
    output.stdout.print(f"Story {story.member.story}: {title or place(story)}", style="bold")
    if title:
        output.stdout.print(output.plain(place(story)))
    if record is None:
        output.stdout.print(
            f"{story.outcome.value}: event {story.event}; its record was trimmed from the stream."
        )
    else:
        output.stdout.print(because(record, _titles(record)), soft_wrap=False)
    for line in relinked(story, record, store.gone([story])):
        output.stdout.print(line, soft_wrap=False)
    for each in moves:
        output.stdout.print(moved(each), soft_wrap=False)
    if record is None or not record["features"]:
        return
    policy, right = bootstrap.policy(), {"justify": "right"}
    judged = f"Views for event {record['best'] or record['event_id']}"
    views = [(name, f"{value:.3f}") for name, value in record["features"].items()]
    if record["policy"] != policy.version:
        output.table(judged, {"view": {}, "value": right}, views)
        output.stdout.print(
            f"Their weights are those of policy {record['policy']}; {policy.version} is in use now."
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


def _titles(record: Mapping[str, Any]) -> dict[str, str]:
    """What is to stand behind the ids of events that a decision names: headlines, and where one is by now."""
    named = {record["best"], record["runner_up"], record["event_id"]} - {None}
    found = {name: bootstrap.store().event(name) for name in named}
    return {
        name: (f", now in {event.event}" if event.event != name else "") + quoted(event.title)
        for name, event in found.items()
        if event
    }
