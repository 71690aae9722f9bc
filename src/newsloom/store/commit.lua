-- One decision, all of it or nothing: story, event, index, counts, article and stream record.
-- It is checked against what it was decided on. Every write since the recall stands in the journal
-- with the lists that it added to, of terms and of copies; if one of those lists was read (an empty one too), or if
-- one of the events compared has changed, the decision is stale.
-- Terms and shingle hashes have 4 bytes each, ids 8, joined.
local prefix, version = ARGV[1], tonumber(ARGV[2])
local story, event, outcome = ARGV[3], ARGV[4], ARGV[5]
local compared, asked, terms, payload = ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local published, arrived, title = ARGV[10], ARGV[11], ARGV[12]
local article, place, segments, previous, part = ARGV[13], ARGV[14], ARGV[15], ARGV[16], tonumber(ARGV[17])
local counted, hashes, member = ARGV[18], ARGV[19], ARGV[20] == '1'
local entry, candidates_capped, follows = cmsgpack.unpack(ARGV[21]), ARGV[22] == '1', ARGV[23]
local caps, shown, replaced, closes = cmsgpack.unpack(ARGV[24]), ARGV[25], ARGV[26], ARGV[27]
local FRONT = 1000 -- stories of an event that are looked through for one that comes back
local retention, stats = tostring(caps.retention), prefix .. 'stats' -- as text: a number would be put so at each call

if redis.call('EXISTS', prefix .. 's:' .. story) == 1 then return {'conflict', 'story'} end

-- The version before this one was read as well, unless the article was begun before. How a page is cut
-- depends on what was known by then; the first commit settles it.
local versions = prefix .. 'p:' .. place
local known, told = redis.call('HMGET', versions, '', article), false
if known[2] then
  local cut, _, parts = read_version(known[2])
  if cut ~= segments then return {'conflict', 'segments'} end
  for _, other in ipairs(parts) do told = told or other[2] == story end -- it was forgotten, or expired, and comes back
elseif (known[1] or '') ~= previous then
  return {'conflict', 'place'}
end

-- The story that this one is a version or a copy of may have been moved since it was read.
if follows ~= '' then
  local at = redis.call('GETRANGE', prefix .. 's:' .. follows, 0, 7)
  if at ~= '' and at ~= event then return {'conflict', 'moved'} end
end

local now = tonumber(redis.call('GET', prefix .. 'seq') or '0')
local behind = now - version
if behind ~= 0 then
  if behind < 0 or behind > caps.journal then return {'conflict', 'journal'} end
  local sub, read, candidates = string.sub, {}, {}
  for i = 1, #asked, 4 do read[sub(asked, i, i + 3)] = true end
  for i = 1, #compared, 8 do candidates[sub(compared, i, i + 7)] = true end
  for _, entry in ipairs(redis.call('LRANGE', prefix .. 'j', 0, behind - 1)) do
    if candidates[sub(entry, 1, 8)] then return {'conflict', 'event'} end
    for i = 9, #entry, 4 do
      if read[sub(entry, i, i + 3)] then return {'conflict', 'lists'} end
    end
  end
end

local key, lists = prefix .. 'e:' .. event, open_lists(prefix, retention)
local time, dated = tonumber(published) or tonumber(arrived), published ~= ''
local joined = read_event(redis.call('GET', key))
if joined and outcome == 'open' then return {'conflict', 'taken'} end -- the story did so before it expired, and it went on
if joined and title ~= '' and joined.head ~= follows then return {'conflict', 'headline'} end
if not joined then
  if outcome ~= 'open' then return {'conflict', 'gone'} end
  joined = {
    size = 1, first = time, last = time, dated = dated, members = story, head = story, title = title,
    number = redis.call('HINCRBY', stats, 'opened', 1) - 1,
  }
  redis.call('HINCRBY', stats, 'events', 1)
else
  if title ~= '' then joined.head, joined.title = story, title end -- the newest version names what the first named
  if dated and not joined.dated then
    joined.first, joined.last, joined.dated = time, time, true
  elseif dated == joined.dated then
    joined.first, joined.last = math.min(joined.first, time), math.max(joined.last, time)
  end
  -- A story that expired and comes back may stand in its event still, which went on: it leaves that place.
  local stories, others = prefix .. 'es:' .. event, apart(joined.members, story)
  local stood = joined.listed and redis.call('LPOS', stories, story, 'MAXLEN', FRONT) -- what has expired is in front
  if not stood and (joined.listed or others == joined.members) then joined.size = joined.size + 1 end
  local kept = apart(others, replaced) -- a version stands for the one before it
  local full = #kept >= 8 * caps.members
  if not joined.listed and (full or not member or kept ~= others) then
    joined.listed = true
    push(stories, others)
  end
  if joined.listed then
    -- An event that goes on for years: more that has expired leaves its list than comes.
    for _ = 1, redis.call('LLEN', stories) > FRONT and 2 or 0 do
      local oldest = redis.call('LINDEX', stories, 0)
      if redis.call('EXISTS', prefix .. 's:' .. oldest) == 1 then break end
      redis.call('LPOP', stories)
      joined.size = joined.size - 1
    end
    redis.call('RPUSH', stories, story)
    if stood then redis.call('LREM', stories, 1, story) end
    prolong(stories, retention)
  end
  if member then
    if full then
      kept = string.sub(kept, 1, 8) .. string.sub(kept, 17)
      redis.call('HINCRBY', stats, 'members_capped', 1)
    end
    joined.members = kept .. story
  end
end
lasting(key, write_event(joined), retention)
enter(prefix, 'i', joined.number, event, lists.retention)

local number = redis.call('HINCRBY', stats, 'stories', 1) - 1
enter(prefix, 'o', number, story, lists.retention)
if closes ~= '' then -- with this story its file is done: two generations of those are known
  local generation = math.floor(number / caps.files)
  redis.call('SADD', prefix .. 'g:' .. generation, closes)
  redis.call('DEL', prefix .. 'g:' .. (generation - 2))
end
local crowded = 0
lists.fetch(terms, 4)
lists.fetch(hashes, 4)
local whose, day = struct.pack('>I4', joined.number), day_of(joined.last)
for i = 1, #terms, 4 do
  crowded = crowded + lists.add(string.sub(terms, i, i + 2), whose, day, caps.postings)
end
whose = struct.pack('>I4', number)
for i = 1, #hashes, 4 do lists.add(string.sub(hashes, i, i + 2), whose, '\0\0', caps.hash) end
lists.close()
if crowded > 0 then redis.call('HINCRBY', stats, 'postings_capped', crowded) end

count(prefix, counted, caps.generation)
learn(prefix, retention, shown)

local id = redis.call('XADD', prefix .. 'decisions', 'MAXLEN', '~', caps.stream, '*', unpack(entry))
local ms, seq = string.match(id, '(%d+)-(%d+)')
redis.call('SET', prefix .. 's:' .. story, event .. struct.pack('>I6I4', ms, seq) .. payload, 'EX', retention)

local version_now = known[2] or struct.pack('>I2', #segments) .. segments .. string.char(#previous) .. previous
redis.call('HSET', versions, '', article, article, version_now .. (told and '' or struct.pack('>I2', part) .. story))
prolong(versions, retention)
if known[1] and not known[2] then forget_versions(prefix, versions, article) end
redis.call('HINCRBY', stats, 'outcome:' .. outcome, 1)
if candidates_capped then redis.call('HINCRBY', stats, 'candidates_capped', 1) end

if member then -- its event is due for a second look; over the cap, what is due last is not
  redis.call('ZADD', prefix .. 'young', now + 1, event)
  if redis.call('ZCARD', prefix .. 'young') > caps.young then
    redis.call('ZREMRANGEBYRANK', prefix .. 'young', caps.young, -1)
    redis.call('HINCRBY', stats, 'young_capped', 1)
  end
  prolong(prefix .. 'young', retention)
end

redis.call('INCR', prefix .. 'seq')
redis.call('LPUSH', prefix .. 'j', event .. hashes .. terms)
redis.call('LTRIM', prefix .. 'j', 0, caps.journal - 1)
return {'ok', id}
