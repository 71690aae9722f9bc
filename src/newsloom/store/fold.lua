-- Puts a table of counts in place of an older one and of as much of the logs as it sums up.
-- ARGV: prefix, generation, number of the older table (4 bytes, or none), bytes of both logs, the table.
-- Returns: 1, or 0 where someone else did so meanwhile.
local summed, ranks, others = ARGV[1] .. 'dt:' .. ARGV[2], ARGV[1] .. 'dl:' .. ARGV[2], ARGV[1] .. 'du:' .. ARGV[2]
local many, more = tonumber(ARGV[4]), tonumber(ARGV[5])
if redis.call('GETRANGE', summed, 0, 3) ~= ARGV[3] then return 0 end
if redis.call('STRLEN', ranks) < many or redis.call('STRLEN', others) < more then return 0 end
redis.call('SET', summed, ARGV[6])
redis.call('SET', ranks, redis.call('GETRANGE', ranks, 0, 1) .. redis.call('GETRANGE', ranks, many, -1))
local left = redis.call('GETRANGE', others, more, -1)
if left == '' then redis.call('DEL', others) else redis.call('SET', others, left) end
return 1
