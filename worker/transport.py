"""A Redis broker for Celery that loses no message.

**What it closes.** kombu's own Redis transport takes a message with BRPOP and only then, from the
client, notes it in the hash ``unacked``. A worker killed in between has lost the message, whoever
sent it (kombu issue 305), and what it did note comes back only after ``visibility_timeout``.

**How.** Taking and noting are one step on the server: a script moves (LMOVE) the first message
found from its queue to a list of this consumer, the *held list*, and takes out a *lease* on that
list. The held list is the record of what is not acknowledged: to acknowledge is to LREM, to hand
back is to move. A consumer renews its leases while it lives; what stands under a lease that ran
out, and is not renewed once others find it so, is moved back, some seconds after the death.

**Which end.** Every sender LPUSHes, so the oldest message is at the right end: taken from there,
handed back to there, so that the order given is the order kept. Only what its task hands back, because
something is in its way, goes to the other end: that may be in the way of no other message.

**Waiting.** When no queue has anything, ``BLMOVE queue queue RIGHT RIGHT`` waits for the first
queue: it moves the last element onto itself, so it wakes but takes nothing, and the script stays
the only thing that takes. Other queues, and other priorities, are looked at once a ``brpop_timeout``;
``awaited_queue`` says which queue shall be the first.

Senders need none of this: stock Celery over ``redis://`` or a bare LPUSH will do. Consumers name it
as the scheme ``newsloom://``, or ``newsloom+socket:///path`` for a Unix socket; ``redis://`` stays
kombu's. Keys: the queues themselves, ``<queue>:held:<consumer>``, ``<queue>:refused`` (what could
not be opened, or was rejected; why, in ``<queue>:refused:why``) and the sorted set of leases. No ``unacked``
key is read or written.
"""

# ruff: noqa: SLF001  # what kombu's virtual transports share among themselves has a leading underscore

import logging
from collections.abc import Callable
from contextlib import suppress
from queue import Empty
from time import monotonic
from typing import Any, ClassVar, Final
from uuid import uuid4

from kombu.transport import TRANSPORT_ALIASES, redis
from kombu.utils.encoding import bytes_to_str
from redis.exceptions import RedisError, ResponseError

from newsloom.mailbox import LEASE_S
from newsloom.waiting import Waiting
from newsloom.worker.deliveries import QoS
from newsloom.worker.held import TAKE
from newsloom.worker.holding import Holding
from newsloom.worker.opening import OPENING_ERRORS, NoMessage, opened
from newsloom.worker.poller import RENEWALS, Poller

log = logging.getLogger(__name__)

SCHEME: Final = "newsloom"
TRANSPORT_ALIASES[SCHEME] = "newsloom.worker.transport:Transport"

BLOCK_S: Final = 1.0  #: longest wait for one queue while the others are not looked at

# Of this process: the server turns down a look at the queues.
_refused = Waiting("queue_waits", "queue_goes_on")


class Channel(Holding, redis.Channel):  # type: ignore[misc]
    """A consumer; kombu's polling of it is kept, with a reply that is safe to lose."""

    QoS = QoS
    from_transport_options: ClassVar = (
        *(option for option in redis.Channel.from_transport_options if option != "ack_emulation"),
        "lease_s",
        "awaited_queue",
        "running",
    )

    _waiting = False  #: the command under way waits, it does not take
    _found_nothing = False  #: the last poll found every queue empty
    _reply_lost = False  #: a connection broke while the script was under way
    _refused_until = 0.0  #: the server turned the script down; ask again then

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.consumer_id = uuid4().hex
        self.polled = set()
        super().__init__(*args, **kwargs)

    def _take_command(self, queues: list[str]) -> list[object]:
        keys = [self._key(queue, priority) for priority in self.priority_steps for queue in queues]
        self.polled.update(keys)
        pairs = [name for key in keys for name in (key, self._held(key))]
        return ["EVAL", TAKE, 1 + len(pairs), self._leases, *pairs, self._lease_ms]

    # -- polling --------------------------------------------------------------------------------

    def _brpop_start(self, timeout: float | None = None) -> None:
        queues = self._queue_cycle.consume(len(self.active_queues))
        if not queues or monotonic() < self._refused_until:
            return
        if self._reply_lost:
            # It may have taken a message we never heard of. Start afresh as a new consumer; a script
            # that arrives late still runs for the old one, whose lease nobody renews any more.
            self.qos.restore_unacked()
            self.consumer_id = uuid4().hex
            self._reply_lost = False
        self._waiting, self._found_nothing = self._found_nothing, False
        if self._waiting:
            awaited = self.awaited_queue if self.awaited_queue in queues else queues[0]
            key = self._key(awaited, self.priority_steps[0])
            block_s = timeout or self.brpop_timeout or BLOCK_S
            command: list[object] = ["BLMOVE", key, key, "RIGHT", "RIGHT", block_s]
        else:
            command = self._take_command(queues)
        self._in_poll = self.client.connection
        self._brpop_sent_at = monotonic()
        self.client.connection.send_command(*command)

    def _brpop_read(self, **options: Any) -> bool:
        connection = self.client.connection
        try:
            reply = self.client.parse_response(connection, "BLMOVE" if self._waiting else "EVAL", **options)
        except ResponseError as exc:
            # Out of memory, read-only, not permitted: nothing was taken. Anything raised here ends
            # the worker, and asking again at once would be a loop as fast as it can.
            _refused.waits(str(exc))
            self._refused_until = monotonic() + BLOCK_S
            raise Empty from exc
        except self.connection_errors:
            connection.disconnect()
            raise
        finally:
            self._in_poll = None
            self._flush_brpop_reauth()
        _refused.goes_on()
        if self._waiting or not reply:
            self._found_nothing = not self._waiting
            raise Empty
        key, message = bytes_to_str(reply[0]), reply[1]
        queue: str = key.removeprefix(self.global_keyprefix).rsplit(self.sep, 1)[0]
        self._queue_cycle.rotate(queue)
        if queue not in self.connection._callbacks:  # cancelled while the poll was under way
            self.hand_back((key, message))
        elif (payload := self._open(key, message)) is not None:
            self._deliver(queue, payload)
        return True

    def _open(self, key: str, message: bytes) -> dict[str, Any] | None:
        """Decode a message and note it as taken; put aside what cannot be decoded."""
        try:
            payload = opened(message)
            # A tag of our own: a sender in another language may repeat its tags, or have none.
            tag = payload["properties"]["delivery_tag"] = self._next_delivery_tag()
            self.Message(payload, channel=self)
        except NoMessage as exc:
            self.put_aside(key, message, str(exc))
            return None
        except OPENING_ERRORS as exc:
            self.put_aside(key, message, f"it cannot be opened: {exc!r}")
            return None
        self.qos.taken[tag] = key, message
        return payload

    def _deliver(self, queue: str, payload: dict[str, Any]) -> None:
        tag = payload["properties"]["delivery_tag"]
        try:
            self.connection._deliver(payload, queue)
        except (RedisError, OSError, MemoryError):
            raise
        except Exception as exc:  # noqa: BLE001  # left to itself it ends the worker, then the next one
            if entry := self.qos.taken.get(tag):
                key, message = entry
                self.put_aside(key, message, f"it cannot be handled: {exc!r}")
                self.qos.forget(tag)
            return
        if tag not in self.qos._delivered:  # a consumer that does not acknowledge
            self.qos.ack(tag)

    def _poll_error(self, type: str, **options: Any) -> None:  # noqa: A002  # kombu's name
        if type == "LISTEN":
            super()._poll_error(type, **options)
        else:
            self._brpop_read(**options)

    def _on_connection_disconnect(self, connection: object) -> None:
        if self._in_poll is connection and not self._waiting:
            self._reply_lost = True
        super()._on_connection_disconnect(connection)

    def _finish_poll(self) -> None:
        if self._in_poll:
            with suppress(Empty):
                self._brpop_read()

    # -- the rest of a channel ------------------------------------------------------------------

    def _queue_bind(self, *args: Any) -> None:
        self._noted(super()._queue_bind, *args)

    def _refresh_bindings(self, *args: Any) -> None:
        self._noted(super()._refresh_bindings, *args)

    def _noted(self, note: Callable[..., None], *args: Any) -> None:
        """Have kombu note a queue, if the server takes it now: only senders read that, and they note it too."""
        try:
            note(*args)
        except ResponseError as exc:  # raised, it would have the worker connect again as fast as it can
            _refused.waits(str(exc))

    def _get(self, queue: str) -> dict[str, Any]:
        while reply := self._run(*self._take_command([queue])):
            if (payload := self._open(bytes_to_str(reply[0]), reply[1])) is not None:
                return payload
        raise Empty

    def basic_get(self, queue: str, no_ack: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        message = super().basic_get(queue, no_ack=no_ack, **kwargs)
        if message is not None and no_ack:
            self.qos.ack(message.delivery_tag)
        return message

    def _basic_cancel(self, consumer_tag: str) -> None:
        super()._basic_cancel(consumer_tag)
        if not self.active_queues:  # nobody would read the reply before the channel is closed
            self._finish_poll()

    def close(self) -> None:
        if self.polled and not self.closed:
            try:
                self._finish_poll()
                self.qos.restore_unacked()
            except self.connection_errors as exc:
                log.warning("could not hand back the unfinished messages, the end of the lease will: %s", exc)
                self.qos.taken.clear()
                self.qos._delivered.clear()
        if "_keeper" in vars(self):
            self._keeper.connection_pool.disconnect()
        super().close()


class Transport(redis.Transport):  # type: ignore[misc]
    """The transport behind ``newsloom://``."""

    Channel = Channel

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cycle = Poller()

    def register_with_event_loop(self, connection: Any, loop: Any) -> None:
        super().register_with_event_loop(connection, loop)
        if self.cycle.keep_tref is not None:  # of an earlier connection
            self.cycle.keep_tref.cancel()
        lease_s = connection.client.transport_options.get("lease_s", LEASE_S)
        self.cycle.keep_tref = loop.call_repeatedly(lease_s / RENEWALS, self.cycle.keep)
