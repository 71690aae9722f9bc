"""A stream of JSON -> the bytes of its records, one at a time, unparsed."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from newsloom.errors import BadFile
from newsloom.readers.base import oversized

#: A whole string; a bracket; a bare word or number; or, where the string has no end yet, its quote alone.
#: Possessive, so that nothing is kept to go back to.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}"]|[^\s,"\[\]{}]++', re.DOTALL)
_BRACKETS = (b"[", b"]", b"{", b"}")
_INSIDE_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)

#: Brackets within brackets; no parser of JSON goes any deeper, and no article a tenth as deep.
MAX_DEPTH = 1_000

Record = bytes | BadFile


def lines(stream: Iterable[bytes], limit: int) -> Iterator[Record]:
    """One record a line. ``stream`` gives lines cut after ``limit`` + 1 bytes; blank ones do not count."""
    inside = False  # of a line whose start was too much already
    for piece in stream:
        ends = piece.endswith(b"\n")
        if not inside and (piece.strip() or not ends):
            if len(piece) > limit and not ends:
                yield oversized(limit, "record")
                inside = True
            elif piece.strip():
                yield piece
        if ends:
            inside = False


def elements(stream: Iterable[bytes], limit: int) -> Iterator[Record]:  # noqa: C901 - one automaton
    """The elements of an array, or of arrays and objects one after the other, whatever separates them.

    Only brackets are matched and strings skipped; whether an element is JSON shows when it is parsed. What
    is missing at the end comes out as a last record, ``truncated``.
    """
    window = _Window()
    begin = -1  # where the element in hand begins in the window, -1 between elements
    depth = 0
    in_array = False
    dropping = False  # the element in hand is too large to be kept
    astray = False  # between elements stands what is none, be it a word or a thousand: one bad record
    for chunk in chain(stream, (None,)):
        window.move(begin if begin >= 0 and not dropping else window.at, chunk or b"")
        begin = min(begin, 0)
        for token in window.tokens(last=chunk is None):
            first = token[0][:1]
            if first in b"{[":
                if not depth and not in_array and first == b"[":
                    in_array = True
                    continue
                begin, astray = begin if depth else token.start(), False
                depth += 1
                if depth > MAX_DEPTH:
                    yield BadFile(
                        "malformed",
                        f"Its brackets are nested more than {MAX_DEPTH:,} levels deep; inspect the file.",
                    )
                    return
            elif first in b"}]":
                in_array = in_array and depth > 0
                depth = max(0, depth - 1)
                if begin >= 0 and not depth:
                    whole = not dropping and token.end() - begin <= limit
                    yield window.held[begin : token.end()] if whole else oversized(limit, "record")
                    begin, dropping = -1, False
            elif not depth and not astray:
                astray = True
                yield token[0]
        if len(window.held) - (begin if begin >= 0 else window.at) > limit:
            if not depth:  # a string between elements: nothing to go on from
                yield oversized(limit, "record")
                return
            dropping = True
            window.drop_string()
    if depth or in_array or window.at < len(window.held):
        yield BadFile(
            "truncated", "The file is cut short; everything before the cut was read. Copy it again."
        )


class _Window:
    """What is held of a stream, and how far its tokens were told."""

    def __init__(self) -> None:
        self.held = b""
        self.at = 0
        self._seen = -1  # how far the open string at ``at`` has been looked through, -1 where there is none

    def move(self, start: int, more: bytes) -> None:
        """Let go of what stands before ``start``, and take in what comes next."""
        self.held = self.held[start:] + more
        self.at -= start
        if self._seen >= 0:  # on from where it ended: a string may take a thousand chunks
            self._seen = _end_inside(self.held, self._seen - start)

    def tokens(self, *, last: bool) -> Iterator[re.Match[bytes]]:
        """Those that are whole; none comes behind what is held if it is the last."""
        if self._seen >= 0 and self.held[self._seen : self._seen + 1] != b'"':
            return
        self._seen = -1
        while token := _TOKEN.search(self.held, self.at):
            if token[0] == b'"':
                self.at, self._seen = token.start(), token.end()
                return
            if token.end() == len(self.held) and not last and token[0] not in _BRACKETS:
                self.at = token.start()  # it may go on in the next chunk
                return
            self.at = token.end()
            yield token
        self.at = len(self.held)

    def drop_string(self) -> None:
        """Let go of an open string but for its quote, up to a place that is not within an escape."""
        if self._seen >= 0:
            rest = self.held[_end_inside(self.held, self._seen) :]
            self.held, self.at, self._seen = b'"' + rest, 0, 1


def _end_inside(buffer: bytes, start: int) -> int:
    inside = _INSIDE_STRING.match(buffer, start)
    return inside.end() if inside else start
