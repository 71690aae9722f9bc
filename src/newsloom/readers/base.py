"""What every reader shares: the limits, the input it is given, and what it gives back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader

from newsloom.core.model import Article
from newsloom.errors import BadFile

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30

#: Bytes that a format is told by; also the size of one read.
HEAD_BYTES = 64 * KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost. Past a limit it is refused, in bounded time and memory.

    A file of many articles is streamed, so only one article of it is ever held: such a file may be
    large. A file that is one article is held whole, and is bounded like any other article.
    """

    max_file_bytes: int = GIB  #: size on disk
    max_article_bytes: int = 4 * MIB  #: one article unpacked: a text or HTML file, a JSON record
    max_expanded_bytes: int = 8 * GIB  #: everything that one compressed file unpacks to


@dataclass(frozen=True, slots=True)
class BadRecord:
    """One record that cannot be read, among others of its file."""

    index: int  #: position in its file, from 0
    reason: str  #: code, as in ``BadFile``
    detail: str  #: one sentence for a person


@dataclass(frozen=True, slots=True)
class Input:
    """An opened file: decompressed, any UTF-16 or UTF-32 turned into UTF-8, byte order mark gone."""

    path: str  #: as handed in
    name: str  #: file name in lower case, without ``.gz``; a hint, no more
    stream: BufferedReader
    head: bytes  #: the first bytes, still to be read from the stream
    limits: Limits
    start: int = 0  #: records to skip

    def whole(self) -> bytes:
        """All bytes of a file that is one article."""
        limit = self.limits.max_article_bytes
        data = self.stream.read(limit + 1)
        if len(data) > limit:
            raise BadFile(
                "too_large",
                f"The article is larger than {size(limit)}; split it, or raise the limit for one article.",
            )
        return data


@dataclass(frozen=True, slots=True)
class Format:
    """One file format. The registry asks each in turn; the first that knows the file reads it."""

    name: str
    sniff: Callable[[Input], bool]  #: from content first, from the name only when content is silent
    read: Callable[[Input], Iterator[Article | BadRecord]]


def size(count: int) -> str:
    """A number of bytes for a person."""
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if count >= unit:
            return f"{count / unit:.3g} {name}"
    return f"{count} bytes"
