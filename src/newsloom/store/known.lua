-- What is known of an article: how it was split, what was decided, and the version before it.
-- ARGV: prefix, article id (8 bytes), place id (8 bytes), articles of a generation of those learned from.
-- Returns: segments, decided {part, story, event}, previous article id, its stories {story, record}, and
-- 1 if it was learned from as part of an archive.
local prefix, article, place, size = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])

local function parts_of(id)
  local flat, parts = redis.call('HGETALL', prefix .. 'a:' .. id), {}
  local segments, previous = '', ''
  for i = 1, #flat, 2 do
    if flat[i] == 'segments' then segments = flat[i + 1]
    elseif flat[i] == 'previous' then previous = flat[i + 1]
    else parts[#parts + 1] = {tonumber(flat[i]), flat[i + 1]} end
  end
  table.sort(parts, function(a, b) return a[1] < b[1] end)
  return segments, previous, parts
end

local segments, previous, parts = parts_of(article)
local decided = {}
for _, part in ipairs(parts) do
  local story = redis.call('GETRANGE', prefix .. 's:' .. part[2], 0, 7)
  if #story == 8 then decided[#decided + 1] = {part[1], part[2], story} end
end
if segments == '' then previous = redis.call('GET', prefix .. 'p:' .. place) or '' end
local earlier = {}
if previous ~= '' then
  local _, _, before = parts_of(previous)
  for _, part in ipairs(before) do
    local story = redis.call('GET', prefix .. 's:' .. part[2])
    if story then earlier[#earlier + 1] = {part[2], story} end
  end
end
local learned = tonumber(redis.call('HGET', prefix .. 'stats', 'learned') or '0')
local generation = math.floor(math.max(0, learned - 1) / size)
local taught = learned == 0 and 0 or math.max(
  redis.call('SISMEMBER', prefix .. 'w:' .. generation, article),
  redis.call('SISMEMBER', prefix .. 'w:' .. (generation - 1), article)
)
return {segments, decided, previous, earlier, taught}
