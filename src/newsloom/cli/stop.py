"""SIGTERM and Ctrl-C for the commands that run until then."""

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

import structlog

from newsloom import bootstrap
from newsloom.cli import output
from newsloom.errors import StoreUnavailable

log = structlog.get_logger()

T = TypeVar("T")

_AWAY_S = 2.0  #: between two tries at a server that is away


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

    def until_there(self, ask: Callable[[], T]) -> T | None:
        """What a server answers, as soon as there is one; None where it is time to stop before.

        Of what keeps it away each is said once.
        """
        told = ""
        while not self.is_set():
            try:
                return ask()
            except StoreUnavailable as error:
                if (reason := output.no_server(error)) != told:
                    log.warning("server_awaited", reason=reason)
                    told = reason
            self.wait(_AWAY_S)
        return None

    def waiting(self) -> None:
        """Called at each poll of a full queue: says so once, and breaks the wait off when it is time to stop."""
        if self.is_set():
            raise Stopped
        if not self._told:
            log.warning("queue_full", queue_max=bootstrap.settings().queue_max)
            self._told = True
