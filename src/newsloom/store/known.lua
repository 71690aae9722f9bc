-- What is known of an article: how it was split, what was decided, and the version before it.
-- A place is a hash of its versions, see version.lua: by article id, and the latest one's id under ''.
-- ARGV: prefix, article id (8 bytes), place id (8 bytes), articles of a generation of those learned from.
-- Returns: segments, decided {part, story, event}, previous article id, its stories {story, record, the headline of its
-- event if that bears this story's, else nil}, and 1 if it was learned from as part of an archive.
local prefix, article, place, size = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])

local found = redis.call('HMGET', prefix .. 'p:' .. place, '', article)
local segments, previous, parts = read_version(found[2])
local decided = {}
for _, part in ipairs(parts) do
  local event = redis.call('GETRANGE', prefix .. 's:' .. part[2], 0, 7)
  if #event == 8 then decided[#decided + 1] = {part[1], part[2], event} end
end
if segments == '' then previous = found[1] or '' end
local earlier = {}
if previous ~= '' then
  local _, _, before = read_version(redis.call('HGET', prefix .. 'p:' .. place, previous))
  for _, part in ipairs(before) do
    local story = redis.call('GET', prefix .. 's:' .. part[2])
    -- Its event may be gone, where retention was changed: what cannot be joined is nothing to go on from.
    local event = story and read_event(redis.call('GET', prefix .. 'e:' .. string.sub(story, 1, 8)))
    if event then earlier[#earlier + 1] = {part[2], story, event.head == part[2] and event.title or false} end
  end
end
local learned = tonumber(redis.call('HGET', prefix .. 'stats', 'learned') or '0')
local generation = math.floor(math.max(0, learned - 1) / size)
local taught = learned == 0 and 0 or math.max(
  redis.call('SISMEMBER', prefix .. 'w:' .. generation, article),
  redis.call('SISMEMBER', prefix .. 'w:' .. (generation - 1), article)
)
return {segments, decided, previous, earlier, taught}
