-- Puts an entry on the quarantine list. Where more stand there than may, the oldest go.
-- KEYS: the list, its fields by time, those of records. ARGV: field, value, time, greatest number, 1 for a record.
-- Returns the fields and values that went.
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
if ARGV[5] == '1' then redis.call('ZADD', KEYS[3], 0, ARGV[1]) end
local gone = {}
for _ = 1, redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[4]) do
  local oldest = redis.call('ZPOPMIN', KEYS[2])[1]
  local value = redis.call('HGET', KEYS[1], oldest)
  if value then gone[#gone + 1], gone[#gone + 2] = oldest, value end
  redis.call('HDEL', KEYS[1], oldest)
  redis.call('ZREM', KEYS[3], oldest)
end
return gone
