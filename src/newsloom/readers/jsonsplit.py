"""A stream of JSON -> the bytes of its records, one at a time, unparsed."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from newsloom.errors import BadFile
from newsloom.readers.base import oversized

#: A whole string; a bracket; a bare word or number; or, where the string has no end yet, its quote alone.
#: Possessive, so that nothing is kept to go back to.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}"]|[^\s,"\[\]{}]++', re.DOTALL)
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


def elements(stream: Iterable[bytes], limit: int) -> Iterator[Record]:  # noqa: C901, PLR0912, PLR0915 - one automaton
    """The elements of an array, or of arrays and objects one after the other, whatever separates them.

    Only brackets are matched and strings skipped; whether an element is JSON shows when it is parsed. What
    is missing at the end comes out as a last record, ``truncated``.
    """
    buffer, at = b"", 0
    begin = -1  # where the element in hand begins in the buffer, -1 between elements
    depth = 0
    in_array = False
    dropping = False  # the element in hand is too large to be kept
    seen = -1  # how far the open string at ``at`` has been looked through, -1 where there is none
    astray = False  # between elements stands what is none, be it a word or a thousand: one bad record
    for chunk in chain(stream, (None,)):
        keep = begin if begin >= 0 and not dropping else at
        buffer = buffer[keep:] + (chunk or b"")
        at -= keep
        begin = 0 if begin >= 0 else -1
        open_string = seen >= 0
        if open_string:  # on from where the last chunk ended: a string may take a thousand of them
            seen = _end_inside(buffer, seen - keep)
            open_string = buffer[seen : seen + 1] != b'"'
        if not open_string:
            while token := _TOKEN.search(buffer, at):
                first, end = token[0][:1], token.end()
                open_string = token[0] == b'"'
                if open_string or (end == len(buffer) and chunk is not None and first not in b"{}[]"):
                    at = token.start()  # it may go on in the next chunk
                    break
                at = end
                if first in b"{[":
                    if not depth and not in_array and first == b"[":
                        in_array = True
                        continue
                    begin, astray = begin if depth else token.start(), False
                    depth += 1
                    if depth > MAX_DEPTH:
                        yield BadFile(
                            "malformed",
                            f"Its brackets are nested more than {MAX_DEPTH:,} deep; look at it.",
                        )
                        return
                elif first in b"}]":
                    if not depth:
                        in_array = False
                        continue
                    depth -= 1
                    if not depth:
                        yield (
                            oversized(limit, "record")
                            if dropping or end - begin > limit
                            else buffer[begin:end]
                        )
                        begin, dropping = -1, False
                elif not depth and not astray:
                    astray = True
                    yield token[0]
            else:
                open_string = False
                at = len(buffer)
            seen = at + 1 if open_string else -1
        if len(buffer) - (begin if begin >= 0 else at) > limit:
            if not depth:  # a string between elements: nothing to go on from
                yield oversized(limit, "record")
                return
            dropping = True
            if open_string:  # all of it but its quote, up to a place that is not within an escape
                buffer, at, seen = b'"' + buffer[_end_inside(buffer, seen) :], 0, 1
    if depth or in_array or at < len(buffer):
        yield BadFile("truncated", "The file ends in the middle; what came before was read. Copy it again.")


def _end_inside(buffer: bytes, start: int) -> int:
    inside = _INSIDE_STRING.match(buffer, start)
    return inside.end() if inside else start
