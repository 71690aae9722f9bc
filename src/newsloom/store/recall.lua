-- Events that may take a story: those that share its heaviest terms within the window; and stories of any age that it
-- may be a copy of: those that share some of its smallest shingle hashes. The work is bounded by the caps.
-- ARGV: prefix, published time or '', arrival time, window, candidate cap, terms (4 bytes each), squared weights (8
--       each), hashes (4 each), entries of posting lists read, cap of copies.
-- Returns: version, how many terms' lists were read, 1 if there were more events than the cap, how many events follow,
--       then for each {id, size, story, value, story, value ...}, and the same of each of those stories, with its event.
local prefix, published, arrived, window = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local candidate_cap, terms, weights, hashes = tonumber(ARGV[5]), ARGV[6], ARGV[7], ARGV[8]
local read_cap, copies_cap = tonumber(ARGV[9]), tonumber(ARGV[10])
local sub = string.sub
local lists = open_lists(prefix)
lists.fetch(hashes, 4)

local scores, found = {}, {}
-- A list tells the day of an event's last story; undated events stand at their arrival, which may be years
-- after the window of a backfill.
local since = published and day_number(math.min(published, arrived) - window) or 1
local AT_ONCE = 16 -- terms whose lists are fetched
local read, asked = 0, 0
for i = 0, #terms / 4 - 1 do -- the most telling first: what is read after enough has been is commonplace
  if read >= read_cap then break end
  if i % AT_ONCE == 0 then lists.fetch(sub(terms, 4 * i + 1, 4 * (i + AT_ONCE)), 4) end
  asked = i + 1
  local tag, weight = sub(terms, 4 * i + 1, 4 * i + 3), struct.unpack('<d', weights, 8 * i + 1)
  read = read + lists.score(tag, weight, since, 65535, scores, found)
end

-- The best are taken off a heap, as many as are needed: to sort hundreds for two dozen would cost most of a
-- recall. Of equals the one that was opened last is first: numbers grow.
local size = #found
local function earlier(one, other) return struct.unpack('>I4', one) < struct.unpack('>I4', other) end
local function sink(at, one)
  local score = scores[one]
  while true do
    local child = 2 * at
    if child > size then break end
    local down, points = found[child], scores[found[child]]
    if child < size then
      local other = found[child + 1]
      local theirs = scores[other]
      if theirs > points or (theirs == points and earlier(down, other)) then child, down, points = child + 1, other, theirs end
    end
    if points < score or (points == score and earlier(down, one)) then break end
    found[at] = down
    at = child
  end
  found[at] = one
end
for at = math.floor(size / 2), 1, -1 do sink(at, found[at]) end

local function best(count)
  local some = {}
  for i = 1, math.min(count, size) do
    some[i] = found[1]
    local last = found[size]
    size = size - 1
    if size > 0 then sink(1, last) end
  end
  return some
end

local events, listed, directories = {}, {}, {}
local function take(id, event)
  events[#events + 1] = {id = id, size = event.size, members = event.members}
  listed[id] = true
end

local function in_window(event)
  if not published then return true end
  return event.last >= math.min(published, arrived) - window
    and (event.first <= published + window or event.last >= arrived - window)
end

-- Takes candidates in order until there are enough; returns whether there was one more.
local function choose(ranked)
  local ids, names = ids_of(prefix, 'i', ranked, directories), {}
  for i = 1, #ids do names[i] = prefix .. 'e:' .. ids[i] end
  local values = #names > 0 and redis.call('MGET', unpack(names)) or {}
  for i = 1, #ids do
    local event = not listed[ids[i]] and read_event(values[i])
    if event and in_window(event) then
      if #events >= candidate_cap then return true end
      take(ids[i], event)
    end
  end
end
local capped = false
while size > 0 and not capped do capped = choose(best(candidate_cap + 8)) end

-- Stories that may be copies. What few hold tells more than a phrase that many use, so each hash counts for the less,
-- the more stories are posted under it. Of equals the one that was committed last is first.
local met, shares = {}, {}
for i = 1, #hashes, 4 do
  local posted = {}
  lists.score(sub(hashes, i, i + 2), 0, 0, 0, {}, posted)
  for _, number in ipairs(posted) do
    if not shares[number] then met[#met + 1] = number end
    shares[number] = (shares[number] or 0) + 1 / #posted
  end
end
table.sort(met, function(one, other)
  if shares[one] ~= shares[other] then return shares[one] > shares[other] end
  return earlier(other, one)
end)
for i = copies_cap + 1, #met do met[i] = nil end

local stories, names, told = {}, {}, {}
local function ask(story) stories[#stories + 1], names[#names + 1] = story, prefix .. 's:' .. story end
for _, entry in ipairs(events) do
  for i = 1, #entry.members, 8 do ask(sub(entry.members, i, i + 7)) end
  entry.stories = #stories
end
for _, story in ipairs(ids_of(prefix, 'o', met, directories)) do
  if #story == 8 then ask(story) end
end
local values = {}
for first = 1, #names, 1000 do -- Lua's stack bounds the arguments of one call
  local some = redis.call('MGET', unpack(names, first, math.min(first + 999, #names)))
  for i, value in ipairs(some) do values[first + i - 1] = value end
end

-- A story's value without what is not compared: see codec.py.
local function compared(value) return sub(value, 1, 30 + struct.unpack('>I4', value, 27)) end

local reply, at = {redis.call('GET', prefix .. 'seq') or '0', asked, capped and 1 or 0, 0}, 1
for _, entry in ipairs(events) do
  local row = {entry.id, entry.size}
  for i = at, entry.stories do
    -- One that expired may have come back to another event.
    if values[i] and sub(values[i], 1, 8) == entry.id then
      row[#row + 1], row[#row + 2] = stories[i], compared(values[i])
      told[stories[i]] = true
    end
  end
  at = entry.stories + 1
  if #row == 2 then -- all that it was compared by has expired; copies came since, and the latest stands for them
    local story = redis.call('LINDEX', prefix .. 'es:' .. entry.id, -1)
    local value = story and redis.call('GET', prefix .. 's:' .. story)
    if value and sub(value, 1, 8) == entry.id then row[3], row[4] = story, compared(value) end
  end
  if #row > 2 then reply[#reply + 1] = row end
end
reply[4] = #reply - 4
for i = at, #stories do
  local id = not told[stories[i]] and values[i] and sub(values[i], 1, 8)
  told[stories[i]] = true -- one that was forgotten and came back was posted twice
  -- Where retention was changed its event may have expired before it: that cannot be joined.
  local event = id and read_event(redis.call('GET', prefix .. 'e:' .. id))
  if event then reply[#reply + 1] = {id, event.size, stories[i], compared(values[i])} end
end
return reply
