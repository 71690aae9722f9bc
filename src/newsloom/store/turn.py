"""One at a time: a lock that its holder has to renew, so that a dead holder does not keep it."""

from typing import Any

from redis.exceptions import LockError

from newsloom.store.available import available

LEASE_S = 5.0


class Turn:
    """The right to do what the key stands for. Nothing depends on it but the work that two would do twice."""

    def __init__(self, client: Any, key: str, lease_s: float = LEASE_S) -> None:
        self._redis = client
        self._key = key
        self._lease_ms = int(1_000 * lease_s)
        self._lock = client.lock(key, timeout=lease_s, thread_local=False)

    @available
    def take(self) -> bool:
        """False where someone else has it."""
        if self._lock.acquire(blocking=False):
            return True
        # Where the server's clock was put back a dead holder would have it for as much longer; one that lives renews it.
        self._redis.pexpire(self._key, self._lease_ms, lt=True)
        return False

    @available
    def keep(self) -> bool:
        """Renew it, or take it where it ran out unused or was never taken; False where someone else has it."""
        try:
            return bool(self._lock.reacquire())
        except LockError:  # what is done in a turn may take longer than the lease
            return self.take()

    @available
    def give_back(self) -> None:
        try:
            self._lock.release()
        except LockError:  # it ran out, or was never taken
            return
