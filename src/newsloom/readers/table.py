"""CSV of a crawl: a header of known names (trafilatura's has none), and an article per row."""

import csv
import re
from collections.abc import Iterator
from functools import partial
from io import TextIOWrapper
from itertools import islice

from newsloom.errors import BadFile
from newsloom.readers import grid, values
from newsloom.readers.base import Draft, Format, Input, Limits, Pending, blamed, oversized
from newsloom.readers.charset import charset_of
from newsloom.readers.names import CONTENT, knows
from newsloom.readers.records import drafted

_MAX_COLUMNS = 1_000
_SHOWN, _SHOWN_CHARS = 8, 30  #: columns of unknown names that are told, and characters of each
#: What trafilatura writes has no line of names: an address, an id, a fingerprint. The host is that of the address.
_UNNAMED = re.compile(rb"(?:https?://[^\t\r\n]+|null)\t[^\t\r\n]*\t[0-9a-f]{1,16}\t")
_UNNAMED_COLUMNS = ["url", "id", "", "", "title", "", "date", "text"]
_FIRST_LINE = re.compile(rb"[^\r\n]{3,20000}(?=[\r\n])")


def sniff(file: Input) -> bool:
    return _is_known(file) or bool(grid.columns(file))


def _is_known(file: Input) -> bool:
    columns, *_ = _header(file.head)
    known = knows(columns)
    if not known & CONTENT:
        return False
    # One name alone may as well stand in a text that begins with a list.
    return len(known) >= 2 or (
        len(columns) >= 2 and (file.name.endswith(grid.NAMES) or bool(grid.columns(file)))
    )


def _header(head: bytes) -> tuple[list[str], str, int]:
    """The names of the columns, what stands between two, and how many rows say so.

    Unless the file tells, that is whatever makes most of the names known.
    """
    if _UNNAMED.match(head):
        return _UNNAMED_COLUMNS, "\t", 0
    head = head.lstrip(b"\r\n")
    told = grid.TOLD.match(head)
    line = _FIRST_LINE.match(head, told.end() if told else 0)
    if line is None or b"\0" in head:
        return [], ",", 1
    text = line[0].decode("utf-8", "replace")
    marks = told[1].decode("ascii") if told else grid.DELIMITERS
    split = [(next(csv.reader([text], delimiter=mark), []), mark) for mark in marks if mark in text]
    columns, mark = max(split, key=lambda one: len(knows(one[0])), default=([], ","))
    return columns, mark, 2 if told else 1


def read(file: Input) -> Iterator[Pending]:
    """Rows are counted without those that only name the columns, if there are any; empty rows do not count."""
    if not _is_known(file):
        raise _unknown(grid.columns(file, charset_of(file.head)) or grid.columns(file))
    columns, mark, above = _header(file.head)
    for row in islice(_rows(file, mark), above, None):
        yield partial(_drafted, row, columns, file.limits)


def _unknown(columns: list[str]) -> BadFile:
    if knows(columns) & CONTENT:
        return BadFile("no_text", "The table has no rows below its column names; submit one that does.")
    shown = filter(None, map(values.line, columns))
    names = ", ".join(f"“{name[:_SHOWN_CHARS]}”" for name in islice(shown, _SHOWN))
    more = " and others" if len(columns) > _SHOWN else ""
    return BadFile(
        "no_text",
        f"The table has no column for a text or title, only {names}{more}; "
        "name one of them text or title. See `newsloom formats`.",
    )


def _rows(file: Input, mark: str) -> Iterator[list[str] | BadFile]:
    limit = file.limits.max_article_bytes
    csv.field_size_limit(limit)
    lines = _Lines(file, limit)
    while not lines.ended:
        rows = csv.reader(lines, delimiter=mark)
        try:
            for row in rows:
                lines.held = 0
                if row:
                    yield row if len(row) <= _MAX_COLUMNS else oversized(limit, "row")
        except (csv.Error, BadFile) as error:
            # Most likely a quotation mark that is never closed: what follows is read from the next line on.
            lines.held = 0
            yield error if isinstance(error, BadFile) else oversized(limit, "row")


class _Lines:
    """The lines of a table, decoded; ``BadFile`` where one row gets too long, and then it goes on."""

    def __init__(self, file: Input, limit: int) -> None:
        # As csv wants them: cut at LF, CR or CR LF, which stay where they are.
        self._text = TextIOWrapper(file.stream, charset_of(file.head), "replace", newline="")
        self._limit = limit
        self.held = 0  #: characters of the row in hand
        self.ended = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        try:
            line = self._text.readline(self._limit + 1)
        except BadFile:  # what it is packed in is damaged: there is no going on behind that
            self.ended = True
            raise
        if not line:
            self.ended = True
            raise StopIteration
        self.held += len(line)
        if self.held > self._limit:
            while line and not line.endswith(("\n", "\r")):
                line = self._text.readline(self._limit)
            raise oversized(self._limit, "row")
        return line.replace("\0", "")


def _drafted(row: list[str] | BadFile, columns: list[str], limits: Limits) -> Draft:
    if isinstance(row, BadFile):
        raise row
    with blamed("The row"):
        return drafted({name: value for name, value in zip(columns, row, strict=False) if value}, limits)


FORMAT = Format(
    "CSV",
    "its first line: names of columns, at least one for a text or title; or as trafilatura writes it",
    "each row; a table without such names is refused",
    sniff,
    read,
)
