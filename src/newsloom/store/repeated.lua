-- What of a page was seen before.
-- ARGV: prefix, source (8 bytes or ''), lines (4 bytes each), runs (8 bytes each), stories of one
-- generation of runs.
-- Returns: articles of the source, how many lines are counted of it, a count for each line (or false), then two lists of 1 or 0, one for
-- each run: whether the latest generation holds it, and the one before.
local prefix, source, size = ARGV[1], ARGV[2], tonumber(ARGV[5])

local function cut(joined, width)
  local parts = {}
  for i = 1, #joined, width do parts[#parts + 1] = string.sub(joined, i, i + width - 1) end
  return parts
end

local function ask(command, key, members)
  local found = {}
  for at = 1, #members, 1000 do -- Lua's stack bounds the arguments of one call
    local last = math.min(at + 999, #members)
    for _, each in ipairs(redis.call(command, key, unpack(members, at, last))) do found[#found + 1] = each end
  end
  return found
end

local key, lines, runs = prefix .. 'l:' .. source, cut(ARGV[3], 4), cut(ARGV[4], 8)
local articles, counts, held = false, {}, 0
if source ~= '' then
  articles, counts = redis.call('HGET', key, 'n'), ask('HMGET', key, lines)
  if articles then held = redis.call('HLEN', key) - 1 end
end
local told = tonumber(redis.call('HGET', prefix .. 'stats', 'runs') or '0')
local generation = math.floor(math.max(0, told - 1) / size)
return {
  articles or '0', held, counts,
  ask('SMISMEMBER', prefix .. 'r:' .. generation, runs),
  ask('SMISMEMBER', prefix .. 'r:' .. (generation - 1), runs),
}
