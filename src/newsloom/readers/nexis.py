"""LexisNexis: documents of a download one below the other, each under its number, with tags above and below its text."""

import re
from collections.abc import Iterator
from functools import partial

from newsloom.errors import BadFile
from newsloom.readers.base import HEAD_BYTES, Draft, Format, Input, Limits, Pending, blamed, oversized
from newsloom.readers.charset import decode
from newsloom.readers.nexis_layout import draft

#: The line that a document begins with, as the site has it in its languages.
_NUMBER = re.compile(
    rb"(?:FOCUS - )?\d{1,7} of \d{1,7} DOCUMENTS?|DO[CK]UMENTO? \d{1,7} (?:of|von|de) \d{1,7}", re.IGNORECASE
)
#: What some downloads begin with: who asked for which documents, and when.
_COVER = re.compile(rb"[^\W\d][^\r\n:]{3,30}:[^\r\n:]{3,60}:[ \t]*\d[\d,; -]*")

#: What the site writes where it does not write UTF-8; a guess at each short document alone would be another each time.
_CHARSET = "cp1252"


def sniff(file: Input) -> bool:
    lines = filter(None, map(bytes.strip, file.head.split(b"\n")))
    first = next(lines, b"")
    if _NUMBER.fullmatch(first):
        return True
    return _COVER.fullmatch(first) is not None and any(map(_NUMBER.fullmatch, lines))


def read(file: Input) -> Iterator[Pending]:
    """What stands between two lines of numbers is an article. Its number is not an id: it is that of the download."""
    for data in _documents(file):
        yield partial(_drafted, data, file.limits)


def _documents(file: Input) -> Iterator[bytes]:
    """The documents without their numbers; of one that is too large so much that it shows."""
    held: bytearray | None = None  # nothing is, before the first one
    begins = True  # a line, which may come in pieces
    for piece in iter(partial(file.stream.readline, HEAD_BYTES), b""):
        if begins and _NUMBER.fullmatch(piece.strip()):
            if held is not None:
                yield bytes(held)
            held = bytearray()
        elif held is not None and len(held) <= file.limits.max_article_bytes:
            held += piece
        begins = piece.endswith(b"\n")
    if held is not None:
        yield bytes(held)


def _drafted(data: bytes, limits: Limits) -> Draft:
    if len(data) > limits.max_article_bytes:
        raise oversized(limits.max_article_bytes, "document")
    with blamed("The document"):
        found = draft(decode(data, _CHARSET))
    if not any(map(str.isalnum, found.text or found.summary or found.title or "")):
        raise BadFile("no_text", "The document has neither text nor title; download it again.")
    return found


FORMAT = Format(
    "LexisNexis text",
    'its first line, "1 of 30 DOCUMENTS", or such a line below the request; in English, German, French or Spanish',
    "each document",
    sniff,
    read,
)
