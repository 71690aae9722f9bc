"""A watched folder: what arrives there goes on the queue, once it is complete, and nothing is passed over.

**The scan is the truth, events are hints.** Events of the file system come at once and may be lost: a
full buffer, a network file system, a time when nobody watched. So the folder is scanned at the start and
now and then, and what an event told is only looked at sooner.

**What was handed in** is known by time, not by name, for a list of names would grow for ever. A scan
notes the time by the file system's own clock before it begins; when all that it found is on the queue,
everything that arrived before that time is done. The next scan, after whatever death, takes what has
changed its place or content since (its ctime: a rename into place changes that too), and all of a
sub-folder that it does not know, for the files in a folder that is moved in keep their times. A watch that is
told to stop leaves word of the files it handed in since that time, lest the next one do so again. After a
death, and where times are in doubt, a file is handed in again, and found as a repeat. With ``move_to`` there is nothing to
remember but the moves in progress: what lies in the folder is not handed in yet.
"""

import os
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile

import structlog

from newsloom import arrivals
from newsloom.arrivals import Seen
from newsloom.errors import StoreUnavailable
from newsloom.handover import Handover, Plan
from newsloom.hints import Hints
from newsloom.outbox import Outbox
from newsloom.store.ledger import Ledger
from newsloom.waiting import Waiting

log = structlog.get_logger()

SCAN_S = 60.0  #: between two scans; without events, a twelfth of that
_SCAN_SHARE = 20  #: a scan may take one part in so many of the time
_PENDING = 10_000  #: files that are not complete yet, kept in mind; the next scan finds the others
_BLOCKED_S = 10.0  #: without room on the queue for longer, events are let go and a scan follows
_AWAY_S = 2.0  #: between two tries at a server or a folder that is away


class Watch:
    """Watches one folder. Raises ``StoreUnavailable`` from all but ``run``.

    ``waiting`` is called at each poll of a full queue; what it raises ends whatever waits.
    """

    def __init__(self, plan: Plan, outbox: Outbox, ledger: Ledger, waiting: Callable[[], None]) -> None:
        self._plan = plan
        self._ledger = ledger
        self._waiting = waiting
        self._handover = Handover(plan, outbox, ledger, self._no_room)
        self._hints = Hints(plan.folder)
        self._known: set[bytes] = set()  #: sub-folders seen in full, by digest
        self._pending: dict[str, tuple[Seen, float]] = {}  #: and when it was first seen so
        self._overflowed = False
        #: How far the file system's clock was ahead of the steady one as the ledger was brought up to date
        self._ahead_ns: int | None = None
        self._unread: set[str] = set()  #: sub-folders that may not be read
        self._stop = threading.Event()

    @property
    def sent(self) -> int:
        """Files handed in."""
        return self._handover.sent

    # -- the loop ---------------------------------------------------------------------------------

    def run(self, stop: threading.Event) -> None:
        """Until told to stop; what ``waiting`` raises ends it as well. The next watch goes on where this one stopped."""
        self._stop = stop
        try:
            self._loop()
        finally:
            self._hints.close()
            self._handover.leave_word()

    def _loop(self) -> None:
        begun, due_s = False, 0.0
        waiting = Waiting("watch_waits", "watch_goes_on")
        while not self._stop.is_set():
            try:
                if not begun:
                    self.begin()
                    begun = True
                if self._hints.open():
                    due_s = 0.0
                if time.monotonic() >= due_s or (self._overflowed and not self._pending):
                    started_s = time.monotonic()
                    self.scan()
                    took_s = time.monotonic() - started_s
                    least_s = SCAN_S if self._hints.live else SCAN_S / 12
                    due_s = time.monotonic() + max(least_s, _SCAN_SHARE * took_s)
                self._take(found for path in self._hints.wait(self._stop) for found in self._hinted(path))
                self.settle()
                waiting.goes_on(folder=self._plan.folder)
            except (StoreUnavailable, OSError) as error:
                waiting.waits(str(error), folder=self._plan.folder)
                # What was in hand is found again: in the ledger, or by the scan that follows.
                begun = False
                self._handover.forget()
                self._hints.close()
                self._stop.wait(_AWAY_S)
        if begun:
            self._handover.flush()

    def begin(self) -> None:
        """Take up what was known, and finish the moves of a watch that was killed."""
        self._known = self._ledger.folders()
        self._handover.begin()

    def _no_room(self, blocked_s: float) -> None:
        if blocked_s > _BLOCKED_S:
            self._hints.close()  # or they would pile up; the scan that follows finds the same
        self._waiting()

    # -- finding ---------------------------------------------------------------------------------

    def scan(self) -> None:
        """Hand in, or keep in mind, all that is new in the folder; then note how far that goes."""
        mark, now_ns = self._ledger.mark(), arrivals.clock_ns(self._plan.folder)
        ahead_ns = now_ns - time.monotonic_ns()
        if now_ns + arrivals.CLOCK_NS < mark:
            log.warning("clock_went_back", folder=self._plan.folder)
            mark = 0
        elif self._ahead_ns is not None:
            # By less than has passed since: what came then says that it came before the mark.
            mark -= max(0, self._ahead_ns - ahead_ns)
        self._overflowed = False
        folders: set[bytes] = set()
        self._take(self._walk(self._plan.folder, mark, folders))
        if self._stop.is_set():
            return
        self._handover.flush()
        if self._overflowed or self._plan.move_to is not None:
            return
        unfinished = (seen.ctime_ns for seen, _ in self._pending.values())
        mark = min([now_ns, *unfinished])
        self._ledger.advance(mark, new=folders - self._known, gone=self._known - folders)
        self._known, self._ahead_ns = folders, ahead_ns
        self._handover.told(mark)

    def _walk(self, top: str, mark: int, folders: set[bytes]) -> Iterator[tuple[str, Seen]]:
        """The files below a folder that came since the mark, and all of those in folders that are new."""
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            try:
                # By its own dot: where it may be listed and not entered, no file of it would be found, and all passed over.
                digest = arrivals.folder_digest(folder, os.stat(os.path.join(folder, ".")))
                entries = os.scandir(folder)
            except OSError as error:
                if folder == self._plan.folder:
                    raise
                if isinstance(error, PermissionError) and folder not in self._unread:
                    self._unread.add(folder)
                    log.warning("folder_not_read", folder=folder, reason=str(error))
                continue  # gone meanwhile, or not to be read: the next scan asks again
            whole = self._plan.move_to is not None or digest not in self._known
            folders.add(digest)
            with entries:
                for entry in entries:
                    if arrivals.passed_over(entry.name):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        if entry.path != self._plan.move_to:
                            waiting.append(entry.path)
                    elif (seen := arrivals.seen_at(entry.path)) is not None and (
                        whole or seen.ctime_ns >= mark
                    ):
                        yield entry.path, seen

    def _hinted(self, path: str) -> Iterator[tuple[str, Seen]]:
        """What an event told of: a file, or those of a folder that was moved in."""
        below = os.path.relpath(path, self._plan.folder)
        inside = self._plan.move_to is not None and (path + "/").startswith(self._plan.move_to + "/")
        if below == "." or inside or any(map(arrivals.passed_over, below.split("/"))):
            return
        try:
            found = os.lstat(path)
        except (OSError, ValueError):
            return
        if stat.S_ISDIR(found.st_mode):
            if arrivals.folder_digest(path, found) not in self._known:
                yield from self._walk(path, 0, set())
        elif (seen := arrivals.seen_at(path)) is not None:
            yield path, seen

    # -- complete, or not yet -----------------------------------------------------------------------

    def _take(self, found: Iterable[tuple[str, Seen]]) -> None:
        """Offer what was found, the oldest first: versions of an article are to be decided in the order they were written.

        Each as it is by then, for the queue may have been full since.
        """
        known = takewhile(lambda _: not self._stop.is_set(), found)
        for _, path in sorted((seen.mtime_ns, path) for path, seen in known):
            if self._stop.is_set():
                return
            if (seen := arrivals.seen_at(path)) is not None:
                self._offer(path, seen)

    def _offer(self, path: str, seen: Seen) -> None:
        if path in self._pending or self._handover.has(path, seen):
            return
        young = time.time_ns() - seen.mtime_ns < 1e9 * self._plan.settle_s  # or it is of the future
        if young or self._held(path):
            if len(self._pending) >= _PENDING:
                self._overflowed = True
            else:
                self._pending[path] = seen, time.monotonic()
        else:
            self._handover.complete(path, seen)

    def _held(self, path: str) -> bool:
        """Whether it has to stay: what is written to a file after it was moved, nobody would look for."""
        return self._plan.move_to is not None and arrivals.being_written(path)

    def settle(self) -> None:
        """Hand in what is complete by now, and what has waited long enough to fill a message."""
        for path, (before, since_s) in list(self._pending.items()):
            now = arrivals.seen_at(path)
            if now is None:
                del self._pending[path]
            elif now != before:
                self._pending[path] = now, time.monotonic()
            elif time.monotonic() - since_s >= self._plan.settle_s and not self._held(path):
                del self._pending[path]
                self._handover.complete(path, now)
        self._handover.flush_due()
