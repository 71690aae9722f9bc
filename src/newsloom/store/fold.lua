-- Puts a table of counts in place of an older one and of as much of the log as it sums up.
-- ARGV: prefix, generation, number of the older table (4 bytes, or none), bytes of the log, the table.
-- Returns: 1, or 0 where someone else did so meanwhile.
local table_key, log_key = ARGV[1] .. 'dt:' .. ARGV[2], ARGV[1] .. 'dl:' .. ARGV[2]
local bytes = tonumber(ARGV[4])
if redis.call('GETRANGE', table_key, 0, 3) ~= ARGV[3] or redis.call('STRLEN', log_key) < bytes then return 0 end
redis.call('SET', table_key, ARGV[5])
redis.call('SET', log_key, redis.call('GETRANGE', log_key, 0, 1) .. redis.call('GETRANGE', log_key, bytes, -1))
return 1
