-- Counts an attempt, once however often this call is sent: after a silence of the server it is sent again, and then
-- all of them arrive. Attempts whose end nobody told of, for their message is gone, are forgotten in time: two are
-- looked at whenever one is counted.
-- KEYS: the attempts. ARGV: what is begun, token of the call, seconds that an attempt is remembered.
-- Returns how many there were. A value is the count, the time of the latest, and its token, with blanks in between.
local key, field, token, kept = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local now = tonumber(redis.call('TIME')[1])
local count, latest = string.match(redis.call('HGET', key, field) or '0 0 ', '^(%d+) %d+ (.*)$')
count = tonumber(count)
if latest == token then return count end
redis.call('HSET', key, field, string.format('%d %d %s', count + 1, now, token))
local drawn = redis.call('HRANDFIELD', key, 2, 'WITHVALUES')
for i = 1, #drawn, 2 do
  if now - tonumber(string.match(drawn[i + 1], ' (%d+) ')) > kept then redis.call('HDEL', key, drawn[i]) end
end
return count + 1
