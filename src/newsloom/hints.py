"""Events of a file system, as hints: what they tell is looked at sooner, what they miss is found later."""

import os
import threading
from collections.abc import Generator, Iterable

import structlog
from watchfiles import Change, watch

log = structlog.get_logger()

_STEP_MS, _WAIT_MS = 50, 200  #: events that follow each other within this come together; longest wait for one


class Hints:
    """The events of a folder and all below it, while it is open."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._events: Generator[set[tuple[Change, str]], None, None] | None = None
        self._watched: tuple[int, int] | None = None  #: the folder that they are of
        self._impossible = False

    @property
    def live(self) -> bool:
        """Whether events come."""
        return self._events is not None

    def open(self) -> bool:
        """Begin to watch, if that is not done already; True if it began now, so that a scan is due."""
        if self._events is not None or self._impossible or not os.path.isdir(self._folder):
            return False
        events = watch(
            self._folder,
            watch_filter=None,
            debounce=_WAIT_MS,
            step=_STEP_MS,
            rust_timeout=_WAIT_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
            ignore_permission_denied=True,
        )
        self._watched = self._found()
        try:
            next(events)  # only now it watches
        except (OSError, RuntimeError, StopIteration) as error:
            log.warning("no_events", folder=self._folder, reason=str(error), consequence="scans more often")
            self._impossible = True
            return False
        self._events = events
        return True

    def wait(self, stop: threading.Event) -> Iterable[str]:
        """Paths that something happened to, within a moment; none if nothing did."""
        if self._events is None:
            stop.wait(_WAIT_MS / 1000)
            return ()
        try:
            changes = next(self._events, None)
        except (OSError, RuntimeError) as error:
            # It gives up on a name that is no UTF-8, for one; a scan finds that name, and what came with it.
            log.warning("events_interrupted", folder=self._folder, reason=str(error), consequence="scans now")
            changes = None
        if changes is None or (Change.deleted, self._folder) in changes or self._found() != self._watched:
            # A removed folder sends no more events, even if there is one of its name again, or a link to another.
            self.close()
        return [path for change, path in changes or () if change is not Change.deleted]

    def _found(self) -> tuple[int, int] | None:
        """Which folder has the name now, by device and inode."""
        try:
            found = os.stat(self._folder)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def close(self) -> None:
        if self._events is not None:
            self._events.close()
            self._events = None
