"""What was decided, and why: ``events``, ``show``, ``explain``, ``tail``, ``export``."""

import heapq
import itertools
import time
from collections.abc import Iterable, Iterator
from typing import Any

import click
from rich.text import Text

from newsloom import bootstrap
from newsloom.cli import output
from newsloom.cli.named import events_named, is_id, stories_named
from newsloom.cli.reasons import because, line_of, moved, relinked
from newsloom.cli.rows import event_row, story_rows
from newsloom.core.beginning import beginning
from newsloom.errors import StoreUnavailable
from newsloom.store.values import EventSummary, Stored

_PAGE = 100
_EVENTS_SHOWN = 30
_OTHER_COLUMNS = 58  # characters of the table beside the title
_AWAY_S = 1.0  #: between two tries at a server that has gone


@click.command()
@click.option("--latest", is_flag=True, help="Sort by latest story, not by size.")
@click.option("--language", metavar="CODE", help="Only those in this language, such as en.")
@click.option("--limit", type=click.IntRange(1), help="At most so many; default 30 in a table, all in JSON.")
@output.json_option
def events(*, latest: bool, language: str | None, limit: int | None, as_json: bool) -> None:
    """List events, the largest first."""
    wanted = None if language is None else _known(language)
    found = bootstrap.store().events(wanted)
    if as_json:
        order = _by_time if latest else _by_size
        for event in sorted(found, key=order) if limit is None else heapq.nsmallest(limit, found, order):
            output.emit(event_row(event))
    else:
        show_events(found, limit or _EVENTS_SHOWN, latest=latest)


def _known(language: str) -> str:
    """The code that the events of a language go by: that of Croatian is sh. Where there are none it is said."""
    from newsloom.core.language import index_code  # all names of languages, which few commands need

    code, there = index_code(language) or language, sorted(bootstrap.store().languages())
    if there and code not in there:  # it may be misspelt
        told = f"There are no events in {code or repr(code)}, but in {', '.join(there)}."
        output.stderr.print(told, style="yellow")
    return code


def _by_size(event: EventSummary) -> tuple[int, float, str]:
    """Largest first, then latest."""
    return -event.size, -event.last_s, event.event


def _by_time(event: EventSummary) -> tuple[float, int, str]:
    """Latest first, then largest."""
    return -event.last_s, -event.size, event.event


def show_events(events: Iterable[EventSummary], limit: int = _EVENTS_SHOWN, *, latest: bool = False) -> None:
    """The table of the largest, or the latest, of these events, a line each."""
    met = itertools.count()
    found = (event for event, _ in zip(events, met, strict=False))
    shown = heapq.nsmallest(limit, found, _by_time if latest else _by_size)  # the rest need not be kept
    total = next(met)
    room, most = max(20, output.stdout.width - _OTHER_COLUMNS), bootstrap.settings().member_cap
    output.table(
        output.counted(total, "event")
        + (f", the {len(shown)} {'latest' if latest else 'largest'}" if total > len(shown) else ""),
        {
            "event": {"style": "cyan", "no_wrap": True},
            "size": {"justify": "right", "no_wrap": True},
            "tellings": {"justify": "right", "no_wrap": True},
            "lang": {"no_wrap": True},
            "latest": {"no_wrap": True},
            "title": {"ratio": 1},
        },
        (
            (
                e.event,
                e.size,
                f"{e.tellings}{'+' if e.tellings >= most else ''}",
                e.language,
                output.day(e.last_s),
                beginning(e.title, room),
            )
            for e in shown
        ),
    )


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


@click.command()
@click.option("--from-start", is_flag=True, help="Start from the oldest decision that is kept.")
@click.option("--count", type=click.IntRange(1), help="Stop after so many.")
@output.json_option
def tail(count: int | None, *, from_start: bool, as_json: bool) -> None:
    """Follow decisions, and changes of them, as they are made."""
    store, told, away = bootstrap.store(), 0, False
    # Not "$", which would begin anew at each look and miss what comes between two of them.
    languages = store.languages()
    last = {} if from_start else {language: store.newest(language) for language in languages}
    while count is None or told < count:
        output.end_unread()
        wanted = _PAGE if count is None else min(_PAGE, count - told)
        try:
            found = store.follow(last, wanted, wait_s=0.2)
        except StoreUnavailable as error:  # it was there when the command began
            if not away:
                output.stderr.print(f"Waiting for the server: {error}", style="yellow")
            away = True
            time.sleep(_AWAY_S)  # asked again and again: a server that is away cannot tell that it is back
            continue
        away = False
        for language, record in found:
            last[language] = record["id"]
            told += 1
            if as_json:
                output.emit(record)
            else:
                line = output.plain(line_of(record["type"], record))
                output.stdout.print(line, soft_wrap=False, overflow="ellipsis", no_wrap=True)


@click.command()
@click.option(
    "--what",
    type=click.Choice(["stories", "events", "decisions"]),
    default="stories",
    show_default=True,
    help="What to write; a decision as on the stream.",
)
def export(what: str) -> None:
    """Write stories, events or decisions as JSON lines.

    All that are known, to standard output.
    """
    store = bootstrap.store()
    rows: Iterator[dict[str, Any]]
    if what == "stories":
        rows = story_rows(store.stories())
    elif what == "events":
        rows = map(event_row, store.events())
    else:
        rows = store.records()
    for row in rows:
        output.emit(row)
