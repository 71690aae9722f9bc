"""What there is: ``events``, all of them or those that one looks for."""

import functools
import heapq
import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click

from newsloom import bootstrap
from newsloom.cli import output
from newsloom.cli.named import is_id, nothing_decided
from newsloom.cli.rows import event_row
from newsloom.core.beginning import beginning
from newsloom.core.forms import fold, normalise, spelling
from newsloom.store.values import EventSummary

_EVENTS_SHOWN = 30
# Characters of the table beside the title; of a terminal that is too narrow for all; and what it does without then.
_OTHERS, _NARROW, _NOT_THERE = 58, 100, ("tellings", "lang")


def _day(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    """A day in UTC."""
    try:
        return date.fromisoformat(value) if value is not None else None
    except ValueError as error:
        raise click.BadParameter(f"{value} is not a day. Give one as 2026-05-04.") from error


@click.command()
@click.argument("words", nargs=-1, metavar="[WORD]...")
@click.option(
    "--since", callback=_day, metavar="YYYY-MM-DD", help="Only those with a story on that day or later."
)
@click.option(
    "--until", callback=_day, metavar="YYYY-MM-DD", help="Only those with a story on that day or before."
)
@click.option(
    "--latest",
    is_flag=True,
    help="Sort by latest story, not by size; by arrival if no story has a date.",
)
@click.option("--language", metavar="CODE", help="Only those in this language, such as en.")
@click.option(
    "--limit", type=click.IntRange(1), help="List at most this many; default: 30 on a terminal, else all."
)
@output.json_option
def events(
    words: Sequence[str],
    *,
    since: date | None,
    until: date | None,
    latest: bool,
    language: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """List events, the largest first, or find some by words.

    An event is found if every WORD occurs, in any case, even inside a longer word, in its title or in the title, file or
    source of one of its stories. This reads all stories, several thousand a second. With both --since and --until, one
    story must lie between them. Days are in UTC, and days of arrival if no story has a date. "8+" tellings means at
    least 8: no more are compared.
    """
    if since and until and until < since:
        raise click.UsageError(f"--until {until} is before --since {since}.")
    if told := nothing_decided():
        output.stderr.print(told, style="yellow")
    wanted = None if language is None else _known(language)
    found = _within(bootstrap.store().events(wanted), since, until)
    if words:
        found = filter(_having(words, wanted), found)
        for word in filter(is_id, words):
            output.stderr.print(
                f"{word} is searched for as a word: to look up an id, use `newsloom show {word}`.",
                style="yellow",
            )
    if as_json:
        order = _by_time if latest else _by_size
        for event in sorted(found, key=order) if limit is None else heapq.nsmallest(limit, found, order):
            output.emit(event_row(event))
    else:
        everything = _EVENTS_SHOWN if output.stdout.is_terminal else sys.maxsize
        show_events(found, limit or everything, latest=latest)


def _known(language: str) -> str:
    """The code that the events of a language go by: that of Croatian is sh. Where there are none it is said."""
    from newsloom.core.language import index_code  # all names of languages, which few commands need

    code, there = index_code(language) or language, sorted(bootstrap.store().languages())
    if there and code not in there:  # it may be misspelt
        told = f"There are no events in {code or repr(code)}; there are some in {', '.join(there)}."
        output.stderr.print(told, style="yellow")
    return code


def _within(events: Iterable[EventSummary], since: date | None, until: date | None) -> Iterator[EventSummary]:
    """Those with a story of these days, which may be all days before or after one."""
    begin_s = _begin_s(since) if since else float("-inf")
    end_s = _begin_s(until + timedelta(days=1)) if until else float("inf")
    touched = (event for event in events if event.last_s >= begin_s and event.first_s < end_s)
    return (
        event
        for event in touched
        # Most show by their first or their latest story; of the others all stories are read.
        if event.first_s >= begin_s
        or event.last_s < end_s
        or any(begin_s <= time_s < end_s for time_s in _times_s(event))
    )


def _times_s(event: EventSummary) -> Iterator[float]:
    """The times of its stories that are known, of the kind that its first and its latest are."""
    for story in bootstrap.store().stories_of(event.language, event.event):
        time_s = story.member.published_s if event.dated else story.member.arrived_s
        if time_s is not None:
            yield time_s


def _begin_s(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def _having(words: Sequence[str], language: str | None) -> Callable[[EventSummary], bool]:
    """Whether an event has all of these words, itself or in its stories, which are gone over once.

    What is kept of them is a number for each event that has any of the words.
    """

    def compared(text: str, language: str) -> str:
        return spelling(fold(normalise(text)), language)

    @functools.cache
    def asked(language: str) -> list[str]:
        return [compared(word, language) for word in words]

    def met(language: str, *texts: str | None) -> int:
        """A bit for each word that is there."""
        text = compared("\n".join(filter(None, texts)), language)
        return sum(1 << at for at, word in enumerate(asked(language)) if word in text)

    of_stories: dict[bytes, int] = {}
    for story in bootstrap.store().stories(language):
        if bits := met(story.language, story.title, story.file, story.source):
            event = bytes.fromhex(story.event)
            of_stories[event] = of_stories.get(event, 0) | bits

    def having(event: EventSummary) -> bool:
        found = of_stories.get(bytes.fromhex(event.event), 0) | met(event.language, event.title)
        return found == (1 << len(words)) - 1

    return having


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
    most, room = bootstrap.settings().member_cap, max(20, output.stdout.width - _OTHERS)
    told: dict[str, tuple[dict[str, Any], Callable[[EventSummary], Any]]] = {
        "event": ({"style": "cyan", "no_wrap": True}, lambda e: e.event),
        "size": ({"justify": "right", "no_wrap": True}, lambda e: e.size),
        "tellings": (
            {"justify": "right", "no_wrap": True},
            lambda e: f"{e.tellings}{'+' if e.tellings >= most else ''}",
        ),
        "lang": ({"no_wrap": True}, lambda e: e.language),
        "latest": ({"no_wrap": True}, lambda e: output.day(e.last_s)),
        "title": ({"ratio": 1}, lambda e: beginning(e.title, room)),
    }
    if output.stdout.width < _NARROW:
        told = {name: column for name, column in told.items() if name not in _NOT_THERE}
    output.table(
        output.counted(total, "event")
        + (f", the {len(shown)} {'latest' if latest else 'largest'}" if total > len(shown) else ""),
        {name: how for name, (how, _) in told.items()},
        ([cell(e) for _, cell in told.values()] for e in shown),
    )
