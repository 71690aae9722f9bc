"""Files in: read, decide, close. What can never be read is refused; nothing else is lost."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile
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
from newsloom.parcels import batched
from newsloom.readers import BadRecord, Limits
from newsloom.sources import Sources
from newsloom.work import CHUNK_RECORDS, Loaded, Piece, Work, chunks, handed_in

log = structlog.get_logger()

T = TypeVar("T")


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

    def file(self, file: str, part: Slice, base: str = "") -> None:
        """Ingest one file, or the part of it that begins at a record, and close it."""
        with self.attempts.message():
            self._together([Work(file, base, part)], "", lambda: "")

    def _in_order(self, works: Sequence[Work], hand_back: Callable[[int], None]) -> None:
        late = partial(self._late, time.monotonic() + self.patience_s)
        begun = 0
        with self.attempts.message():
            for some, batch in self._batches(works):
                done = self._together(some, batch, late)
                begun += done
                if done < len(some) or (begun < len(works) and late()):
                    hand_back(begun)
                    log.info("message_rest_requeued", begun=begun, reason=late())
                    break

    def _late(self, deadline: float) -> str:
        """Why no other file of a message shall be begun here; nothing if it may."""
        if self.ends():
            return "the worker is stopping"
        return f"it took more than {self.patience_s:g} s" if time.monotonic() > deadline else ""

    def _batches(self, works: Sequence[Work]) -> Iterator[tuple[Sequence[Work], str]]:
        """Files that are begun together, and the name of that; each alone once a worker died: it shows over which."""
        for some in batched(works, CHUNK_RECORDS):
            batch = f"{some[0].part.run}+"
            is_first = len(some) > 1 and self.attempts.first(batch)
            if is_first and not any(self.attempts.tried([work.begun for work in some])):
                yield some, batch
            else:
                yield from (([work], "") for work in some)

    def _together(self, works: Sequence[Work], batch: str, late: Callable[[], str]) -> int:
        """Read files and decide what they hold, chunk by chunk; returns for how many there was time, at least one."""
        in_time = takewhile(lambda work: work is works[0] or not late(), works)
        read = (self._begin(work, alone=not batch) for work in in_time)
        return sum(self._decide(chunk, batch) for chunk in chunks(read))

    def _begin(self, work: Work, *, alone: bool) -> Loaded:
        """Read a file, or a slice of it, and hand on what follows."""
        with structlog.contextvars.bound_contextvars(file=work.name):
            if alone and not self.attempts.begin(work.begun):
                return Loaded(work, (), more=False, broken=killed(self.attempts.most))
            loaded = self._load(work)
            end = work.part.start + len(loaded.records)
            if loaded.more:
                # Before this slice is decided, so that another worker can begin with the next.
                rest = Slice(work.part.run, end, work.part.number + 1, work.part.sent_s)
                self.mailbox.hand_on(work.file, rest, work.base)
            if loaded.records and not loaded.is_lone:
                # It can be read: from here on deaths count against a record. What was said of these records before is
                # of another reading, and what is wrong with one now is told below.
                taken = work.taken(work.part.start, end if loaded.more or loaded.broken else None)
                self.attempts.settled(work.begun, clean=[taken])
            return loaded

    def _load(self, work: Work) -> Loaded:
        records: list[Article | BadRecord] = []
        since_s = time.monotonic()
        more, broken = self._guarded(partial(self._read, work, records), time.monotonic, "file_failed")
        load_ms = 1000 * (time.monotonic() - since_s) / max(1, len(records))
        last = None if broken else len(records) - 1
        found = [work.of(record, last=at == last) for at, record in enumerate(records)]
        return Loaded(work, found, bool(more), broken, load_ms)

    def _read(self, work: Work, records: list[Article | BadRecord]) -> bool:
        """Append the records of a slice, and return whether others follow it."""
        if work.given is None:
            path = self.sources.local(work.path, work.part.run)
            return self.bookmark.fill(records, path, self.limits, work.part.start, self.slice_articles)
        for record in work.given.read(self.limits):
            records.append(record)  # noqa: PERF402  # what was read before a failure is kept
        return False  # it stands in the message: there is no rest to hand on

    def _decide(self, chunk: Sequence[Piece], batch: str = "") -> int:
        """Decide records together, or one by one if that fails, and close the files that end. Returns how many do.

        ``batch`` names the files that were begun together, if they were: deaths are counted under it.
        """
        first, record = chunk[0]
        alone = len(chunk) == 1 and not batch
        name = batch or first.counted(record) + ("" if alone else "+")
        articles = [(loaded, record) for loaded, record in chunk if isinstance(record, Article)]
        refusal = self._try(name, articles, alone=alone) if articles else None
        if refusal and not alone:  # one of them is at fault: which one will show
            return sum(self._decide([piece]) for piece in chunk)
        for loaded, record in chunk:
            with structlog.contextvars.bound_contextvars(file=loaded.work.name):
                why = refusal if isinstance(record, Article) else record
                if record is not None and why is not None:
                    self._refuse(loaded, why, None if loaded.is_lone else record.index)
                if loaded.ends_with(record):
                    self._close(loaded)
        ended = [loaded for loaded, record in chunk if loaded.ends_with(record)]
        clean = [loaded for loaded in ended if not loaded.counts["refused"]]
        self.attempts.settled(
            *([] if batch else [name]),  # a batch has its end with its message
            *(loaded.work.begun for loaded in ended),
            clean=[loaded.work.taken() for loaded in clean if loaded.is_lone],
        )
        self.closing.forget_kept([loaded.work for loaded in clean])
        return len(ended)

    def _try(self, name: str, articles: Sequence[tuple[Loaded, Article]], *, alone: bool) -> BadFile | None:
        """Decide the stories of articles; returns why that cannot be done, if it cannot."""
        files = {loaded.work.name for loaded, _ in articles}
        counts: list[Counter[str]] = [Counter() for _ in articles]
        with structlog.contextvars.bound_contextvars(**({"file": files.pop()} if len(files) == 1 else {})):
            if not (self.attempts.begin if alone else self.attempts.first)(name):
                return killed(self.attempts.most)
            _, refusal = self._guarded(
                partial(self._tell, articles, counts),
                time.process_time,
                "record_failed" if alone else "batch_failed",
                **({"record": articles[0][1].index} if alone else {"articles": len(articles)}),
            )
        if refusal is None or alone:
            for (loaded, _), found in zip(articles, counts, strict=True):
                loaded.counts.update(found)
        return refusal

    def _tell(self, articles: Sequence[tuple[Loaded, Article]], counts: Sequence[Counter[str]]) -> None:
        """Decide the stories of articles, tell of each and count it with its article."""
        for number, told in self.ingest.articles([article for _, article in articles]):
            took_ms = {"load": round(articles[number][0].load_ms, 3), **told.record["took_ms"]}
            log.info("story_decided", **{**told.record, "took_ms": took_ms})
            counts[number].update(("stories", told.decision.outcome.value))

    def _close(self, loaded: Loaded) -> None:
        """Say that a file is done, and why it broke off."""
        work, broken = loaded.work, loaded.broken
        if broken and broken.reason == "missing" and self.ingest.store.decided([work.id])[0]:
            # Its message came again, and whoever follows the decisions has put the file away meanwhile.
            log.info("gone_after_decision")
            return
        if broken:
            self._refuse(loaded, broken, work.rest_from(len(loaded.records)))
        quarantined = bool(loaded.counts["refused"]) and (loaded.is_lone or not loaded.records)
        if work.part.number or not quarantined:
            self.closing.close(work, loaded.counts, last=not loaded.more, records=loaded.records)

    def _refuse(self, loaded: Loaded, why: Refusal, record: int | None) -> None:
        loaded.counts.update(("refused", f"refused_{why.reason}"))
        self.closing.refuse(loaded.work, why, record)

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
