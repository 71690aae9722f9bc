"""One at a time: a lock that its holder has to renew, so that a dead holder does not keep it."""

from typing import Any

from redis.exceptions import LockNotOwnedError

from newsloom.store import keys
from newsloom.store.available import available

LEASE_S = 5.0


class Turn:
    """The right to take a second look. Nothing depends on it but the work that two would do twice."""

    def __init__(self, client: Any, lease_s: float = LEASE_S) -> None:
        self._lock = client.lock(keys.LOOKING, timeout=lease_s, thread_local=False)

    @available
    def take(self) -> bool:
        """False where someone else has it."""
        return bool(self._lock.acquire(blocking=False))

    @available
    def keep(self) -> bool:
        """Renew it, or take it again where it ran out unused; False where someone else has it."""
        try:
            return bool(self._lock.reacquire())
        except LockNotOwnedError:  # a large event may take longer than the lease
            return bool(self._lock.acquire(blocking=False))

    @available
    def give_back(self) -> None:
        try:
            self._lock.release()
        except LockNotOwnedError:
            return
