"""How the work at a file ends: it is closed, or refused and put on the quarantine list. Either is logged."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import structlog

from newsloom.core.model import Article
from newsloom.errors import BadFile, Reason
from newsloom.mailbox import Mailbox, Totals
from newsloom.readers import BadRecord
from newsloom.store.kept import Kept
from newsloom.store.quarantine import Quarantine, Quarantined
from newsloom.work import Work

log = structlog.get_logger()

#: Why a file, or a record of one, is refused: its reason and its detail.
Refusal = BadFile | BadRecord


def killed(attempts: int) -> BadFile:
    return BadFile(
        "killed_worker",
        f"Processing started {'once' if attempts == 1 else f'{attempts} times'} but never finished; the file may crash its worker. "
        "Check the file, and the workers' memory and time limits, then retry it.",
    )


def slow(patience_s: float) -> BadFile:
    return BadFile(
        "too_slow",
        f"It took longer than {patience_s:.0f} s; split it, or raise the time limits, then retry it.",
    )


def failed(error: Exception) -> BadFile:
    return BadFile(
        "failed",
        f"newsloom crashed on this file: {error!r}. Please report it with the file and the traceback from the log.",
    )


@dataclass(frozen=True, slots=True)
class Closing:
    """Sees to it that each file has its outcome. Raises ``StoreUnavailable``."""

    quarantine: Quarantine
    mailbox: Mailbox
    kept: Kept
    now: Callable[[], float] = time.time

    def close(
        self, work: Work, counts: Counter[str], *, last: bool, records: Iterable[Article | BadRecord] = ()
    ) -> None:
        """Say that the file is done: at once, or when the last of its slices is.

        How many of its records were refused, and why, is put on the quarantine list where not all of them stand there.

        ``records`` is what it was made of: with it, how many of its dates were not understood, and one of them.
        """
        unread = [one.unread_date for one in records if isinstance(one, Article) and one.unread_date]
        own: dict[str, int | str] = {**counts}
        if unread:
            own |= {"unread_dates": len(unread), "unread_first": unread[0]}
        part, whole = work.part, Totals(own)
        if part.number or not last:
            log.info("slice_ingested", start=part.start, **own)
            found = self.mailbox.done(part, last=last, counts=own)
            if found is None:
                return
            whole = found
        if whole.first:
            log.info("file_ingested", **whole.counts)
        self._list_rest(work, whole.counts)  # each time: a worker may have died before it came to this

    def refuse(self, work: Work, refusal: Refusal, record: int | None = None) -> None:
        """Put a file on the quarantine list, or the record of it that is named."""
        if work.given is not None and work.given.text:
            # First: what is on the list can be tried again.
            for name in self.kept.keep(work.shown, work.given.text):
                log.warning("kept_text_forgotten", forgotten=name)
        self._quarantine(
            Quarantined(work.shown, refusal.reason, refusal.detail, self.now(), record, work.exact)
        )

    def forget_kept(self, works: Sequence[Work]) -> None:
        """None of these will be tried again: nothing in them was refused."""
        self.kept.forget([work.shown for work in works if work.given is not None])

    def _list_rest(self, work: Work, counts: Mapping[str, int | str]) -> None:
        """Put the file itself on the list, with how many more of its records were refused than may stand there."""
        refused, listed = int(counts.get("refused", 0)), self.quarantine.listed
        if refused <= listed:
            return
        why = Counter({reason: int(counts.get(f"refused_{reason}", 0)) for reason in get_args(Reason)})
        told = ", ".join(f"{count:,} {reason}" for reason, count in why.most_common() if count)
        detail = (
            f"{refused - listed:,} more of its records were refused; the first {listed:,} are listed. Refused in all: "
            f"{told}. The log names each; a retry tries the whole file."
        )
        ((reason, _),) = why.most_common(1)
        self._list(Quarantined(work.shown, reason, detail, self.now(), name=work.exact))

    def _quarantine(self, entry: Quarantined) -> None:
        self._list(entry)
        event = "file_quarantined" if entry.record is None else "record_quarantined"
        told: dict[str, Any] = {} if entry.record is None else {"record": entry.record}
        log.warning(event, reason=entry.reason, detail=entry.detail, **told)

    def _list(self, entry: Quarantined) -> None:
        for one in self.quarantine.put(entry):
            log.warning("quarantine_forgotten", forgotten=one.file, record=one.record, reason=one.reason)
