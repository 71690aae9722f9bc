-- How many stories hold each term, over the two latest generations of counts.
-- ARGV: prefix, stories of a generation, terms (4 bytes each).
-- Returns: stories counted in these generations, then one count a term.
local prefix, size, terms = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local counted = tonumber(redis.call('HGET', prefix .. 'stats', 'counted') or '0')
local generation = math.floor(counted / size)
local found = {counted - math.max(0, generation - 1) * size}
for first = 1, #terms, 4 * 1000 do -- Lua's stack bounds the arguments of one call
  local some = {}
  for i = first, math.min(first + 3999, #terms), 4 do some[#some + 1] = string.sub(terms, i, i + 3) end
  local new = redis.call('HMGET', prefix .. 'df:' .. generation, unpack(some))
  local old = redis.call('HMGET', prefix .. 'df:' .. (generation - 1), unpack(some))
  for i = 1, #new do
    found[#found + 1] = tonumber(new[i] or '0') + tonumber(old[i] or '0')
  end
end
return found
