"""How files of a watched folder go on the queue: moved or where they are, each once, whatever dies in between."""

import os
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from newsloom import arrivals
from newsloom.arrivals import Seen
from newsloom.errors import StoreUnavailable
from newsloom.outbox import Outbox
from newsloom.parcels import batched
from newsloom.store.ledger import Ledger

log = structlog.get_logger()

_LINGER_S = 0.5  #: how long a message waits to be filled
_RECENT = 200_000  #: files handed in last, kept in mind lest they be handed in twice: as many as fill a queue


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with the files of a folder."""

    folder: str  #: absolute
    batch: int = 20  #: files in one message
    settle_s: float = 2.0  #: a file that has not changed for so long is complete
    move_to: str | None = None  #: folder on the same file system that files go to; None: they stay


class Handover:
    """Hands in what is complete. Raises ``StoreUnavailable``.

    ``waiting`` is told at each poll of a full queue for how long there has been no room, in seconds.
    """

    def __init__(self, plan: Plan, outbox: Outbox, ledger: Ledger, waiting: Callable[[float], None]) -> None:
        self._plan = plan
        self._outbox = outbox
        self._ledger = ledger
        self._waiting = waiting
        self._recent: OrderedDict[bytes, int] = OrderedDict()  #: those handed in: digest of the name to ctime
        self._since: dict[bytes, int] = {}  #: those of them that the ledger's time does not tell of
        self._ready: dict[str, int] = {}  #: those that are complete, to ctime
        self._ready_s = 0.0  #: when the first of them was
        self.sent = 0  #: files handed in

    def begin(self) -> None:
        """Take up what was known, and finish the moves of a watch that was killed."""
        for name, ctime_ns in self._ledger.handed_in().items():
            self._remember(name, ctime_ns)
        unfinished = self._ledger.unfinished()
        for target, path in unfinished.items():
            arrivals.end_move(os.fsdecode(path), os.fsdecode(target))
        targets = [os.fsdecode(target) for target in unfinished if os.path.lexists(target)]
        for batch in batched(targets, self._plan.batch):
            self._put(batch)
        self._ledger.moved(unfinished)

    def has(self, path: str, seen: Seen) -> bool:
        """Whether the file was handed in as it is, or is about to be."""
        return seen.ctime_ns in {self._ready.get(path), self._recent.get(arrivals.name_digest(path))}

    def complete(self, path: str, seen: Seen) -> None:
        """Hand in this file, with the next that fill a message."""
        if not self._ready:
            self._ready_s = time.monotonic()
        self._ready[path] = seen.ctime_ns
        if len(self._ready) >= self._plan.batch:
            self.flush()

    def flush_due(self) -> None:
        """Hand in what has waited long enough to fill a message."""
        if self._ready and time.monotonic() - self._ready_s >= _LINGER_S:
            self.flush()

    def flush(self) -> None:
        """Hand in all that is complete."""
        if not self._ready:
            return
        if self._plan.move_to is None:
            self._put(list(self._ready))
            for path, ctime_ns in self._ready.items():
                self._remember(arrivals.name_digest(path), ctime_ns)
        else:
            self._move(self._plan.move_to)
        self._ready.clear()

    def told(self, mark: int) -> None:
        """The ledger's time tells of all that came before ``mark``."""
        self._since = {name: ctime_ns for name, ctime_ns in self._since.items() if ctime_ns >= mark}

    def forget(self) -> None:
        """Begin anew: the server may have lost the last of what it was given."""
        for known in (self._ready, self._recent, self._since):
            known.clear()

    def leave_word(self) -> None:
        """Note for the next watch what was handed in since the time that the ledger knows."""
        if self._plan.move_to is not None:
            return  # none of it is there any more
        try:
            self._ledger.leave(self._since)
        except StoreUnavailable as error:
            log.warning("watch_left_no_word", folder=self._plan.folder, reason=str(error))

    def _remember(self, name: bytes, ctime_ns: int) -> None:
        self._recent[name] = ctime_ns
        self._recent.move_to_end(name)
        self._since[name] = ctime_ns
        if len(self._recent) > _RECENT:
            oldest, _ = self._recent.popitem(last=False)
            self._since.pop(oldest, None)

    def _move(self, move_to: str) -> None:
        """Into the ledger first, then moved, then enqueued: a death at any point is made good."""
        moves: dict[str, str] = {}
        for path in self._ready:
            target = os.path.join(move_to, os.path.relpath(path, self._plan.folder))
            moves[arrivals.free_name(target, moves)] = path
        self._ledger.moving({os.fsencode(target): os.fsencode(path) for target, path in moves.items()})
        moved = []
        for target, path in moves.items():
            try:
                os.makedirs(os.path.dirname(target), exist_ok=True)
                arrivals.move(path, target)
            except FileNotFoundError:
                continue  # someone else took it
            except OSError as error:
                log.warning("file_not_moved", file=path, to=target, reason=str(error))
            else:
                moved.append(target)
        if moved:
            self._put(moved)
        self._ledger.moved(map(os.fsencode, moves))

    def _put(self, files: list[str]) -> None:
        began_s = time.monotonic()
        self._outbox.put([self._outbox.files(files)], lambda: self._waiting(time.monotonic() - began_s))
        self.sent += len(files)
        log.debug("files_enqueued", folder=self._plan.folder, files=len(files))
