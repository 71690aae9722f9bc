"""Which reader reads a file, and what becomes of its records: numbered, passed over or read, refused one by one."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers import (
    archive,
    captions,
    dayfirst,
    feed,
    hocr,
    html,
    json,
    mail,
    newsml,
    newsml_g2,
    nexis,
    nitf,
    parquet,
    scrapy_xml,
    table,
    tei,
    text,
    trafilatura_xml,
    unsupported,
    values,
    warc,
)
from newsloom.readers.base import BadRecord, Draft, Format, Input, Limits, Pending, oversized
from newsloom.readers.source import deeper, opened, unpacked
from newsloom.readers.unpack import Budget, Spent

#: In the order they are asked; each is told by content, and text takes what is left.
FORMATS: tuple[Format, ...] = (
    parquet.FORMAT,
    warc.FORMAT,
    feed.FORMAT,
    newsml.FORMAT,
    newsml_g2.FORMAT,
    nitf.FORMAT,
    tei.FORMAT,
    trafilatura_xml.FORMAT,
    scrapy_xml.FORMAT,
    captions.FORMAT,
    mail.FORMAT,
    unsupported.FORMAT,
    nexis.FORMAT,
    hocr.FORMAT,
    html.FORMAT,
    json.FORMAT,
    table.FORMAT,
    text.FORMAT,
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A record, and the member of an archive that it lies in."""

    draft: Pending
    member: str = ""
    head: bytes = b""  #: what shows how dates are written there

    def article(self, path: str, index: int, limits: Limits) -> Article:
        try:
            found = self.draft()
            if len(found.text or "") > limits.max_article_bytes:
                raise oversized(limits.max_article_bytes, "article")
            if found.day_first_s is not None:
                found = found.settled(dayfirst.told(self.head))
            return found.article(path, index, self.member)
        except BadFile as failure:
            if not self.member:
                raise
            raise BadFile(failure.reason, f"Member {self.member}: {failure.detail}") from failure


class Reading(Iterator[Article | BadRecord]):
    """The articles of a file in their order, from record ``start`` on; earlier ones are not taken apart.

    Records are counted from 0, the unreadable ones with the others, those of an archive through all its
    members. One record that cannot be read among others is a ``BadRecord`` and the rest goes on. A file
    that cannot be read at all, or whose only record cannot, raises ``BadFile``. The file is closed when the
    iterator ends or is closed. Memory is bounded by one article or document, time by the limits; no path
    makes it wait.
    """

    def __init__(self, path: str, limits: Limits, *, start: int = 0) -> None:
        self.start = start  #: may be raised in the middle, to pass over what is not wanted
        self._records = self._read(path, limits)

    def __next__(self) -> Article | BadRecord:
        try:
            return next(self._records)
        except BadFile as failure:
            raise _shown(failure) from failure

    def close(self) -> None:
        self._records.close()

    def _read(self, path: str, limits: Limits) -> Generator[Article | BadRecord]:
        with opened(path, limits) as (file, budget):
            alone: BadFile | None = None  # what is wrong with the first record, until a second one shows up
            index = -1
            for index, found in enumerate(_until_damaged(_records(file, budget))):
                if alone is not None:
                    yield _bad(0, alone)
                    alone = None
                if index < self.start:
                    continue
                try:
                    record: Article | BadRecord = found.article(path, index, limits)
                except BadFile as failure:
                    if index == 0:
                        alone = failure
                        continue
                    record = _bad(index, failure)
                yield record
            if alone is not None:
                raise alone
            if index < 0:
                raise BadFile("no_text", "The file contains no article; submit one that does.")


def read(path: str, limits: Limits, *, start: int = 0) -> Reading:
    """The articles of a file: see ``Reading``."""
    return Reading(path, limits, start=start)


def _bad(index: int, failure: BadFile) -> BadRecord:
    return BadRecord(index, failure.reason, _shown(failure).detail)


def _shown(failure: BadFile) -> BadFile:
    """The failure as it can be logged and shown: what it quotes of the file is anything at all."""
    detail = "".join(one if one.isprintable() else "\ufffd" for one in failure.detail)
    return BadFile(failure.reason, detail)


def _records(file: Input, budget: Budget) -> Iterator[_Found]:
    members = archive.members(file, budget)
    if members is not None:
        for name, content in members:
            yield from _of_member(values.line(name) or "?", content, file, budget)
        return
    for candidate in FORMATS:
        if candidate.sniff(file):
            head = file.head if candidate.is_uniform else b""
            yield from (_Found(draft, head=head) for draft in candidate.read(file))
            return


def _of_member(name: str, content: archive.Content, around: Input, budget: Budget) -> Iterator[_Found]:
    """The records of one member; what is wrong with it as a whole is a record, and the next member comes."""
    try:
        if isinstance(content, BadFile):
            raise content
        deeper(around.layers, around.limits)
        inner = unpacked(content, name.rpartition("/")[2], around.limits, budget, layers=around.layers + 1)
        some = False
        for found in _records(inner, budget):
            some = True
            yield replace(found, member=f"{name}!{found.member}" if found.member else name)
    except Spent:
        raise
    except BadFile as failure:
        yield _Found(_raising(failure), name)
    else:
        if not some:
            yield _Found(_raising(BadFile("no_text", "It contains no article.")), name)


def _until_damaged(records: Iterator[_Found]) -> Iterator[_Found]:
    """The records; damage to the stream behind the first one (compression, disk) comes as the last one."""
    some = False
    try:
        for record in records:
            some = True
            yield record
    except BadFile as failure:
        if not some:
            raise
        yield _Found(_raising(failure))


def _raising(failure: BadFile) -> Pending:
    def draft() -> Draft:
        raise failure

    return draft
