"""Files in: read, decide, close. What can never be read goes to quarantine; nothing else is lost."""

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import structlog

from newsloom.core.model import Article
from newsloom.errors import BadFile, Conflict, StoreUnavailable
from newsloom.ingest import Ingest
from newsloom.mailbox import Mailbox, Slice
from newsloom.readers import BadRecord, Limits, read
from newsloom.store.base import Quarantined, Store

log = structlog.get_logger()

KILLED = (
    "A worker died over it {} times; look at the file, and at the memory and the time limit of the "
    "workers, then retry it."
)
SLOW = "It took longer than {:.0f} s; split it, or raise the time limits, then retry it."
FAILED = "newsloom failed on it with {!r}; the log has the traceback: report it with the file."


@dataclass(frozen=True, slots=True)
class Intake:
    """What a worker does with the files of a message."""

    store: Store
    ingest: Ingest
    mailbox: Mailbox
    limits: Limits
    slice_articles: int  #: records of a large file that one task takes
    max_attempts: int  #: a file that was begun this often without an end is refused
    patience_s: float  #: a message that took longer hands its other files back
    interrupts: tuple[type[BaseException], ...] = ()  #: raised from outside when the time is up
    now: Callable[[], float] = time.time
    interrupted: set[str] = field(default_factory=set)  #: begun when the server went away

    def files(self, files: Sequence[str], run: str, base: str = "") -> None:
        """Ingest the files of one message, in order.

        ``run`` names the message, the same each time that it is delivered; ``base`` is the folder
        that relative paths start from. Raises ``StoreUnavailable``; all else has an outcome.
        """
        deadline = time.monotonic() + self.patience_s
        deadly: list[str] = []
        for position, file in enumerate(files):
            if position and time.monotonic() > deadline:
                self.mailbox.hand_back(files[position:], base)
                log.info("message_handed_back", files=len(files) - position, patience_s=self.patience_s)
                break
            deadly += self._file(file, Slice(run=f"{run}:{position}", start=0, number=0), base)
        self._forget(deadly)

    def file(self, file: str, part: Slice, base: str = "") -> None:
        """Ingest one file, or the part of it that begins at a record, and close it."""
        self._forget(self._file(file, part, base))

    def _forget(self, deadly: list[str]) -> None:
        """The message is done: what killed workers in it may be tried anew, in another.

        Not before, for a later death brings the whole message again, and with it each deadly file.
        """
        for counted in deadly:
            self.store.settled(counted)

    def _file(self, file: str, part: Slice, base: str) -> list[str]:
        """Ingest and close; returns under which names the deaths of what was refused are counted.

        Deaths while the file is read are counted against the file, later ones against the record
        that was in hand.
        """
        work = _Work(file, base, part)
        with structlog.contextvars.bound_contextvars(file=work.name):
            begun = work.path if part.start == 0 else f"{work.path}#{part.start}"
            for lost in list(self.interrupted):  # that was no death of a worker: it does not count
                self.store.settled(lost)
                self.interrupted.discard(lost)
            try:
                return self._attempt(work, begun)
            except StoreUnavailable:
                self.interrupted.add(begun)
                raise

    def _attempt(self, work: "_Work", begun: str) -> list[str]:
        part = work.part
        attempts = self.store.attempt(begun)
        if attempts > self.max_attempts:
            self._refuse(work.shown, "killed_worker", KILLED.format(self.max_attempts))
            if part.number:
                self._close(part, Counter(), last=True)
            return [begun]
        clean = self._read(work, begun if attempts > 1 else None)
        if work.deadly:
            return [begun, *work.deadly]
        self.store.settled(begun, clean=clean)
        return []

    def refuse_message(self, name: str, detail: str) -> None:
        """Keep what a message said that is none of ours, for a person to look at."""
        with structlog.contextvars.bound_contextvars(file=name):
            self._refuse(name, "bad_message", detail)

    def _read(self, work: "_Work", retried: str | None) -> bool:
        """Read and decide; whether there was something to ingest."""
        part = work.part
        started = time.perf_counter()
        records: list[Article | BadRecord] = []
        broken: BadFile | None = None
        try:
            # One more than a slice: so we know whether there is a rest, and hold no more than that.
            for record in islice(read(work.path, self.limits, start=part.start), self.slice_articles + 1):
                records.append(record)  # noqa: PERF402  # what was read before a failure is kept
        except BadFile as error:
            broken = error
        except self.interrupts:
            broken = BadFile("too_slow", SLOW.format(2 * self.patience_s))
        except Exception as error:  # whatever a parser may raise: this file has an outcome as well
            log.exception("file_failed")
            broken = BadFile("failed", FAILED.format(error))
        load_ms = 1000 * (time.perf_counter() - started) / max(1, len(records))
        more = len(records) > self.slice_articles
        if more:
            records.pop()
            # Before this slice is decided, so that another worker can begin with the next.
            rest = Slice(part.run, part.start + len(records), part.number + 1)
            self.mailbox.hand_on(work.file, rest, work.base)
        if retried is not None:
            self.store.settled(retried)  # it can be read: from here on deaths count against a record
            self.store.attempt(retried)
        counts: Counter[str] = Counter()
        alone = len(records) == 1 and part.start == 0 and not more
        for record in records:
            self._record(work, record, load_ms, counts, alone=alone, retried=retried is not None)
        if broken is not None:
            counts["refused"] += 1
            self._refuse(
                work.shown, broken.reason, broken.detail, part.start + len(records) if records else None
            )
        quarantined = bool(counts["refused"]) and (alone or not records)
        if part.number or not quarantined:
            self._close(part, counts, last=not more)
        return not quarantined

    def _record(
        self,
        work: "_Work",
        record: Article | BadRecord,
        load_ms: float,
        counts: Counter[str],
        *,
        alone: bool,
        retried: bool,
    ) -> None:
        counts["articles"] += 1
        refusal: BadRecord | None = None
        mark = f"{work.path}#{record.index}!"
        if isinstance(record, BadRecord):
            refusal = record
        elif retried and self.store.attempt(mark) >= self.max_attempts:
            refusal = BadRecord(record.index, "killed_worker", KILLED.format(self.max_attempts))
            work.deadly.append(mark)
        else:
            try:
                self._article(replace(record, file=work.name, path=work.path), load_ms, counts)
            except self.interrupts:
                refusal = BadRecord(record.index, "too_slow", SLOW.format(2 * self.patience_s))
            except (StoreUnavailable, Conflict):
                raise
            except Exception as error:  # a bug must cost one record, not the message
                log.exception("record_failed", record=record.index)
                refusal = BadRecord(record.index, "failed", FAILED.format(error))
        if refusal is not None:
            counts["refused"] += 1
            self._refuse(work.shown, refusal.reason, refusal.detail, None if alone else refusal.index)
        if retried and mark not in work.deadly:
            self.store.settled(mark)

    def _article(self, article: Article, load_ms: float, counts: Counter[str]) -> None:
        for told in self.ingest.article(article):
            took_ms = {"load": round(load_ms, 3), **told.record["took_ms"]}
            log.info("story_decided", **{**told.record, "took_ms": took_ms})
            counts["stories"] += 1
            counts[told.decision.outcome.value] += 1

    def _refuse(self, file: str, reason: str, detail: str, record: int | None = None) -> None:
        self.store.quarantine(
            Quarantined(file=file, reason=reason, detail=detail, at_s=self.now(), record=record)
        )
        event = "file_quarantined" if record is None else "record_quarantined"
        told: dict[str, Any] = {} if record is None else {"record": record}
        log.warning(event, reason=reason, detail=detail, **told)

    def _close(self, part: Slice, counts: Counter[str], *, last: bool) -> None:
        """Say that the file is done: at once, or when the last of its slices is."""
        told: dict[str, int] | None = dict(counts)
        if part.number or not last:
            log.info("slice_ingested", start=part.start, **counts)
            told = self.mailbox.done(part, last=last, counts=dict(counts))
        if told is not None:
            log.info("file_ingested", **told)


class _Work:
    """One file on its way."""

    def __init__(self, file: str, base: str, part: Slice) -> None:
        self.file = file  #: as handed in
        self.base = base
        self.part = part
        self.name = printable(file)  #: as it is shown
        self.path = os.path.abspath(os.path.join(base, file))
        self.deadly: list[str] = []  #: names of the records that killed workers
        self.shown = printable(self.path)


def printable(path: str) -> str:
    """A path as it can be stored and logged: bytes that are no UTF-8 are replaced."""
    return path.encode("utf-8", "replace").decode("utf-8")
