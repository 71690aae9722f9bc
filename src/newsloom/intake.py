"""Files in: read, decide, close. What can never be read is refused; nothing else is lost."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import structlog

from newsloom.attempts import Attempts
from newsloom.bookmark import Bookmark
from newsloom.closing import Closing, Refusal, failed, killed, slow
from newsloom.core.model import Article
from newsloom.errors import BadFile, Conflict, NotNow
from newsloom.given import given
from newsloom.ingest import Ingest
from newsloom.mailbox import Mailbox, Slice
from newsloom.readers import BadRecord, Limits
from newsloom.sources import Sources
from newsloom.work import CHUNK_CHARACTERS, CHUNK_RECORDS, Work, chunks, handed_in

log = structlog.get_logger()

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A slice of a file, or all of it."""

    records: Sequence[Article | BadRecord]
    more: bool  #: whether others follow
    broken: BadFile | None  #: why there are no more, if it broke off
    took_ms: float

    @property
    def is_single(self) -> bool:
        """Whether it is one record, the last of its file."""
        return len(self.records) == 1 and not self.more and self.broken is None

    @property
    def only_article(self) -> Article | None:
        """The article, if it is one and the last of its file."""
        return self.records[0] if self.is_single and isinstance(self.records[0], Article) else None


@dataclass(frozen=True, slots=True)
class Intake:
    """What a worker does with the files of a message."""

    attempts: Attempts
    ingest: Ingest
    mailbox: Mailbox
    closing: Closing
    sources: Sources
    limits: Limits
    slice_articles: int  #: records of a large file that one task takes
    patience_s: float  #: a message that took longer hands its other files back
    interrupts: tuple[type[BaseException], ...] = ()  #: raised from outside when the time is up
    #: Whether this worker was told to end: another shall have the files that it has not begun.
    ends: Callable[[], bool] = bool
    bookmark: Bookmark = field(default_factory=Bookmark)

    def files(self, files: Sequence[object], run: str, base: str = "", sent_s: int | None = None) -> None:
        """Ingest the files of one message, in order.

        ``run`` names the message, the same each time that it is delivered; ``base`` is the folder
        that relative paths start from; ``sent_s`` is when it was sent, where it says so. What is not a path among
        the files is refused. Raises ``NotNow``, ``Conflict`` and ``MemoryError``; all else has an outcome.
        """
        works = [
            handed_in(file, base, Slice(f"{run}:{position}", 0, 0, sent_s))
            for position, file in enumerate(files)
        ]
        self._in_order(works, lambda begun: self.mailbox.hand_back(files[begun:], base, sent_s))

    def articles(self, articles: Sequence[object], run: str, sent_s: int | None = None) -> None:
        """The same for articles that stand in the message: each is like a file of its own."""
        found = [given(article, f"{run}:{position}") for position, article in enumerate(articles)]
        works = [
            Work(one.name, "", Slice(f"{run}:{position}", 0, 0, sent_s), one)
            for position, one in enumerate(found)
        ]
        self._in_order(works, lambda begun: self.mailbox.hand_back_articles(articles[begun:], sent_s))

    def _in_order(self, works: Sequence[Work], hand_back: Callable[[int], None]) -> None:
        deadline = time.monotonic() + self.patience_s
        begun = 0
        with self.attempts.message():
            while begun < len(works):
                if begun and (late := self._late(deadline)):
                    hand_back(begun)
                    log.info("message_rest_requeued", begun=begun, reason=late)
                    break
                chunk = works[begun : begun + CHUNK_RECORDS]
                begun += self._files(chunk, f"{works[begun].part.run}+", deadline)

    def _late(self, deadline: float) -> str:
        """Why no other file of a message shall be begun here; nothing if it may."""
        if self.ends():
            return "the worker is stopping"
        return f"it took more than {self.patience_s:g} s" if time.monotonic() > deadline else ""

    def file(self, file: str, part: Slice, base: str = "") -> None:
        """Ingest one file, or the part of it that begins at a record, and close it."""
        with self.attempts.message():
            self._file(Work(file, base, part))

    def _files(self, works: Sequence[Work], name: str, deadline: float) -> int:
        """Ingest and close files: those of one article each as a batch, unless a worker died over these before.

        Returns how many there was time for, at least one.
        """
        # Where one of them killed a worker, which one it was shows when each is begun alone.
        alone = len(works) == 1 or not self.attempts.first(name)
        tried = [] if alone else self.attempts.tried([work.begun for work in works])
        found: list[tuple[Work, Article, float]] = []
        begun = 0
        for work in works:
            if begun and self._late(deadline):
                break
            loaded = None if alone or tried[begun] else self._load(work)
            begun += 1
            article = loaded.only_article if loaded else None
            if loaded and article:
                found.append((work, article, loaded.took_ms))
            if not article or sum(len(article.text) for _, article, _ in found) > CHUNK_CHARACTERS:
                self._together(found)
                found = []
            if not article:
                self._file(work, loaded)
        self._together(found)
        return begun

    def _together(self, found: Sequence[tuple[Work, Article, float]]) -> None:
        """Decide the articles of files, and close them; each alone if that cannot be done."""
        told = self._decide_all([(article, load_ms) for _, article, load_ms in found])
        if told is None:
            for work, _, _ in found:
                self._file(work)
            return
        for (work, article, _), counts in zip(found, told, strict=True):
            with structlog.contextvars.bound_contextvars(file=work.name):
                self.closing.close(work, Counter(articles=1) + counts, last=True, records=[article])
        works = [work for work, _, _ in found]
        self.attempts.settled(*(work.begun for work in works), clean=[work.taken() for work in works])
        self.closing.forget_kept(works)

    def _decide_all(self, articles: Sequence[tuple[Article, float]]) -> list[Counter[str]] | None:
        """Decide articles as one batch; returns what came of each, or None where one by one is due."""
        counts: list[Counter[str]] = [Counter() for _ in articles]
        decided = partial(self._decided, articles, counts)
        _, refusal = self._guarded(decided, time.process_time, "batch_failed", articles=len(articles))
        return counts if refusal is None else None  # one of them is at fault: which one will show

    def _file(self, work: Work, loaded: _Loaded | None = None) -> None:
        """Ingest and close."""
        with structlog.contextvars.bound_contextvars(file=work.name):
            if not self.attempts.begin(work.begun):
                self.closing.refuse(work, killed(self.attempts.most), work.rest_from(0))
                if work.part.number:
                    self.closing.close(work, Counter(), last=True)
                return
            loaded = loaded or self._load(work)
            if self._gone(work, loaded.broken):
                log.info("gone_after_decision")
                self.attempts.settled(work.begun)
            else:
                self._ingest(work, loaded)

    def _gone(self, work: Work, broken: BadFile | None) -> bool:
        """Whether its message came again, and whoever follows the decisions has put the file away meanwhile."""
        missing = broken is not None and broken.reason == "missing"
        return missing and self.ingest.store.decided([work.id])[0]

    def _ingest(self, work: Work, loaded: _Loaded) -> None:
        """Hand on what follows a slice, decide it and close it."""
        part, records, more, broken = work.part, loaded.records, loaded.more, loaded.broken
        load_ms = loaded.took_ms / max(1, len(records))
        if more:
            # Before this slice is decided, so that another worker can begin with the next.
            rest = Slice(part.run, part.start + len(records), part.number + 1, part.sent_s)
            self.mailbox.hand_on(work.file, rest, work.base)
        alone = loaded.is_single and part.start == 0
        if not alone:
            # It can be read: from here on deaths count against a record. What was said of these records before is of
            # another reading, and what is wrong with one now is told below.
            end = None if not more and broken is None else part.start + len(records)
            self.attempts.settled(work.begun, clean=[work.taken(part.start, end)] if records else ())
        counts: Counter[str] = Counter(articles=len(records))
        for chunk in chunks(records):
            if self._chunk(work, chunk, load_ms, counts):
                continue
            for record in chunk:
                # The deaths of a lone record are those of its file, and counted there.
                decide = self._decide if alone else partial(self._counted, work)
                refusal = decide(record, load_ms, counts)
                if refusal is not None:
                    counts.update(("refused", f"refused_{refusal.reason}"))
                    self.closing.refuse(work, refusal, None if alone else record.index)
        if broken is not None:
            counts.update(("refused", f"refused_{broken.reason}"))
            self.closing.refuse(work, broken, work.rest_from(len(records)))
        quarantined = bool(counts["refused"]) and (alone or not records)
        if part.number or not quarantined:
            self.closing.close(work, counts, last=not more, records=records)
        self.attempts.settled(work.begun, clean=[work.taken()] if alone and not quarantined else ())
        if not counts["refused"]:
            self.closing.forget_kept([work])

    def _load(self, work: Work) -> _Loaded:
        """Read a slice."""
        records: list[Article | BadRecord] = []
        since_s = time.monotonic()
        with structlog.contextvars.bound_contextvars(file=work.name):
            more, broken = self._guarded(partial(self._read, work, records), time.monotonic, "file_failed")
        took_ms = 1000 * (time.monotonic() - since_s)
        last = None if broken else len(records) - 1
        found = [work.of(record, last=at == last) for at, record in enumerate(records)]
        return _Loaded(found, bool(more), broken, took_ms)

    def _read(self, work: Work, records: list[Article | BadRecord]) -> bool:
        """Append the records of a slice, and return whether others follow it."""
        if work.given is None:
            path = self.sources.local(work.path, work.part.run)
            return self.bookmark.fill(records, path, self.limits, work.part.start, self.slice_articles)
        for record in work.given.read(self.limits):
            records.append(record)  # noqa: PERF402  # what was read before a failure is kept
        return False  # it stands in the message: there is no rest to hand on

    def _chunk(
        self, work: Work, chunk: Sequence[Article | BadRecord], load_ms: float, counts: Counter[str]
    ) -> bool:
        """Decide records together; False if each is due alone: there is but one, or a worker died over them."""
        articles = [(one, load_ms) for one in chunk if isinstance(one, Article)]
        if len(articles) < 2:
            return False
        name = work.named(f"#{chunk[0].index}+")
        told = self._decide_all(articles) if self.attempts.first(name) else None
        if told is None:
            return False
        counts.update(sum(told, Counter()))
        self.attempts.settled(name)
        return True

    def _counted(
        self, work: Work, record: Article | BadRecord, load_ms: float, counts: Counter[str]
    ) -> Refusal | None:
        """Decide one record of several; deaths meanwhile count against it, not against its file."""
        name = work.named(f"#{record.index}!")
        if not self.attempts.begin(name):
            return killed(self.attempts.most)
        refusal = self._decide(record, load_ms, counts)
        self.attempts.settled(name)
        return refusal

    def _decide(self, record: Article | BadRecord, load_ms: float, counts: Counter[str]) -> Refusal | None:
        """Decide the stories of a record; returns why it was refused, if it was."""
        if isinstance(record, BadRecord):
            return record
        decided = partial(self._decided, [(record, load_ms)], [counts])
        return self._guarded(decided, time.process_time, "record_failed", record=record.index)[1]

    def _decided(self, articles: Sequence[tuple[Article, float]], counts: Sequence[Counter[str]]) -> None:
        """Decide the stories of articles, tell of each and count it with its article."""
        for number, told in self.ingest.articles([article for article, _ in articles]):
            took_ms = {"load": round(articles[number][1], 3), **told.record["took_ms"]}
            log.info("story_decided", **{**told.record, "took_ms": took_ms})
            counts[number]["stories"] += 1
            counts[number][told.decision.outcome.value] += 1

    def _guarded(
        self, do: Callable[[], T], clock: Callable[[], float], failure: str, **about: object
    ) -> tuple[T | None, BadFile | None]:
        """What ``do`` returns, or why what is in hand is refused.

        ``clock`` counts the seconds that it takes: of a decision those of the CPU, for a server that is waited for
        is not the article's fault. ``failure`` is the event that a bug is logged as. Raises ``NotNow``,
        ``Conflict`` and ``MemoryError``, and an interrupt that other files are to blame for.
        """
        since_s = clock()
        try:
            return do(), None
        except BadFile as error:
            return None, error
        except self.interrupts:
            # Where it has taken no great part of its message's time, which is up, the message comes back, and this
            # with all the time there is: what was decided is found as repeats.
            if clock() - since_s < self.patience_s:
                raise
            return None, slow(self.patience_s)
        except (NotNow, Conflict, MemoryError):
            raise
        except Exception as error:  # whatever a parser may raise, or a bug
            log.exception(failure, **about)
            return None, failed(error)
