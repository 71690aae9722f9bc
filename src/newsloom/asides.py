"""Messages that were put aside: no task could be made of them, or newsloom failed at them."""

import base64
import itertools
import json
from dataclasses import dataclass
from typing import Any

from newsloom.mailbox import PRIORITIES, properties, upkeep_of, when_sent
from newsloom.store import keys
from newsloom.store.available import available
from newsloom.store.script import Script
from newsloom.tame import redacted

#: A message that lies aside is opened up to that size; of a larger one it is shown how it begins.
_OPENED_BYTES = 8 << 20
_SHOWN_CHARACTERS = 200

# Puts what lay aside behind all that waits, in order. KEYS: a list of the refused, its queue, when and why each was
# refused. Returns how many.
_RETRY = """
local count = redis.call('LLEN', KEYS[1])
for _ = 1, count do redis.call('LMOVE', KEYS[1], KEYS[2], 'RIGHT', 'LEFT') end
redis.call('DEL', KEYS[3])
return count
"""

# One message that lies aside, or how it begins; then when and why it was refused, if that is known.
# KEYS: a list of the refused, when and why. ARGV: position, how much of the message.
_ASIDE = """
local message = redis.call('LINDEX', KEYS[1], ARGV[1])
if not message then return false end
return {string.sub(message, 1, ARGV[2]), redis.call('HGET', KEYS[2], redis.sha1hex(message)) or ''}
"""


@dataclass(frozen=True, slots=True)
class Aside:
    """A message that was put aside, as far as it is shown."""

    queue: str
    at_s: int | None  #: when it was put aside
    sent_s: int | None
    why: str
    begins: str  #: its task and its body, if it can be opened


class Asides:
    """Those of the queues of one newsloom. Raises ``StoreUnavailable`` where Redis cannot be reached."""

    def __init__(self, client: Any, queue: str) -> None:
        self._redis = client
        self._queue = queue
        self._put_back = Script(client, _RETRY)
        self._one = Script(client, _ASIDE)

    @available
    def count(self) -> int:
        """How many there are."""
        return sum(self._redis.llen(aside) for aside, _, _ in self._lists())

    @available
    def listed(self) -> list[Aside]:
        """All of them, of each queue the oldest first."""
        found = []
        for aside, queue, why in self._lists():
            # From the end, and one by one: what comes in between moves none, and some are large.
            for position in itertools.count(1):
                one = self._one(keys=[aside, why], args=[-position, _OPENED_BYTES])
                if one is None:
                    break
                found.append(_shown(queue, *one))
        return found

    @available
    def retry(self) -> int:
        """Put them on the queue again; returns how many."""
        return sum(int(self._put_back(keys=pair)) for pair in self._lists())

    @available
    def drop(self) -> int:
        """Forget them; returns how many."""
        # In one step: a message that comes in between is not forgotten uncounted.
        with self._redis.pipeline(transaction=True) as pipe:
            for aside, _, why in self._lists():
                pipe.llen(aside)
                pipe.delete(aside, why)
            return sum(pipe.execute()[::2])

    def _lists(self) -> list[tuple[str, str, str]]:
        """The lists of what lies aside, of upkeep too, each with the list it came from, and with when and why."""
        queues = [queue + suffix for queue in (self._queue, upkeep_of(self._queue)) for suffix in PRIORITIES]
        return [(queue + keys.REFUSED, queue, queue + keys.REFUSED + keys.WHY) for queue in queues]


def _shown(queue: str, packed: bytes, known: bytes) -> Aside:
    """A message that lies aside, which may be anything, and when and why as the transport writes it."""
    at, _, why = known.decode("utf-8", "replace").partition(" ")
    begins = (_opened(packed) or packed.decode("utf-8", "replace"))[: 4 * _SHOWN_CHARACTERS]
    return Aside(
        queue=queue,
        at_s=int(at) if at else None,
        sent_s=when_sent(properties(packed)),
        why=redacted(why) or "the log says why",
        begins=redacted(begins)[:_SHOWN_CHARACTERS],
    )


def _opened(packed: bytes) -> str | None:
    """The task and the body of a message, where they can be told."""
    try:
        found = json.loads(packed)
        body, encoding = found["body"], found["properties"].get("body_encoding")
        text = base64.b64decode(body).decode() if encoding == "base64" else body
        return f"{found['headers']['task']} {text}"
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return None
