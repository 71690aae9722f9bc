"""All there is, and what is added to it: ``tail`` and ``export``."""

import time
from collections.abc import Iterator
from typing import Any

import click

from newsloom import bootstrap
from newsloom.cli import output
from newsloom.cli.reasons import line_of
from newsloom.cli.rows import event_row, story_rows
from newsloom.errors import StoreUnavailable

_PAGE = 100
_AWAY_S = 1.0  #: between two tries at a server that has gone


@click.command()
@click.option("--from-start", is_flag=True, help="Start from the oldest decision that is kept.")
@click.option("--count", type=click.IntRange(1), help="Stop after this many lines.")
@output.json_option
def tail(count: int | None, *, from_start: bool, as_json: bool) -> None:
    """Follow decisions and later changes as they are made.

    One line each: time in UTC, what happened, the event, the story (for a merge or split, the other event), for a
    change who made it, and the headline or the file.
    """
    stream, told, away = bootstrap.stream(), 0, False
    # Not "$", which would begin anew each time and miss what comes between two of them.
    languages = bootstrap.store().languages()
    last = {} if from_start else {language: stream.newest(language) for language in languages}
    while count is None or told < count:
        output.end_unread()
        wanted = _PAGE if count is None else min(_PAGE, count - told)
        try:
            found = stream.follow(last, wanted, wait_s=0.2)
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
                output.stdout.print(output.plain(line_of(record["type"], record)))


@click.command()
@click.option(
    "--what",
    type=click.Choice(["stories", "events", "decisions", "labels"]),
    default="stories",
    show_default=True,
    help="What to write: decisions as on the stream, labels as `newsloom train` and `evaluate` read them.",
)
def export(what: str) -> None:
    """Write stories, events, decisions or labels as JSON lines.

    Writes everything known to standard output. A label is a story with its text, its event as "label", and "placed":
    whether a person moved it there. The text is read from the article's file; without that the story is left out.
    """
    store = bootstrap.store()
    rows: Iterator[dict[str, Any]]
    if what == "stories":
        rows = story_rows(store.stories())
    elif what == "events":
        rows = map(event_row, store.events())
    elif what == "labels":
        from newsloom.cli.texts import label_rows  # parsers: half a second, which nothing else here needs

        rows = label_rows(store.stories())
    else:
        rows = bootstrap.stream().records()
    for row in rows:
        output.emit(row)
