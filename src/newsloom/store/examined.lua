-- An event has been looked at again. Where a story joined meanwhile it stays due.
-- ARGV: prefix, event, the version at which it was due, the next one or ''.
local young, event = ARGV[1] .. 'young', ARGV[2]
local due = redis.call('ZSCORE', young, event)
if not due or tonumber(due) ~= tonumber(ARGV[3]) then return 0 end
if ARGV[4] == '' then return redis.call('ZREM', young, event) end
redis.call('ZADD', young, ARGV[4], event)
return 1
