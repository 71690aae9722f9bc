"""What the server keeps for a consumer: the messages it holds, under leases that it renews."""

import logging
from functools import cached_property
from typing import Any, Final

from redis import ConnectionPool

from newsloom.mailbox import LEASE_S
from newsloom.store.keys import LEASES, LIVING, REFUSED, WHY
from newsloom.worker.held import HAND_BACK, KEEP, PUT_ASIDE, REFUSED_KEPT, held_list
from newsloom.worker.poller import GRACE

log = logging.getLogger("newsloom.worker.transport")

WHY_CHARACTERS: Final = 500
#: So long a lease waits for the server's answer: meanwhile nothing else goes on in this process.
SILENCE_S: Final = 5.0


class Holding:
    """The part of :class:`newsloom.worker.transport.Channel` that holds messages."""

    lease_s: float = LEASE_S
    awaited_queue: str = ""  #: what comes there is taken at once
    running: str = ""  #: what this worker says of itself together with that it lives
    consumer_id: str
    polled: set[str]  #: the queue keys it may hold messages of

    global_keyprefix: str  #: from here on kombu's
    priority_steps: list[int]
    pool: Any
    Client: Any
    _connparams: Any
    _create_client: Any
    _q_for_pri: Any

    _side_client: Any = None  #: for all but the polling and the leases

    def _key(self, queue: str, priority: int) -> str:
        return f"{self.global_keyprefix}{self._q_for_pri(queue, priority)}"

    def _held(self, queue_key: str) -> str:
        return held_list(queue_key, self.consumer_id)

    @property
    def _leases(self) -> str:
        return f"{self.global_keyprefix}{LEASES}"

    @property
    def _grace_ms(self) -> int:
        """From the notice that a lease ran out to the handing on."""
        return int(self.lease_s * 1000 * GRACE)

    @property
    def _lease_ms(self) -> int:
        """From a renewal to the time at which a lease runs out: with the grace it is ``lease_s``."""
        return int(self.lease_s * 1000) - self._grace_ms

    def _run(self, *command: object) -> Any:
        if self._side_client is None or self._side_client.connection_pool is not self.pool:
            self._side_client = self._create_client()  # kombu builds one for each message
        return self._side_client.execute_command(*command)

    @cached_property
    def _keeper(self) -> Any:
        """A client of its own, for the leases: what is lost with its connection is sent again a moment later."""
        return self.Client(
            connection_pool=ConnectionPool(**{**self._connparams(), "socket_timeout": SILENCE_S})
        )

    def strike_out(self, queue_key: str, message: bytes) -> None:
        self._run("LREM", self._held(queue_key), 1, message)

    def hand_back(self, *entries: tuple[str, bytes], behind: bool = False) -> None:
        """Hand messages back, the last one to be the next one; or ``behind`` all that wait."""
        keys = [name for key, _ in entries for name in (self._held(key), key)]
        push = "LPUSH" if behind else "RPUSH"
        self._run("EVAL", HAND_BACK, len(keys), *keys, push, *(message for _, message in entries))

    def keep(self, *, give_back: bool = False) -> None:
        """Renew this consumer's leases, or give back all it holds, and sweep up after dead ones."""
        held = [self._held(key) for key in self.polled]
        living = f"{self.global_keyprefix}{LIVING}"
        mine = ""
        if self.awaited_queue and held:  # from the first poll on: kombu calls this before it, too
            mine = f"{self._held(self._key(self.awaited_queue, self.priority_steps[0]))}{self.running}"
        told = self._lease_ms, self._grace_ms, mine, int(give_back)
        names = (self._leases, living, *held)
        if moved := self._keeper.execute_command("EVAL", KEEP, len(names), *names, *told):
            log.warning("handed back %d unfinished messages", moved)

    def put_aside(self, key: str, message: bytes, why: str) -> None:
        """Keep a message that no task can be made of, or that one failed at, out of the way."""
        aside = f"{key}{REFUSED}"
        log.error(
            "refused a message, it is now in %s: %s; `newsloom quarantine retry --messages` puts it back",
            aside,
            why or "it was rejected",
        )
        names = (self._held(key), aside, f"{aside}{WHY}")
        told = why[:WHY_CHARACTERS].encode("utf-8", "replace")
        if gone := self._run("EVAL", PUT_ASIDE, len(names), *names, message, REFUSED_KEPT, told):
            log.error("dropped the %d oldest refused messages: no more are kept", gone)
