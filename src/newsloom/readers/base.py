"""What every reader shares: the limits, the input it is given, and what it gives back."""

import math
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from io import BufferedReader, BytesIO
from typing import BinaryIO

from lxml import etree

from newsloom.core.furniture import is_furniture
from newsloom.core.language import detect
from newsloom.core.model import Article
from newsloom.errors import BadFile, NoRoom, Reason
from newsloom.readers import dates, dayfirst, refusal, release, urldate, values

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30

#: Bytes that a format is told by; also the size of one read.
HEAD_BYTES = 64 * KIB

#: Unpacked bytes below which nobody asks how well a file was compressed.
MODEST_BYTES = 64 * MIB

#: What escapes from parsers on hostile input. Not ``Exception``: a worker's time limit arrives as one and must
#: get through, and so must memory that ran out.
FAULTS = (
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    AssertionError,
    RecursionError,
    etree.LxmlError,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost. Past a limit it is refused, in bounded time and memory.

    A file of many articles is streamed, so only one article of it is ever held: such a file may be
    large. What has to be held whole, because it is one article or cannot be read from front to back, is
    bounded on its own.
    """

    max_file_bytes: int = 2 * GIB  #: size on disk
    max_article_bytes: int = 4 * MIB  #: one article unpacked: a text or HTML file, a JSON record
    max_document_bytes: int = 16 * MIB  #: what holds several articles and is read as a whole: a feed
    max_expanded_bytes: int = 8 * GIB  #: everything that one compressed file unpacks to
    max_expansion: int = 250  #: times its size on disk that it unpacks to; prose is packed 3 to 30 times
    max_layers: int = 4  #: archives and compressions around one another
    max_elements: int = 50_000  #: of a page; a document may have four times as many tags, lists or objects
    keep_records: bool = False  #: whether an article keeps the record of named fields that it was read from

    @property
    def max_document_elements(self) -> int:
        return 4 * self.max_elements


@dataclass(frozen=True, slots=True)
class BadRecord:
    """One record that cannot be read, among others of its file: reason and detail as in ``BadFile``."""

    index: int  #: position in its file, from 0
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a record says of its article, each field cleaned; any may be missing or wrong."""

    text: str | None = None  #: without markup, unless it is a whole page or XML
    page: str | None = None  #: a whole HTML page
    summary: str | None = None
    title: str | None = None
    url: str | None = None
    source: str | None = None
    language: str | None = None
    country: str | None = None  #: that its language names: gb of en-GB
    published_s: float | None = None
    day_first_s: float | None = None  #: the same with the day first, where either number may be the month
    #: How the date begins that was not understood, or is in the future, where there is no other.
    unread_date: str | None = None
    modified_s: float | None = None  #: what it says of its last change
    fetched_s: float | None = None  #: when somebody fetched it
    until_s: float | None = None  #: nothing in it is published after that
    id: str | None = None
    status: str | None = None  #: what its agency says may be done with it: usable, withheld, canceled
    embargoed_s: float | None = None  #: when it may be published; an infinity if that is not known yet
    front: bool | None = None  #: whether the address that it gives is that of a site, not of a page
    record: Mapping[str, object] | None = None  #: what it was read from, if that is to be kept

    def over(self, other: "Draft") -> "Draft":
        """This draft, its gaps filled from the other."""
        gaps = {f.name: getattr(other, f.name) for f in fields(self) if getattr(self, f.name) is None}
        if self.published_s is not None or self.day_first_s is not None:  # two readings of one date
            gaps |= {"published_s": self.published_s, "day_first_s": self.day_first_s}
        return replace(self, **gaps)

    @property
    def is_day_first(self) -> bool:
        """Whether days stand first where it is from, by its language or the country of its outlet."""
        hosts = (self.url and values.host(self.url), self.source)
        endings = [host.rpartition(".")[2] for host in hosts if host]
        return dayfirst.usual(self.language, filter(None, (self.country, *endings)))

    def settled(self, day_first: bool | None) -> "Draft":  # noqa: FBT001  # what it is about
        """The same with one reading of its date, where there are two and it is known which is right."""
        if self.day_first_s is None or day_first is None:
            return self
        published_s = self.day_first_s if day_first else self.published_s
        return replace(self, published_s=published_s, day_first_s=None)

    def article(self, path: str, index: int = 0, member: str = "") -> Article:
        """The article; its text is the summary or the title if there is no other. ``BadFile`` if neither.

        That there is none may have been said in markup, or in a format that knows of no names. ``BadFile``, too, if its agency
        does not let it be published.
        """
        release.check(self.status, self.embargoed_s, self.url or self.id or self.title)
        texts = (values.paragraphs(text) for text in (self.text, self.summary, self.title) if text)
        told = [text for text in texts if any(map(str.isalnum, text)) and not values.missing(text)]
        if not told:
            raise BadFile("no_text", "It has neither text nor title under any known name; rename its fields.")
        text = next((text for text in told if not values.only_links(text)), None)
        if text is None:
            raise BadFile("no_text", "It contains nothing but a link; submit the page that it leads to.")
        if self.front and self.url is None and self.published_s is None:
            raise BadFile(
                "no_text",
                "Its URL is that of a site's front page, and it has no date; submit the articles.",
            )
        refusal.check(self.title, text)
        # Behind a paywall the title tells the news; a frame for advertisements has none.
        if all(map(is_furniture, (self.title or "", *text.split("\n")))):
            raise BadFile(
                "no_text",
                "It contains only boilerplate, such as menus; submit the article itself.",
            )
        dated = self
        if self.day_first_s is not None and not self.language:
            dated = replace(self, language=detect(text, title=self.title))
        published_s = dated.publication_s()
        return Article(
            file=path,
            text=text,
            index=index,
            member=member,
            id=self.id,
            title=self.title,
            url=self.url,
            source=self.source or (values.host(self.url) if self.url else None),
            language=self.language,
            published_s=published_s,
            unread_date=self.unread_date if published_s is None else None,
            record=self.record,
            fetched_s=self.fetched_s,
        )

    def publication_s(self) -> float | None:
        """The time that the article gives; else the day that its address holds; else that of its last change.

        Where its date can be read in two ways, one of them in the future, it is the other.
        """
        told = [self.published_s, urldate.parse(self.url) if self.url else None, self.day_first_s]
        stamps = told[::-1] if self.day_first_s is not None and self.is_day_first else told
        until_s = math.inf if self.until_s is None else self.until_s
        known = (stamp for stamp in (*stamps, self.modified_s) if stamp is not None)
        return dates.best(stamp for stamp in known if stamp <= until_s)


#: A record that was found but not yet taken apart. Calling it may raise ``BadFile``, and it can be called only
#: until the next one is asked for, for it may lie on the stream still.
Pending = Callable[[], Draft]


@dataclass(frozen=True, slots=True)
class Input:
    """An opened file, or a member of one: unpacked, UTF-16 or UTF-32 made UTF-8, byte order mark gone."""

    name: str  #: file name in lower case, without ``.gz``; a hint, no more
    stream: BufferedReader
    head: bytes  #: the first bytes, still to be read from the stream
    limits: Limits
    layers: int = 0  #: archives and compressions around it
    descriptor: int | None = None  #: of the file on disk, where there is nothing around it

    def whole(self, limit: int = 0) -> bytes:
        """All bytes of a file that is one article, or of what is at most ``limit`` bytes."""
        limit = limit or self.limits.max_article_bytes
        data = self.stream.read(limit + 1)
        if len(data) > limit:
            raise oversized(limit)
        return data

    def seekable(self) -> BinaryIO:
        """For formats that are read from their end: the file on disk, else a bounded copy in memory."""
        if self.descriptor is not None:
            return open(os.dup(self.descriptor), "rb")
        return BytesIO(self.whole(self.limits.max_document_bytes))


@dataclass(frozen=True, slots=True)
class Format:
    """One file format. The registry asks each in turn; the first that knows the file reads it."""

    name: str
    told_by: str  #: for people: what gives it away
    articles: str  #: for people: what becomes an article
    sniff: Callable[[Input], bool]  #: from content first, from the name only when content is silent
    read: Callable[[Input], Iterator[Pending]]
    is_uniform: bool = True  #: whether the dates in its first bytes show how all are written
    extra: str = ""  #: what has to be installed for it, as in ``pip install 'newsloom[extra]'``


def oversized(limit: int, what: str = "file") -> BadFile:
    """The refusal of an article, or of what is held as a whole, that is larger than ``limit`` bytes."""
    return BadFile("too_large", f"The {what} is larger than {size(limit)}; split it, or raise the limit.")


@contextmanager
def spooling() -> Iterator[None]:
    """``NoRoom`` where a temporary file that is written inside finds no room, or no folder."""
    try:
        yield
    except OSError as error:
        raise NoRoom(
            f"A temporary file cannot be written: {error.strerror or error}. Free some space, or "
            "set TMPDIR to a folder that has some."
        ) from error


@contextmanager
def blamed(what: str) -> Iterator[None]:
    """What a parser raises inside is the fault of its input: ``malformed``. Also a decorator."""
    try:
        yield
    except FAULTS as error:
        raise BadFile(
            "malformed", f"{what} cannot be parsed ({type(error).__name__}); fetch it again."
        ) from error


def size(count: int) -> str:
    """A number of bytes for a person."""
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if count >= unit:
            return f"{count / unit:.3g} {name}"
    return f"{count} bytes"
