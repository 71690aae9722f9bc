-- Which files were decided, as far as that is remembered.
-- ARGV: prefix, ids of files (8 bytes each), stories of one generation of them. Returns 1 or 0 for each.
local prefix, ids, found = ARGV[1], ARGV[2], {}
local stories = tonumber(redis.call('HGET', prefix .. 'stats', 'stories') or '0')
local generation = math.floor(math.max(0, stories - 1) / tonumber(ARGV[3]))
for i = 1, #ids, 8 do
  local id = string.sub(ids, i, i + 7)
  local new = redis.call('SISMEMBER', prefix .. 'g:' .. generation, id)
  found[#found + 1] = math.max(new, redis.call('SISMEMBER', prefix .. 'g:' .. (generation - 1), id))
end
return found
