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
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

import structlog

from newsloom import arrivals
from newsloom.arrivals import Seen
from newsloom.errors import StoreUnavailable
from newsloom.hints import Hints
from newsloom.outbox import Outbox
from newsloom.parcels import batched
from newsloom.store.ledger import Ledger
from newsloom.waiting import Waiting

log = structlog.get_logger()

SCAN_S = 60.0  #: between two scans; without events, a twelfth of that
_SCAN_SHARE = 20  #: a scan may take one part in so many of the time
_LINGER_S = 0.5  #: how long a message waits to be filled
_PENDING = 10_000  #: files that are not complete yet, kept in mind; the next scan finds the others
_RECENT = 200_000  #: files handed in last, kept in mind lest they be handed in twice: as many as fill a queue
_BLOCKED_S = 10.0  #: without room on the queue for longer, events are let go and a scan follows
_AWAY_S = 2.0  #: between two tries at a server or a folder that is away


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with the files of a folder."""

    folder: str  #: absolute
    batch: int = 20  #: files in one message
    settle_s: float = 2.0  #: a file that has not changed for so long is complete
    move_to: str | None = None  #: folder on the same file system that files go to; None: they stay


class Watch:
    """Watches one folder. Raises ``StoreUnavailable`` from all but ``run``.

    ``waiting`` is called at each look at a full queue; what it raises ends whatever waits.
    """

    def __init__(self, plan: Plan, outbox: Outbox, ledger: Ledger, waiting: Callable[[], None]) -> None:
        self._plan = plan
        self._outbox = outbox
        self._ledger = ledger
        self._waiting = waiting
        self._hints = Hints(plan.folder)
        self._known: set[bytes] = set()  #: sub-folders seen in full, by digest
        self._pending: dict[str, tuple[Seen, float]] = {}  #: and when it was first seen so
        self._recent: OrderedDict[bytes, int] = OrderedDict()  #: those handed in: digest of the name to ctime
        self._since: dict[bytes, int] = {}  #: those of them that the ledger's time does not tell of
        self._ready: dict[str, int] = {}  #: those that are complete, to ctime
        self._ready_s = 0.0  #: when the first of them was
        self._overflowed = False
        #: How far the file system's clock was ahead of the steady one as the ledger was brought up to date
        self._ahead_ns: int | None = None
        self._unread: set[str] = set()  #: sub-folders that may not be read
        self._stop = threading.Event()
        self.sent = 0  #: files handed in

    # -- the loop ---------------------------------------------------------------------------------

    def run(self, stop: threading.Event) -> None:
        """Until told to stop; what ``waiting`` raises ends it as well. The next watch goes on where this one stopped."""
        self._stop = stop
        try:
            self._loop()
        finally:
            self._hints.close()
            self._leave_word()

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
                self.look()
                waiting.goes_on(folder=self._plan.folder)
            except (StoreUnavailable, OSError) as error:
                waiting.waits(str(error), folder=self._plan.folder)
                # What was in hand is found again: in the ledger, or by the scan that follows.
                begun = False
                # The server may have lost the last of what it was given.
                for known in (self._ready, self._recent, self._since):
                    known.clear()
                self._hints.close()
                self._stop.wait(_AWAY_S)
        if begun:
            self._flush()

    def begin(self) -> None:
        """Take up what was known, and finish the moves of a watch that was killed."""
        self._known = self._ledger.folders()
        for name, ctime_ns in self._ledger.handed_in().items():
            self._remember(name, ctime_ns)
        unfinished = self._ledger.unfinished()
        for target, path in unfinished.items():
            arrivals.end_move(os.fsdecode(path), os.fsdecode(target))
        targets = [os.fsdecode(target) for target in unfinished if os.path.lexists(target)]
        for batch in batched(targets, self._plan.batch):
            self._put(batch)
        self._ledger.moved(unfinished)

    def _leave_word(self) -> None:
        """Note for the next watch what was handed in since the time that the ledger knows."""
        if self._plan.move_to is not None:
            return  # none of it is there any more
        try:
            self._ledger.leave(self._since)
        except StoreUnavailable as error:
            log.warning("watch_left_no_word", folder=self._plan.folder, reason=str(error))

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
        self._flush()
        if self._overflowed or self._plan.move_to is not None:
            return
        unfinished = (seen.ctime_ns for seen, _ in self._pending.values())
        mark = min([now_ns, *unfinished])
        self._ledger.advance(mark, new=folders - self._known, gone=self._known - folders)
        self._known, self._ahead_ns = folders, ahead_ns
        self._since = {name: ctime_ns for name, ctime_ns in self._since.items() if ctime_ns >= mark}

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
        if path in self._pending or self._ready.get(path) == seen.ctime_ns:
            return
        if self._recent.get(arrivals.name_digest(path)) == seen.ctime_ns:
            return
        young = time.time_ns() - seen.mtime_ns < 1e9 * self._plan.settle_s  # or it is of the future
        if young or self._held(path):
            if len(self._pending) >= _PENDING:
                self._overflowed = True
            else:
                self._pending[path] = seen, time.monotonic()
        else:
            self._complete(path, seen)

    def _held(self, path: str) -> bool:
        """Whether it has to stay: what is written to a file after it was moved, nobody would look for."""
        return self._plan.move_to is not None and arrivals.being_written(path)

    def look(self) -> None:
        """Hand in what is complete by now, and what has waited long enough to fill a message."""
        for path, (before, since_s) in list(self._pending.items()):
            now = arrivals.seen_at(path)
            if now is None:
                del self._pending[path]
            elif now != before:
                self._pending[path] = now, time.monotonic()
            elif time.monotonic() - since_s >= self._plan.settle_s and not self._held(path):
                del self._pending[path]
                self._complete(path, now)
        if self._ready and time.monotonic() - self._ready_s >= _LINGER_S:
            self._flush()

    # -- handing in -------------------------------------------------------------------------------

    def _complete(self, path: str, seen: Seen) -> None:
        if not self._ready:
            self._ready_s = time.monotonic()
        self._ready[path] = seen.ctime_ns
        if len(self._ready) >= self._plan.batch:
            self._flush()

    def _flush(self) -> None:
        if not self._ready:
            return
        if self._plan.move_to is None:
            self._put(list(self._ready))
            for path, ctime_ns in self._ready.items():
                self._remember(arrivals.name_digest(path), ctime_ns)
        else:
            self._move(self._plan.move_to)
        self._ready.clear()

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
        blocked_s = time.monotonic()

        def blocked() -> None:
            if time.monotonic() - blocked_s > _BLOCKED_S:
                self._hints.close()  # or they would pile up; the scan that follows finds the same
            self._waiting()

        self._outbox.put([self._outbox.files(files)], blocked)
        self.sent += len(files)
        log.debug("files_enqueued", folder=self._plan.folder, files=len(files))
