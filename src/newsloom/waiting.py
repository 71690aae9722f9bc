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
    """One thing that may have to wait, in one process; ``event`` is logged while it does, ``over`` once it goes on.

    ``by_turns``: other work that need not wait is done in between, so what waits again within a minute is not told again.
    """

    def __init__(
        self, event: str, over: str, clock: Callable[[], float] = time.monotonic, *, by_turns: bool = False
    ) -> None:
        self._event = event
        self._over = over
        self._clock = clock
        self._by_turns = by_turns
        self._since_s: float | None = None  #: None: nothing waits
        self._told_s = float("-inf")
        self._told = False  #: of the wait that goes on

    def waits(self, reason: str, **about: Any) -> None:
        """A try has failed."""
        now_s, since_s = self._clock(), self._since_s
        if since_s is None:
            self._since_s = since_s = now_s
        if (self._told or self._by_turns) and now_s - self._told_s < AGAIN_S:
            return
        self._told_s, self._told = now_s, True
        log.warning(self._event, reason=reason, waited_s=round(now_s - since_s, 1), **about)

    def goes_on(self, **about: Any) -> None:
        """A try has succeeded; says so if it was told that one had failed before."""
        since_s, told = self._since_s, self._told
        self._since_s, self._told = None, False
        if since_s is not None and told:
            log.warning(self._over, waited_s=round(self._clock() - since_s, 1), **about)
