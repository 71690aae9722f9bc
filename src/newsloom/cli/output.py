"""What every command prints with: tables for people, JSON for programs, one line for an error."""

import contextlib
import json
import os
import select
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

import click
import orjson
from rich.console import Console, ConsoleDimensions
from rich.table import Table
from rich.text import Text

from newsloom.errors import StoreRefuses
from newsloom.tame import escaped, redacted, tamed

_STDOUT = 1  #: its descriptor
_WIDE = 1_000_000  #: columns; more than any line of a table takes
OK, FAILED, USAGE, UNAVAILABLE, NOT_FOUND, FULL = 0, 1, 2, 3, 4, 5


class Tame(Console):
    """A console that shows what came from outside, and does not obey it: no code of a terminal, no markup.

    What it says is a line, however long: cut to a width that nobody has, half of a path names no file. Nor is a table
    cut or broken where it does not go to a terminal, unless COLUMNS says how wide it may be: what reads it may look
    for a word of a title.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(highlight=False, markup=False, **options)

    @property  # type: ignore[misc]  # theirs can be set, too
    def size(self) -> ConsoleDimensions:
        found, columns = super().size, os.environ.get("COLUMNS", "")
        if columns.isdigit():
            return ConsoleDimensions(int(columns), found.height)
        return found if self.is_terminal else ConsoleDimensions(_WIDE, found.height)

    def print(self, *objects: Any, **options: Any) -> None:
        options.setdefault("soft_wrap", all(isinstance(o, str | Text) for o in objects))
        super().print(*(tamed(redacted(o)) if isinstance(o, str) else o for o in objects), **options)

    def on_broken_pipe(self) -> None:
        if self.stderr:
            super().on_broken_pipe()
        _seen_enough()


stdout = Tame()
stderr = Tame(stderr=True)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def no_server(error: Exception) -> str:
    """What is wrong with the server, and what to look at."""
    told = str(error)
    if isinstance(error, StoreRefuses):
        return told
    others = [name for name in ("NEWSLOOM_BROKER_URL", "NEWSLOOM_BRIDGE_URL") if name in os.environ]
    named = " and ".join(["NEWSLOOM_REDIS_URL", *others])
    secure = any(os.environ.get(name, "").startswith("rediss") for name in ("NEWSLOOM_REDIS_URL", *others))
    without = " A server without TLS is redis://, not rediss://." if secure else ""
    return f"No server: {told.rstrip('.')}. Check {named}, and that the server is running.{without}"


def json_line(value: Any) -> bytes:
    """A JSON value as a line of a file."""
    try:
        line = orjson.dumps(value, default=str).decode()
    except TypeError:  # the name of a file that is no UTF-8, which orjson refuses
        line = json.dumps(value, default=str)
    return escaped(f"{line}\n").encode()


def emit(value: Any) -> None:
    """One JSON value on a line of standard output."""
    line = json_line(value)
    try:
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _seen_enough()


def end_unread() -> None:
    """End if the reader of standard output has gone: who has nothing to write would not learn of it."""
    pipe = select.poll()
    pipe.register(_STDOUT, 0)  # what is wrong with it alone
    if pipe.poll(0):
        _seen_enough()


def _seen_enough() -> NoReturn:
    """The reader of standard output, such as head, has gone: done. click and rich would call it a failure."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), _STDOUT)  # for what is flushed at the end
    raise SystemExit(OK)


def table(title: str, columns: Mapping[str, Mapping[str, Any]], rows: Iterable[Iterable[object]]) -> None:
    """A table; what came from an article is shown as text, never as markup or terminal codes."""
    grid = Table(header_style="bold", box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for name, options in columns.items():
        grid.add_column(name, **options)
    for row in rows:
        grid.add_row(*(plain(cell) for cell in row))
    stdout.print(plain(title), style="italic")  # its own would be as narrow as the table
    if stdout.is_terminal:
        stdout.print(grid)
        return
    with stdout.capture() as padded:
        stdout.print(grid)
    stdout.print(Text("\n".join(line.rstrip() for line in padded.get().splitlines())))


@contextlib.contextmanager
def status(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Shows on standard error what is done and for how long, until the block ends; yields what says it."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=stderr, disable=quiet, transient=True) as progress:
        task = progress.add_task("")
        yield lambda what: progress.update(task, description=what)


def counted(count: int, one: str, many: str = "") -> str:
    """So many of them; without ``many``, the plural ends in s."""
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def stories(count: int) -> str:
    """So many stories."""
    return counted(count, "story", "stories")


@dataclass(slots=True)
class Unread:
    """Dates of articles that were not understood or are in the future: how many, and the first."""

    count: int = 0
    date: str = ""
    file: str = ""

    def add(self, count: int, date: str, file: str) -> None:
        """So many of a file, and one of them."""
        if not self.count:
            self.date, self.file = date, file
        self.count += count

    def row(self) -> dict[str, Any]:
        """As JSON."""
        first = {"file": self.file, "date": self.date} if self.count else None
        return {"unread_dates": self.count, "unread_first": first}

    def show(self, console: Console = stdout) -> None:
        """A line for a person, if there are any."""
        if self.count == 1:
            told = (
                f"1 date was not understood or is in the future, “{self.date}” in {self.file}: its article counts as "
                "undated."
            )
        else:
            told = (
                f"{self.count} dates were not understood or are in the future, for example “{self.date}” in {self.file}: "
                "their articles count as undated."
            )
        if self.count:
            console.print(told, style="yellow")


def plain(value: object) -> Text:
    """Text without control characters, which a terminal might obey, and without passwords of addresses."""
    shown = "" if value is None else redacted(str(value))
    return Text("".join(ch if ch.isprintable() else " " for ch in shown))


def day(time_s: float | None) -> str:
    return "" if time_s is None else datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%d %H:%M")
