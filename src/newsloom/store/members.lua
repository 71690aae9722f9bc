-- Who is in an event, read and written as a whole. Other scripts stand below this.

-- Refuses what was read before a change to one of these events: of what came since, the journal tells.
local function changed_since(prefix, version, journal, events)
  local behind = tonumber(redis.call('GET', prefix .. 'seq') or '0') - version
  if behind == 0 then return nil end
  if behind < 0 or behind > journal then return {'conflict', 'journal'} end
  for _, entry in ipairs(redis.call('LRANGE', prefix .. 'j', 0, behind - 1)) do
    if events[string.sub(entry, 1, 8)] then return {'conflict', 'event'} end
  end
end

-- What has expired stays where it is unless all go; what came back to another event since is there.
local function stories_of(prefix, id, event)
  local listed, stories = {}, {}
  if event.listed then
    listed = redis.call('LRANGE', prefix .. 'es:' .. id, 0, -1)
  else
    for i = 1, #event.members, 8 do listed[#listed + 1] = string.sub(event.members, i, i + 7) end
  end
  for _, story in ipairs(listed) do
    local at = redis.call('GETRANGE', prefix .. 's:' .. story, 0, 7)
    if at == '' or at == id then stories[#stories + 1] = story end
  end
  return stories
end

-- Lists of stories are in order of commit, which is the order of their records, and those that a person put there come
-- last: so their records are written. What has expired came before all others.
local function sort_stories(prefix, stories)
  local at = {}
  for i, story in ipairs(stories) do
    local record = redis.call('GETRANGE', prefix .. 's:' .. story, 8, 17)
    local ms, seq = struct.unpack('>I6I4', record == '' and string.rep('\0', 10) or record)
    at[story] = {ms, seq, i}
  end
  table.sort(stories, function(one, other)
    local a, b = at[one], at[other]
    for i = 1, 3 do
      if a[i] ~= b[i] then return a[i] < b[i] end
    end
    return false
  end)
end

-- What is kept of an event after a change: `shape` is {first, last, dated, members, title, joined, parted, head}.
local function put_event(prefix, lists, retention, id, stories, number, shape)
  sort_stories(prefix, stories)
  local joined, members, key = table.concat(stories), shape[4], prefix .. 'es:' .. id
  local left = redis.call('TTL', key)
  redis.call('DEL', key)
  if joined ~= members then
    push(key, joined)
    redis.call('EXPIRE', key, math.max(left, retention))
  end
  lasting(prefix .. 'e:' .. id, write_event({
    size = #stories, first = shape[1], last = shape[2], dated = shape[3], number = number,
    listed = joined ~= members, members = members, title = shape[5], joined = shape[6], parted = shape[7], head = shape[8],
  }), retention)
  enter(prefix, 'i', number, id, lists.retention)
end
