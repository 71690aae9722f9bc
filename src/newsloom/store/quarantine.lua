-- Puts an entry on the quarantine list. Of one file's records the first stay, as many as may, in whatever order they
-- come; where more stand on the list than may, the oldest go.
-- KEYS: the list, its fields by time, those of records. ARGV: field, value, time, greatest number; of a record also the
-- greatest number of those of its file, and between which two all their fields are. Returns the fields and values of the
-- oldest that went.
local function strike(field)
  redis.call('HDEL', KEYS[1], field)
  redis.call('ZREM', KEYS[2], field)
  redis.call('ZREM', KEYS[3], field)
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
if ARGV[5] then
  redis.call('ZADD', KEYS[3], 0, ARGV[1])
  if redis.call('ZLEXCOUNT', KEYS[3], ARGV[6], ARGV[7]) > tonumber(ARGV[5]) then
    strike(redis.call('ZRANGE', KEYS[3], ARGV[7], ARGV[6], 'BYLEX', 'REV', 'LIMIT', 0, 1)[1])
  end
end
local gone = {}
for _ = 1, redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[4]) do
  local oldest = redis.call('ZRANGE', KEYS[2], 0, 0)[1]
  local value = redis.call('HGET', KEYS[1], oldest)
  if value then gone[#gone + 1], gone[#gone + 2] = oldest, value end
  strike(oldest)
end
return gone
