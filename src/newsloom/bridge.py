"""Items out of a scrapy-redis list, onto the queue: none is lost, whatever dies on the way."""

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import redis
import structlog

from newsloom.errors import Impossible, StoreUnavailable
from newsloom.mailbox import ARTICLES_BYTES
from newsloom.outbox import Outbox, nothing
from newsloom.store.available import available
from newsloom.store.script import Script
from newsloom.store.turn import LEASE_S, Turn
from newsloom.waiting import Waiting

log = structlog.get_logger()

_WAIT_S = 1.0  #: longest wait for an item, so that a signal is noticed
_AWAY_S = 2.0  #: between two tries at a server that is away
_POLL_S = 0.2  #: between two tries while another bridge has the list
_LEFT_S = 1.2 * LEASE_S  #: so long after its death a bridge has it no more

# Takes items, the oldest first, until there are enough in hand; what a bridge that died had in hand
# comes first. KEYS: list, list of what is in hand. ARGV: how many, how many bytes. Returns those in hand.
_TAKE = """
local held = redis.call('LRANGE', KEYS[2], 0, ARGV[1] - 1)
local bytes = 0
for _, item in ipairs(held) do bytes = bytes + #item end
while #held < tonumber(ARGV[1]) and bytes < tonumber(ARGV[2]) do
  local item = redis.call('LMOVE', KEYS[1], KEYS[2], 'LEFT', 'RIGHT')
  if not item then break end
  held[#held + 1] = item
  bytes = bytes + #item
end
return held
"""

# KEYS: list of what is in hand. ARGV: items. One by one: the turn may have run out, and another bridge sent some.
_STRIKE_OUT = "for _, item in ipairs(ARGV) do redis.call('LREM', KEYS[1], 1, item) end"


class Bridge:
    """Moves the items of one list. An item is in the list, in hand, or in the queue, at any moment.

    Taken into the list ``<key>:newsloom`` and struck out there only after the message is on the queue: a
    bridge killed in between sends an item twice, which is found as a repeat. The lists may be on another
    server than the queue. Raises ``StoreUnavailable``.
    """

    def __init__(self, client: Any, key: str, outbox: Outbox, batch: int) -> None:
        self._redis = client
        self._outbox = outbox
        self._batch = batch
        self.key = key
        # In the slot of the list, for a script moves from one to the other. Only a cluster has slots.
        tag = f"{{{key}}}" if isinstance(client, redis.RedisCluster) and "{" not in key else key
        self.in_hand = f"{tag}:newsloom"
        self.moved = 0  #: items put on the queue
        self._turn = Turn(client, f"{self.in_hand}:turn")
        self._take = Script(client, _TAKE)
        self._strike_out = Script(client, _STRIKE_OUT)

    @available
    def kind(self) -> str:
        """What the key holds: ``list``, ``none`` yet, or something else."""
        return str(self._redis.type(self.key).decode())

    def step(self, waiting: Callable[[], None] = nothing) -> int:
        """Move what there is, up to a batch; returns how many items that were."""
        items = self._taken()
        if items:
            self._outbox.put([self._outbox.items(items)], waiting)
            self._struck_out(items)
            self.moved += len(items)
            log.debug("items_enqueued", key=self.key, items=len(items))
        return len(items)

    def run(self, stop: threading.Event, waiting: Callable[[], None], *, drain: bool = False) -> None:
        """Move items until told to stop, or with ``drain`` until there are none.

        A server that is away is waited for. ``waiting`` may raise to break a wait for room off: what is
        in hand then is the first thing that the next bridge sends. Raises ``Impossible`` while another bridge
        moves the list: each would take what the other has in hand for that of a dead one.
        """
        away, there = Waiting("bridge_waits", "bridge_goes_on"), True

        def meanwhile() -> None:
            self._has_turn(stop)
            waiting()  # which raises where it is time to stop

        try:
            while not stop.is_set():
                try:
                    if not self._has_turn(stop):
                        return
                    count = self.step(meanwhile)
                    there = True
                    away.goes_on(key=self.key)
                    if not count and drain:
                        return
                    if not count:
                        self._wait()
                except StoreUnavailable as error:
                    there = False
                    away.waits(str(error), key=self.key)
                    stop.wait(_AWAY_S)
        finally:
            if there:  # else the turn runs out by itself
                with contextlib.suppress(StoreUnavailable):
                    self._turn.give_back()

    def _has_turn(self, stop: threading.Event) -> bool:
        """Take or keep the list for this bridge; False where it is time to stop. Raises ``Impossible``."""
        until_s = time.monotonic() + _LEFT_S
        while not self._turn.keep():
            if time.monotonic() > until_s:
                raise Impossible(
                    f"Another bridge is moving this list, {self.key}, and two would send every item twice. Stop that one "
                    "first, or leave the list to it."
                )
            if stop.wait(_POLL_S):
                return False
        return True

    @available
    def _taken(self) -> list[bytes]:
        return list(self._take(keys=[self.key, self.in_hand], args=[self._batch, ARTICLES_BYTES]))

    @available
    def _struck_out(self, items: Sequence[bytes]) -> None:
        self._strike_out(keys=[self.in_hand], args=items)

    @available
    def _wait(self) -> None:
        """Until an item comes, which is in hand then."""
        self._redis.blmove(self.key, self.in_hand, timeout=_WAIT_S, src="LEFT", dest="RIGHT")
