"""SIGTERM and Ctrl-C for the commands that run until then."""

import signal
import threading
from types import FrameType

import structlog

from newsloom import bootstrap

log = structlog.get_logger()


class Stopped(Exception):
    """A signal came while the queue had no room."""


class Stop(threading.Event):
    """Set by the first signal; the second one ends the process as it always would."""

    def __init__(self) -> None:
        super().__init__()
        self._told = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._signalled)

    def _signalled(self, number: int, _: FrameType | None) -> None:
        self.set()
        signal.signal(number, signal.SIG_DFL)

    def waiting(self) -> None:
        """Called at each look at a full queue: says so once, and breaks the wait off when it is time to stop."""
        if self.is_set():
            raise Stopped
        if not self._told:
            log.warning("queue_full", queue_max=bootstrap.settings().queue_max)
            self._told = True
