-- Events that may take a story: those that share its heaviest terms within the window, and those
-- that hold a story with nearly the same fingerprint. The work is bounded by the caps.
-- ARGV: prefix, published time or '', arrival time, window, candidate cap,
--       fingerprint (8 bytes), greatest distance, terms (4 bytes each), squared weights (8 each),
--       bands (4 bytes each).
-- Returns: version, 1 if there were more events than the cap, then for each event
--       {id, size, story, value, story, value ...}.
local prefix, published, arrived, window = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local candidate_cap = tonumber(ARGV[5])
local fingerprint, greatest, terms, weights, bands = ARGV[6], tonumber(ARGV[7]), ARGV[8], ARGV[9], ARGV[10]
local sub, byte = string.sub, string.byte
local lists = open_lists(prefix)

local scores, found, weight = {}, {}, 0
local function score(whose)
  local before = scores[whose]
  if not before then
    before = 0
    found[#found + 1] = whose
  end
  scores[whose] = before + weight
end
for i = 0, #terms / 4 - 1 do
  weight = struct.unpack('<d', weights, 8 * i + 1)
  lists.each(sub(terms, 4 * i + 1, 4 * i + 3), score)
end

-- Of equals the one that was opened last is first: numbers grow, and so do the bytes that they are.
local function better(a, b)
  local one, other = scores[a], scores[b]
  if one ~= other then return one > other end
  return a > b
end

-- The best few, in order, by insertion: sorting thousands for the sake of two dozen costs most of a recall.
local function best_of(count)
  local best, last = {}, 0
  for i = 1, #found do
    local one = found[i]
    if last < count or better(one, best[last]) then
      local at = last < count and last + 1 or last
      while at > 1 and better(one, best[at - 1]) do
        best[at] = best[at - 1]
        at = at - 1
      end
      best[at] = one
      if last < count then last = last + 1 end
    end
  end
  return best
end

local events, listed = {}, {}
local function take(id, event)
  local entry = {id = id, size = event.size, stories = {}, has = {}}
  for i = 1, #event.members, 8 do
    local story = sub(event.members, i, i + 7)
    entry.stories[#entry.stories + 1] = story
    entry.has[story] = true
  end
  events[#events + 1] = entry
  listed[id] = entry
  return entry
end

-- Undated events stand at their arrival, which may be years after the window of a backfill.
local function in_window(event)
  if not published then return true end
  return event.last >= math.min(published, arrived) - window
    and (event.first <= published + window or event.last >= arrived - window)
end

local capped = 0
local ranked = best_of(candidate_cap + 8)
local i = 0
while true do
  i = i + 1
  if i > #ranked and #ranked < #found then -- many of the best were none: years apart, or gone
    table.sort(found, better)
    ranked = found
  end
  if not ranked[i] then break end
  local id = id_of(prefix, 'i', ranked[i])
  local event = #id == 8 and not listed[id] and read_event(redis.call('GET', prefix .. 'e:' .. id))
  if event and in_window(event) then
    if #events >= candidate_cap then
      capped = 1
      break
    end
    take(id, event)
  end
end

local function distance(a, b)
  local bits = 0
  for i = 1, 8 do
    local x = bit.bxor(byte(a, i), byte(b, i))
    while x > 0 do
      x = bit.band(x, x - 1)
      bits = bits + 1
    end
  end
  return bits
end

local values, met = {}, {}
local function value_of(story)
  local value = values[story]
  if value == nil then
    value = redis.call('GET', prefix .. 's:' .. story)
    if value then -- the rest is not compared: see codec.py
      value = sub(value, 1, 30 + struct.unpack('>I4', value, 27))
    end
    values[story] = value
  end
  return value
end
for i = 1, #bands, 4 do
  local near = {}
  lists.each(sub(bands, i, i + 2), function(whose) near[#near + 1] = whose end)
  table.sort(near)
  for _, whose in ipairs(near) do
    if not met[whose] then
      met[whose] = true
      local story = id_of(prefix, 'o', whose)
      local value = #story == 8 and redis.call('GETRANGE', prefix .. 's:' .. story, 0, 38) or ''
      if #value == 39 and distance(fingerprint, sub(value, 32, 39)) <= greatest then
        local id = sub(value, 1, 8)
        local entry = listed[id]
        if not entry then
          local event = read_event(redis.call('GET', prefix .. 'e:' .. id))
          entry = event and take(id, event)
        end
        if entry and not entry.has[story] then
          entry.stories[#entry.stories + 1] = story
          entry.has[story] = true
        end
      end
    end
  end
end

local reply = {redis.call('GET', prefix .. 'seq') or '0', capped}
for _, entry in ipairs(events) do
  local row = {entry.id, entry.size}
  for _, story in ipairs(entry.stories) do
    local value = value_of(story)
    if value then
      row[#row + 1] = story
      row[#row + 1] = value
    end
  end
  if #row > 2 then reply[#reply + 1] = row end
end
return reply
