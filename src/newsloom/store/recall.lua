-- Events that may take a story: those that share its heaviest terms within the window, and those
-- that hold a story with nearly the same fingerprint. The work is bounded by the caps.
-- ARGV: prefix, published time or '', arrival time, window, candidate cap,
--       fingerprint (8 bytes), greatest distance, terms joined by newlines, squared weights likewise.
-- Returns: version, 1 if there were more events than the cap, then for each event
--       {id, size, {story, value}, {story, value} ...}.
local prefix, published, arrived, window = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local candidate_cap = tonumber(ARGV[5])
local fingerprint, greatest = ARGV[6], tonumber(ARGV[7])

local weights = {}
for weight in string.gmatch(ARGV[9], '[^\n]+') do weights[#weights + 1] = tonumber(weight) end

local scores, found, at = {}, {}, 0
local function add(ids, weight)
  for i = 1, #ids do
    local id = ids[i]
    if not scores[id] then
      scores[id] = 0
      found[#found + 1] = id
    end
    scores[id] = scores[id] + weight
  end
end

for term in string.gmatch(ARGV[8], '[^\n]+') do
  at = at + 1
  local key = prefix .. 't:' .. term
  if published == '' then
    add(redis.call('ZRANGE', key, 0, -1), weights[at])
  else
    -- Undated events stand at their arrival, which may be years after the window of a backfill.
    local low = math.min(published - window, arrived - window)
    add(redis.call('ZRANGEBYSCORE', key, string.format('%.17g', low), '+inf'), weights[at])
  end
end
table.sort(found, function(a, b)
  if scores[a] ~= scores[b] then return scores[a] > scores[b] end
  return a < b
end)

local events, listed = {}, {}
local function event(id)
  if listed[id] then return listed[id] end
  local fields = redis.call('HMGET', prefix .. 'e:' .. id, 'n', 'm')
  if not fields[1] then return nil end
  local entry = {id = id, size = fields[1], stories = {}, has = {}}
  for i = 1, #fields[2], 8 do
    local story = string.sub(fields[2], i, i + 7)
    entry.stories[#entry.stories + 1] = story
    entry.has[story] = true
  end
  events[#events + 1] = entry
  listed[id] = entry
  return entry
end

-- A posting stands at the event's last story; one that began after the window is not meant. Undated
-- events are judged by arrival.
local function begun(id)
  if published == '' then return true end
  local fields = redis.call('HMGET', prefix .. 'e:' .. id, 'f', 'l', 'd')
  if not fields[1] then return false end
  return tonumber(fields[1]) <= published + window or tonumber(fields[2]) >= arrived - window
end

local capped = 0
for i = 1, #found do
  if begun(found[i]) then
    if #events >= candidate_cap then
      capped = 1
      break
    end
    event(found[i])
  end
end

local function distance(a, b)
  local bits = 0
  for i = 1, 8 do
    local x = bit.bxor(string.byte(a, i), string.byte(b, i))
    while x > 0 do
      x = bit.band(x, x - 1)
      bits = bits + 1
    end
  end
  return bits
end

for band = 0, 3 do
  local half = string.sub(fingerprint, 7 - 2 * band, 8 - 2 * band)
  for _, pair in ipairs(redis.call('LRANGE', prefix .. 'b:' .. band .. ':' .. half, 0, -1)) do
    if distance(fingerprint, string.sub(pair, 9, 16)) <= greatest then
      local story = string.sub(pair, 1, 8)
      local id = redis.call('GETRANGE', prefix .. 's:' .. story, 0, 7)
      local entry = #id == 8 and event(id)
      if entry and not entry.has[story] then
        entry.stories[#entry.stories + 1] = story
        entry.has[story] = true
      end
    end
  end
end

local reply = {redis.call('GET', prefix .. 'seq') or '0', capped}
for _, entry in ipairs(events) do
  local row = {entry.id, entry.size}
  for _, story in ipairs(entry.stories) do
    local value = redis.call('GET', prefix .. 's:' .. story)
    if value then row[#row + 1] = {story, value} end
  end
  if #row > 2 then reply[#reply + 1] = row end
end
return reply
