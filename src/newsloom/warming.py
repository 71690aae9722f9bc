"""What an archive teaches: its articles are read, cut and counted as the stream's are, and none is decided.

Term weights, furniture, and where known stories begin and end are what the stream would know if it had
run for as long. No event is opened, so nothing of the archive is ever told or compared.
"""

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from newsloom.core.describe import describe
from newsloom.core.model import Article
from newsloom.core.policy import Policy
from newsloom.errors import BadFile
from newsloom.page import cut, open_sheet
from newsloom.readers import BadRecord, Limits, read
from newsloom.store.base import Store
from newsloom.store.values import Lesson
from newsloom.tame import printable


class Taught(StrEnum):
    """What became of an article of an archive."""

    LEARNED = "learned"
    KNOWN = "known"  #: learned from before, or decided


@dataclass(frozen=True, slots=True)
class Refused:
    """A file of an archive, or one record of it, that cannot be read."""

    file: str
    reason: str
    detail: str
    record: int | None = None  #: position in its file, where only one record is bad


@dataclass(frozen=True, slots=True)
class Undated:
    """An article of an archive whose date was not understood; what became of it comes next."""

    file: str
    date: str  #: how it begins


@dataclass(frozen=True, slots=True)
class Warming:
    """Teaches a store from articles."""

    store: Store
    policy: Policy

    def files(self, files: Iterable[str], limits: Limits) -> Iterator[Taught | Refused | Undated]:
        """Learn from the articles of files, and say of each what became of it. Holds one at a time.

        Raises ``StoreUnavailable``; what was learned until then is known when they are handed in again.
        """
        for file in files:
            name, path = printable(file), os.path.abspath(file)
            try:
                for record in read(path, limits):
                    if isinstance(record, BadRecord):
                        yield Refused(name, record.reason, record.detail, record.index)
                    else:
                        if record.unread_date:
                            yield Undated(name, record.unread_date)
                        yield self.article(replace(record, file=name, path=path))
            except BadFile as error:
                yield Refused(name, error.reason, error.detail)

    def article(self, article: Article) -> Taught:
        """Learn from one article, all at once, if it is new."""
        sheet = open_sheet(article)
        ((known, repeated),) = self.store.known_and_repeated([sheet.asked])
        if known.learned or known.segments:
            return Taught.KNOWN
        page = cut(sheet, known, repeated, self.policy)
        lessons = []
        for story in page.stories(time.time()):
            copied = page.copied(story)
            terms = [] if copied else list(describe(story, page.furniture).terms)
            lessons.append(Lesson(terms, page.shown(story, copied=copied)))
        learned = self.store.learn(sheet.language, sheet.place, lessons)
        return Taught.LEARNED if learned else Taught.KNOWN
