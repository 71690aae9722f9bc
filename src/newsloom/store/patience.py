"""How long a client waits for a server that is away or says nothing."""

import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from newsloom import ending
from newsloom.waiting import Waiting

T = TypeVar("T")

#: Connecting is tried as often as a command, for each try of one: without a bound, for an hour where nothing is said.
MOST_S: Final = 60.0

_waiting = Waiting("store_waits", "store_goes_on")  # of this process, whichever of its connections


class PatientRetry(Retry):
    """redis-py's, which says that it waits, and that it need not any more."""

    def call_with_retry(
        self,
        do: Callable[[], T],
        fail: Callable[..., Any],
        is_retryable: Callable[[Exception], bool] | None = None,
        with_failure_count: bool = False,  # noqa: FBT001, FBT002  # redis-py's signature
    ) -> T:
        until, waited = time.monotonic() + MOST_S, False

        def failed(error: Exception, *count: int) -> Any:
            nonlocal waited
            waited = True
            _waiting.waits(str(error))
            return fail(error, *count)

        def again(error: Exception) -> bool:
            # A worker that is told to end hands its message back instead.
            return (
                time.monotonic() < until
                and not ending.told()
                and (is_retryable is None or is_retryable(error))
            )

        found = super().call_with_retry(do, failed, again, with_failure_count)
        if waited:
            _waiting.goes_on()
        return found


#: A server that restarts is back within seconds. What is sent again after a silence may be done twice, and bears it.
PATIENT: Final = {
    "retry": PatientRetry(ExponentialBackoff(cap=2.0, base=0.05), 12),
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
}
#: How long somebody who waits for a command, waits for a server that is there and says nothing.
BRIEF_S: Final = 4.0
#: For a command that somebody waits for: where there is no server it says so within a second, of one that is there and
#: says nothing within five.
BRIEF: Final = {
    "retry": Retry(ExponentialBackoff(cap=0.2, base=0.05), 3, supported_errors=(redis.ConnectionError,)),
    "socket_timeout": BRIEF_S,
    "socket_connect_timeout": BRIEF_S,
}
