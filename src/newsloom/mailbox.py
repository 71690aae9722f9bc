"""The queue as its senders see it: messages in Celery's own form, put there without Celery.

Any program can do the same: a message is one JSON text, pushed to the left of a Redis list that is
named like the queue.
"""

import json
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from newsloom.parcels import parcels
from newsloom.store import keys
from newsloom.store.available import available
from newsloom.store.script import Script

TASK = "newsloom.ingest"
SLICE_TASK = "newsloom.ingest_slice"
LOOK_TASK = "newsloom.second_look"

#: Other priorities have a list of their own; kombu's names for them.
PRIORITIES = ("", "\x06\x163", "\x06\x166", "\x06\x169")
LEASE_S = 5.0  #: from the death of a worker to the handing on of its messages, at most a third more, unless set otherwise
_RUN_TTL_S = 7 * 86_400
_MILLISECONDS = 10**11  #: a time from here on is none in seconds, unless of the year 5138
ARTICLES_BYTES = 4 << 20  #: of the articles in a message, if it holds more than one

# KEYS: queue by priority. ARGV: key of the leases, infix of the held lists, key of the living, for how many ms these are
# noted as such (longer where the clock was put back since). Returns waiting and held messages, and of each worker that
# lives what it runs: that stands behind its held list, a name with 32 characters of its own.
_DEPTH = """
local waiting, held, running = 0, 0, {}
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
for _, queue in ipairs(KEYS) do
  waiting = waiting + redis.call('LLEN', queue)
  for _, list in ipairs(redis.call('ZRANGE', ARGV[1], 0, -1)) do
    if string.sub(list, 1, #queue + #ARGV[2]) == queue .. ARGV[2] then held = held + redis.call('LLEN', list) end
  end
  for _, list in ipairs(redis.call('ZRANGE', ARGV[3], now, now + ARGV[4], 'BYSCORE')) do
    if string.sub(list, 1, #queue + #ARGV[2]) == queue .. ARGV[2] then
      running[#running + 1] = string.sub(list, #queue + #ARGV[2] + 33)
    end
  end
end
return {waiting, held, running}
"""

# Hands on the rest of a large file: once for each start, however often its slice is delivered. The
# first slice of a file whose run is complete begins another run: a message's id may be used again.
# KEYS: run, queue. ARGV: start, number, message, time to live.
_HAND_ON = """
if ARGV[2] == '1' and redis.call('HEXISTS', KEYS[1], 'complete') == 1 then redis.call('DEL', KEYS[1]) end
if redis.call('HSETNX', KEYS[1], 'sent:' .. ARGV[1], 1) == 0 then return 0 end
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('RPUSH', KEYS[2], ARGV[3])
return 1
"""

# Notes that a slice is done, once. KEYS: run. ARGV: number, last number or -1, time to live,
# then name and count of what it holds, or name and text, of which the first to come stays. When the run is complete,
# returns whether it was this that completed it, and all of them; else nothing.
_DONE = """
if redis.call('HSETNX', KEYS[1], 'done:' .. ARGV[1], 1) == 1 then
  redis.call('HINCRBY', KEYS[1], 'slices', 1)
  if ARGV[2] ~= '-1' then redis.call('HSET', KEYS[1], 'last', ARGV[2]) end
  for i = 4, #ARGV, 2 do
    if string.sub(ARGV[i], 1, 4) == 'sum:' then redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1])
    else redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1]) end
  end
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
local last = redis.call('HGET', KEYS[1], 'last')
if not last or tonumber(redis.call('HGET', KEYS[1], 'slices')) <= tonumber(last) then return {} end
local first = redis.call('HSETNX', KEYS[1], 'complete', 1)
local flat, sums = redis.call('HGETALL', KEYS[1]), {first}
for i = 1, #flat, 2 do
  local kind = string.sub(flat[i], 1, 4)
  if kind == 'sum:' or kind == 'one:' then
    sums[#sums + 1] = flat[i]
    sums[#sums + 1] = flat[i + 1]
  end
end
return sums
"""


@dataclass(frozen=True, slots=True)
class Running:
    """What a worker that lives decides by, as it says together with that; empty where it does not say."""

    policy: str = ""  #: version
    version: str = ""  #: of newsloom

    def __str__(self) -> str:
        return f" {self.policy} {self.version}"

    @classmethod
    def read(cls, said: bytes) -> "Running":
        return cls(*said.decode().split()[:2])


@dataclass(frozen=True, slots=True)
class Depth:
    """How much there is to do, and who is there to do it."""

    waiting: int  #: messages that no worker has taken
    held: int  #: messages that a worker has taken and not finished
    running: tuple[Running, ...] = ()  #: one for each worker that lives

    @property
    def workers(self) -> int:
        return len(self.running)

    @property
    def drained(self) -> bool:
        return self.waiting == 0 and self.held == 0


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a file of many articles."""

    run: str  #: one handing-in of one file: its message and its place in that
    start: int  #: first record
    number: int  #: slices before this one
    sent_s: int | None = None  #: when its message was sent


@dataclass(frozen=True, slots=True)
class Totals:
    """What all slices of a file hold together."""

    counts: Mapping[str, int | str]  #: a text among them is an example: that of the first slice to be done
    first: bool = True  #: whether nobody was told before


def upkeep_of(queue: str) -> str:
    """The queue of the second look: it does not wait behind articles."""
    return f"{queue}.upkeep"


def now_s() -> int:
    """When a message is sent that is sent for the first time: whole seconds of Unix time, as in AMQP."""
    return int(time.time())


def when_sent(properties: object) -> int | None:
    """When a message was sent, by its properties; None where they do not say, or nonsense."""
    told = properties.get("timestamp") if isinstance(properties, dict) else None
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    return int(told) if 0 < told < _MILLISECONDS else None


def message(task: str, kwargs: dict[str, Any], sent_s: int | None) -> bytes:
    """A Celery message (protocol 2) with what newsloom's transport asks for; what kombu adds would double it.

    ``sent_s`` is ``now_s()``, or the time that a message came with whose content is sent on.
    """
    return orjson.dumps(
        {
            "headers": {"task": task, "id": str(uuid.uuid4())},
            "content-type": "application/json",
            "content-encoding": "utf-8",
            "properties": {} if sent_s is None else {"timestamp": sent_s},
            # The standard library escapes what is no UTF-8 in a path; orjson would refuse it.
            "body": json.dumps([[], kwargs, {}]),
        }
    )


def files_message(files: Sequence[object], base: str, sent_s: int | None) -> bytes:
    """The message that names files; relative paths start from ``base``."""
    kwargs = {"files": list(files), "base": base} if base else {"files": list(files)}
    return message(TASK, kwargs, sent_s)


def articles_message(articles: Sequence[object], sent_s: int | None) -> bytes:
    """The message that holds articles."""
    return message(TASK, {"articles": list(articles)}, sent_s)


class Mailbox:
    """The queue of one newsloom. Raises ``StoreUnavailable`` where Redis cannot be reached."""

    def __init__(self, client: Any, queue: str, lease_s: float = LEASE_S) -> None:
        self._redis = client
        self._lease_ms = int(1_000 * lease_s)
        self._queue = queue
        self._upkeep_queue = upkeep_of(queue)
        self._depth = Script(client, _DEPTH)
        self._hand_on = Script(client, _HAND_ON)
        self._done = Script(client, _DONE)

    @available
    def hand_back(self, files: Sequence[object], base: str = "", sent_s: int | None = None) -> None:
        """Put files in front of all others: they were taken and not begun."""
        self._redis.rpush(self._queue, files_message(files, base, sent_s))

    @available
    def hand_back_articles(self, articles: Sequence[object], sent_s: int | None = None) -> None:
        """The same of articles of a message; many go in several messages, for packed anew they may be larger."""
        together = parcels(
            articles, len(articles), size=lambda article: len(json.dumps(article)), most_size=ARTICLES_BYTES
        )
        messages = [articles_message(parcel, sent_s) for parcel in together]
        self._redis.rpush(self._queue, *reversed(messages))  # the last is taken first

    @available
    def hand_on(self, file: str, rest: Slice, base: str = "") -> bool:
        """Put the rest of a large file in front of all others; False if that was done before."""
        kwargs = {"file": file, "run": rest.run, "start": rest.start, "number": rest.number, "base": base}
        packed = message(SLICE_TASK, kwargs, rest.sent_s)
        args = [rest.start, rest.number, packed, _RUN_TTL_S]
        return bool(self._hand_on(keys=[_run_key(rest.run), self._queue], args=args))

    @available
    def done(self, part: Slice, *, last: bool, counts: Mapping[str, int | str]) -> Totals | None:
        """Note that a slice is done; what the file holds once all its slices are, None before."""
        flat = [
            item
            for name, value in counts.items()
            for item in (f"{'one' if isinstance(value, str) else 'sum'}:{name}", value)
        ]
        args = [part.number, part.number if last else -1, _RUN_TTL_S, *flat]
        told = self._done(keys=[_run_key(part.run)], args=args)
        if not told:
            return None
        first, *sums = told
        found = zip((name.decode().partition(":") for name in sums[::2]), sums[1::2], strict=True)
        whole = {name: value.decode() if kind == "one" else int(value) for (kind, _, name), value in found}
        return Totals(whole, first=bool(first))

    @available
    def look(self) -> None:
        """Ask for a second look now, whatever the clock says."""
        self._redis.lpush(self._upkeep_queue, message(LOOK_TASK, {}, now_s()))

    def depth(self) -> Depth:
        """How many messages of articles there are; upkeep comes and goes and does not count."""
        return self._depth_of(self._queue)

    def upkeep_depth(self) -> Depth:
        """The same of the queue of upkeep."""
        return self._depth_of(self._upkeep_queue)

    @available
    def oldest_s(self) -> int | None:
        """When the message that has waited longest was sent; None where none waits, or it does not say.

        It is the next to be taken, of each priority there is one; where some were put behind the others, because
        something is in their way, one of those may have waited longer. What lay aside and was put back was sent when
        it was sent first.
        """
        return self._oldest_s([queue.encode() for queue in _queues(self._queue)])

    @available
    def oldest_held_s(self) -> int | None:
        """The same of the messages that workers have in hand, the one of each that was taken first."""
        infix, queues = keys.HELD.encode(), {queue.encode() for queue in _queues(self._queue)}
        leased = self._redis.zrange(keys.LEASES, 0, -1)
        return self._oldest_s([held for held in leased if held.rpartition(infix)[0] in queues])

    def _oldest_s(self, lists: Iterable[bytes]) -> int | None:
        """When that of the last messages of these lists was sent that was sent first."""
        # One by one: each may hold megabytes.
        last = (self._redis.lindex(name, -1) for name in lists)
        times = [when_sent(properties(packed)) for packed in last if packed is not None]
        return min((time_s for time_s in times if time_s is not None), default=None)

    @available
    def _depth_of(self, queue: str) -> Depth:
        args = [keys.LEASES, keys.HELD, keys.LIVING, self._lease_ms]
        waiting, held, said = self._depth(keys=_queues(queue), args=args)
        return Depth(waiting, held, tuple(map(Running.read, said)))


def _queues(queue: str) -> list[str]:
    """The lists of a queue, one a priority."""
    return [queue + suffix for suffix in PRIORITIES]


def properties(packed: bytes) -> object:
    """Of a message that anybody may have written."""
    try:
        return json.loads(packed)["properties"]
    except (LookupError, RecursionError, TypeError, ValueError):
        return None


def _run_key(run: str) -> str:
    return keys.RUN + run
