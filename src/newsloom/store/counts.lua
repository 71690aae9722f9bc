-- How many stories hold each term, over the two latest generations of counts; see learn.lua.
-- ARGV: prefix, stories of a generation, terms that have no rank (4 bytes each), and what the asker knows already:
-- since when there are counts, then {generation, its table's number, bytes of its log} of each, packed.
-- Returns: stories counted in these generations, the latest, since when there are counts; for each of the two
-- {1 if the asker knows none of it, table, log: all of it or the rest}; a count for each term that has no rank.
local prefix, size, rest, known = ARGV[1], tonumber(ARGV[2]), ARGV[3], cmsgpack.unpack(ARGV[4])
local state = redis.call('HMGET', prefix .. 'stats', 'counted', 'born')
local counted, born = tonumber(state[1] or '0'), state[2] or ''
local generation = math.floor(counted / size)
local found = {counted - math.max(0, generation - 1) * size, generation, born}

for at = generation, generation - 1, -1 do
  local table_key, log_key, since = prefix .. 'dt:' .. at, prefix .. 'dl:' .. at, nil
  for _, each in ipairs(known[2]) do
    if known[1] == born and each[1] == at and redis.call('GETRANGE', table_key, 0, 3) == each[2]
      and redis.call('STRLEN', log_key) >= each[3] then since = each[3] end
  end
  if since then
    found[#found + 1] = {0, '', redis.call('GETRANGE', log_key, since, -1)}
  else
    found[#found + 1] = {1, redis.call('GET', table_key) or '', redis.call('GET', log_key) or ''}
  end
end

for first = 1, #rest, 4 * 1000 do -- Lua's stack bounds the arguments of one call
  local some = {}
  for i = first, math.min(first + 3999, #rest), 4 do some[#some + 1] = string.sub(rest, i, i + 3) end
  local new = redis.call('HMGET', prefix .. 'df:' .. generation, unpack(some))
  local old = redis.call('HMGET', prefix .. 'df:' .. (generation - 1), unpack(some))
  for i = 1, #new do
    found[#found + 1] = tonumber(new[i] or '0') + tonumber(old[i] or '0')
  end
end
return found
