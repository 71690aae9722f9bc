"""Work that waits for something outside says so: at once, then at most once a minute, and when it goes on.

Each try would else be a line of the log, every second or two from every process, for as long as a disk is full.
"""

import time
from collections.abc import Callable
from typing import Any

import structlog

log = structlog.get_logger()

AGAIN_S = 60.0  #: between two lines that tell of the same wait


class Waiting:
    """One thing that may have to wait, in one process; ``event`` is logged while it does, ``over`` once it goes on."""

    def __init__(self, event: str, over: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._event = event
        self._over = over
        self._clock = clock
        self._since_s: float | None = None  #: None: nothing waits
        self._told_s = 0.0

    def waits(self, reason: str, **about: Any) -> None:
        """A try has failed."""
        now_s = self._clock()
        if self._since_s is None:
            self._since_s = now_s
        elif now_s - self._told_s < AGAIN_S:
            return
        self._told_s = now_s
        log.warning(self._event, reason=reason, waited_s=round(now_s - self._since_s, 1), **about)

    def goes_on(self, **about: Any) -> None:
        """A try has succeeded; says so if one had failed before."""
        if self._since_s is not None:
            waited_s, self._since_s = round(self._clock() - self._since_s, 1), None
            log.warning(self._over, waited_s=waited_s, **about)
