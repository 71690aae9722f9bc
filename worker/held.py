"""What the server does for the transport: four short scripts over held lists and leases.

A *held list* has the messages one consumer took from one queue key and has not acknowledged, the
newest at the left. A *lease* is a member of a sorted set that names a held list, scored with the
time it runs out, in ms by the server's own clock. A held list that has anything has a lease: the
script that moves a message there takes it out in the same step, and only an empty one is dropped.

**Who is dead.** While the server is away, or frozen, nobody can renew a lease, and all run out. So a lease
that ran out ends nothing yet: whoever notices puts a *notice* in its place, the time of that, negated. Its holder,
if it lives, has some time from then on to renew it, for the server is there. Only then are its messages handed on.
The same where the server's clock was put back: a lease then ends later than any that is renewed from there on.
"""

from typing import Final

from newsloom.store.keys import HELD

REFUSED_KEPT: Final = 1_000  #: newest messages kept in ``<queue key>:refused``


def held_list(queue_key: str, consumer_id: str) -> str:
    """Name a held list, which is its member in the leases too.

    ``consumer_id`` has 32 characters: the queue key is the name without its last 38 bytes (KEEP
    relies on it), whatever the queue key contains.
    """
    return f"{queue_key}{HELD}{consumer_id}"


#: Takes the first message there is, or returns nil.
#: KEYS: the leases; then each queue key followed by its held list. ARGV: ms until the lease runs out.
TAKE: Final = """
for i = 2, #KEYS, 2 do
  local message = redis.call('LMOVE', KEYS[i], KEYS[i + 1], 'RIGHT', 'LEFT')
  if message then
    local now = redis.call('TIME')
    local expiry = now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[1]
    redis.call('ZADD', KEYS[1], expiry, KEYS[i + 1])
    return {KEYS[i], message}
  end
end
return false
"""

#: Renews the leases of one consumer, and that it lives; puts notices in the place of those that ran out, and hands back
#: what stands under an old one. A renewal for 0 ms is as good as an old notice: so a consumer gives back all it holds. A
#: server whose memory is full refuses to add, unless something was taken away before: so a lease is dropped, and added
#: anew.
#: KEYS: the leases, the living; then the held lists of the consumer. ARGV: ms until the leases run out, ms from a notice
#: to the handing back, the held list of what it waits for, if it is a worker, and whether it gives all back. Returns how
#: many moved.
KEEP: Final = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local latest, stays = now + ARGV[1] + ARGV[2], ARGV[4] == '0'
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '(' .. latest, '+inf')
redis.call('ZREM', KEYS[2], ARGV[3])
if ARGV[3] ~= '' and stays then redis.call('ZADD', KEYS[2], latest, ARGV[3]) end
for i = 3, #KEYS do
  redis.call('ZREM', KEYS[1], KEYS[i])
  if redis.call('EXISTS', KEYS[i]) == 1 then redis.call('ZADD', KEYS[1], stays and now + ARGV[1] or 0, KEYS[i]) end
end
local function notice(from, to)
  for _, held in ipairs(redis.call('ZRANGE', KEYS[1], from, to, 'BYSCORE')) do
    redis.call('ZREM', KEYS[1], held)
    redis.call('ZADD', KEYS[1], -now, held)
  end
end
notice('(0', now)
notice('(' .. latest, '+inf')
notice('-inf', '(' .. -now)  -- a notice of later than now
local moved = 0
for _, held in ipairs(redis.call('ZRANGE', KEYS[1], ARGV[2] - now, 0, 'BYSCORE')) do
  local queue = string.sub(held, 1, -39)
  while redis.call('LMOVE', held, queue, 'LEFT', 'RIGHT') do  -- newest first: the oldest ends up next
    moved = moved + 1
  end
  redis.call('ZREM', KEYS[1], held)
end
return moved
"""

#: Hands messages back that are still held: each to be the next one, or behind all others.
#: KEYS: held list and queue key of each. ARGV: RPUSH or LPUSH; the messages.
HAND_BACK: Final = """
for i = 2, #ARGV do
  if redis.call('LREM', KEYS[2 * i - 3], 1, ARGV[i]) == 1 then
    redis.call(ARGV[1], KEYS[2 * i - 2], ARGV[i])
  end
end
"""

#: Puts one message aside, and notes when and why by its digest: the list is for whoever puts it back as it was.
#: KEYS: held list, list of the refused, what is known of those. ARGV: the message, how many to keep, why.
#: Returns how many of the oldest had to go for it.
PUT_ASIDE: Final = """
if redis.call('LREM', KEYS[1], 1, ARGV[1]) == 0 then return 0 end
redis.call('LPUSH', KEYS[2], ARGV[1])
local gone = redis.call('LRANGE', KEYS[2], ARGV[2], -1)
redis.call('LTRIM', KEYS[2], 0, ARGV[2] - 1)
for _, old in ipairs(gone) do redis.call('HDEL', KEYS[3], redis.sha1hex(old)) end
redis.call('HSET', KEYS[3], redis.sha1hex(ARGV[1]), redis.call('TIME')[1] .. ' ' .. ARGV[3])
return #gone
"""
