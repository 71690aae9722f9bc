"""What looks at the queues on behalf of all channels of a process, and renews their leases."""

from time import monotonic
from typing import Any, Final

from kombu.transport import redis
from redis.exceptions import ResponseError

from newsloom.mailbox import LEASE_S
from newsloom.waiting import Waiting

RENEWALS: Final = 5  #: a lease is renewed so many times in ``lease_s``, and dead ones looked for
#: The part of ``lease_s`` that passes from the notice that a lease ran out to the handing on: between two renewals and one.
GRACE: Final = 1.5 / RENEWALS

# The server says nothing, or turns a renewal down: what is in hand may be handed to another worker.
_unkept = Waiting("lease_waits", "lease_goes_on")


class Poller(redis.MultiChannelPoller):  # type: ignore[misc]
    """kombu's poller, which also keeps the leases of its channels."""

    keep_tref: Any = None
    _kept_at = float("-inf")

    def keep(self) -> None:
        for channel in tuple(self._channels):
            if channel.polled:
                try:
                    channel.keep()
                except (*channel.connection_errors, ResponseError) as exc:
                    _unkept.waits(str(exc))
                else:
                    _unkept.goes_on()

    def get(self, callback: Any, timeout: float | None = None) -> Any:
        # Only without an event loop, so without its timer. A consumer that works in the callback
        # for longer than its lease will see the message delivered again.
        every_s = min((channel.lease_s for channel in self._channels), default=LEASE_S) / RENEWALS
        if monotonic() - self._kept_at >= every_s:
            self._kept_at = monotonic()
            self.keep()
        return super().get(callback, every_s if timeout is None else min(timeout, every_s))
