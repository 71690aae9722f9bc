"""How the second looks went, for whoever watches over them."""

import time
from dataclasses import dataclass
from typing import Any

from newsloom.store import keys
from newsloom.store.available import available


@dataclass(frozen=True, slots=True)
class LastLook:
    """The last look that came to its end, and what went wrong in any."""

    ended_s: float | None = None  #: Unix time; None: none has yet
    took_s: float | None = None
    failed: int = 0  #: events that a look failed at, since the beginning; each is logged


class Looks:
    """Kept on the store's server, in one small hash."""

    def __init__(self, client: Any) -> None:
        self._redis = client

    @available
    def ended(self, took_s: float, failed: int) -> None:
        """A look has ended, ``failed`` events of which it failed at."""
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.hset(keys.LOOK_FIGURES, mapping={"ended_s": f"{time.time():.3f}", "took_s": f"{took_s:.3f}"})
            pipe.hincrby(keys.LOOK_FIGURES, "failed", failed)
            pipe.execute()

    @available
    def told(self) -> LastLook:
        ended_s, took_s, failed = self._redis.hmget(keys.LOOK_FIGURES, "ended_s", "took_s", "failed")
        return LastLook(
            ended_s=None if ended_s is None else float(ended_s),
            took_s=None if took_s is None else float(took_s),
            failed=int(failed or 0),
        )
