-- Takes entries off the quarantine list, each only if it is still the same.
-- KEYS: the list, its fields by time, those of records. ARGV: field, value, field, value ... Returns how many there were.
local gone = 0
for i = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    gone = gone + redis.call('HDEL', KEYS[1], ARGV[i])
    redis.call('ZREM', KEYS[2], ARGV[i])
    redis.call('ZREM', KEYS[3], ARGV[i])
  end
end
return gone
