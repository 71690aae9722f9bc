-- How many stories hold each term, over the two latest generations of counts; see counted.py.
-- ARGV: prefix, stories of a generation, and what the asker knows already: since when there are counts, then
-- {generation, number of its table, bytes of both its logs} of each, packed.
-- Returns: stories counted in these generations, the latest, since when there are counts, and for each of the two
-- {1 if the asker knows none of it, table, both logs: all of them or the rest}.
local prefix, size, known = ARGV[1], tonumber(ARGV[2]), cmsgpack.unpack(ARGV[3])
local state = redis.call('HMGET', prefix .. 'stats', 'counted', 'born')
local counted, born = tonumber(state[1] or '0'), state[2] or ''
local generation = math.floor(counted / size)
local found = {counted - math.max(0, generation - 1) * size, generation, born}

for at = generation, generation - 1, -1 do
  local summed, ranks, others = prefix .. 'dt:' .. at, prefix .. 'dl:' .. at, prefix .. 'du:' .. at
  local since
  for _, each in ipairs(known[2]) do
    if known[1] == born and each[1] == at and redis.call('GETRANGE', summed, 0, 3) == each[2]
      and redis.call('STRLEN', ranks) >= each[3] and redis.call('STRLEN', others) >= each[4] then since = each end
  end
  if since then
    found[#found + 1] = {
      0, '', redis.call('GETRANGE', ranks, since[3], -1), redis.call('GETRANGE', others, since[4], -1),
    }
  else
    local whole = redis.call('MGET', summed, ranks, others)
    found[#found + 1] = {1, whole[1] or '', whole[2] or '', whole[3] or ''}
  end
end
return found
