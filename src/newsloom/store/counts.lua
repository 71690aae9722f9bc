-- How many stories hold each term, over the two latest generations of counts.
-- ARGV: prefix, stories of a generation, terms joined by newlines.
-- Returns: stories counted in these generations, then one count a term.
local prefix, size = ARGV[1], tonumber(ARGV[2])
local counted = tonumber(redis.call('HGET', prefix .. 'stats', 'counted') or '0')
local generation = math.floor(counted / size)
local found = {counted - math.max(0, generation - 1) * size}
local terms = {}
for term in string.gmatch(ARGV[3], '[^\n]+') do terms[#terms + 1] = term end
for at = 1, #terms, 1000 do -- Lua's stack bounds the arguments of one call
  local last = math.min(at + 999, #terms)
  local new = redis.call('HMGET', prefix .. 'df:' .. generation, unpack(terms, at, last))
  local old = redis.call('HMGET', prefix .. 'df:' .. (generation - 1), unpack(terms, at, last))
  for i = 1, #new do
    found[#found + 1] = tonumber(new[i] or '0') + tonumber(old[i] or '0')
  end
end
return found
