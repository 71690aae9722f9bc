"""Articles that came in a message and were refused: their text, as long as there is room for it."""

from collections.abc import Sequence
from typing import Any

from newsloom.store import keys
from newsloom.store.available import available
from newsloom.store.script import Script

# Keeps a text as the newest, and forgets the oldest until all fit; returns their names.
# KEYS: texts, their order, their size. ARGV: name, text, how many bytes may be kept.
_KEEP = """
local clock = redis.call('TIME')
local more = #ARGV[2] - redis.call('HSTRLEN', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], clock[1] * 1000000 + clock[2], ARGV[1])
local total, gone = redis.call('INCRBY', KEYS[3], more), {}
while total > tonumber(ARGV[3]) do
  local oldest = redis.call('ZPOPMIN', KEYS[2])[1]
  if not oldest then break end
  total = redis.call('DECRBY', KEYS[3], redis.call('HSTRLEN', KEYS[1], oldest))
  redis.call('HDEL', KEYS[1], oldest)
  gone[#gone + 1] = oldest
end
return gone
"""

# A server whose memory is full refuses to count, unless something was taken away before. KEYS: as above. ARGV: names.
_FORGET = """
for _, name in ipairs(ARGV) do
  local less = redis.call('HSTRLEN', KEYS[1], name)
  redis.call('HDEL', KEYS[1], name)
  redis.call('ZREM', KEYS[2], name)
  redis.call('DECRBY', KEYS[3], less)
end
"""

_KEYS = (keys.KEPT, keys.KEPT_ORDER, keys.KEPT_BYTES)


class Kept:
    """What ``newsloom quarantine retry`` sends again. Raises ``StoreUnavailable``."""

    def __init__(self, client: Any, max_bytes: int) -> None:
        self._redis = client
        self._max_bytes = max_bytes
        self._keep = Script(client, _KEEP)
        self._forget = Script(client, _FORGET)

    @available
    def keep(self, name: str, text: bytes) -> list[str]:
        """Keep the text of an article; returns the names of those that had to go for it."""
        return [gone.decode() for gone in self._keep(keys=_KEYS, args=[name, text, self._max_bytes])]

    @available
    def find(self, names: Sequence[str]) -> list[bytes | None]:
        """The text of each; None where it was forgotten."""
        return list(self._redis.hmget(keys.KEPT, names)) if names else []

    @available
    def forget(self, names: Sequence[str]) -> None:
        if names:
            self._forget(keys=_KEYS, args=names)
