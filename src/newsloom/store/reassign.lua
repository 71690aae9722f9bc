-- Stories go from one event to another, with all that hangs on it: their records, both events, the
-- posting lists, the journal, what is due for a second look, the counters and the stream.
-- Refused if either event has changed since it was read, or was settled by hand and this is not.
-- ARGV: prefix, then one packed table:
--   source, target, version read, fresh (the target is new), hand, stories that move, all (nothing stays);
--   before and after: {first, last, dated, members, title} of source (nil if nothing stays) and target;
--   left, shared: terms whose lists change; due: version at which {source, target} are to be looked at, or '';
--   entries of the stream {type, field, id, record, story or ''}; caps.
-- Returns: 'ok' or {'conflict', why}.
local prefix, change = ARGV[1], cmsgpack.unpack(ARGV[2])
local source, target, caps = change.source, change.target, change.caps
local from, into = prefix .. 'e:' .. source, prefix .. 'e:' .. target

local now = tonumber(redis.call('GET', prefix .. 'seq') or '0')
local behind = now - change.version
if behind ~= 0 then
  if behind < 0 or behind > caps.journal then return {'conflict', 'journal'} end
  for _, entry in ipairs(redis.call('LRANGE', prefix .. 'j', 0, behind - 1)) do
    local changed = string.sub(entry, 1, 8)
    if changed == source or changed == target then return {'conflict', 'event'} end
  end
end
local was, other = redis.call('HMGET', from, 'n', 'hand'), redis.call('HMGET', into, 'n', 'hand')
if not was[1] or change.fresh == (other[1] and true or false) then return {'conflict', 'gone'} end
if not change.hand and (was[2] or other[2]) then return {'conflict', 'hand'} end

-- The first write: a server whose memory is full refuses it, and nothing after it.
redis.call('INCRBY', prefix .. 'seq', 2)

local moves = {}
for _, story in ipairs(change.stories) do
  moves[story] = true
  local key = prefix .. 's:' .. story
  if redis.call('EXISTS', key) == 1 then redis.call('SETRANGE', key, 0, target) end
end

-- Lists of stories are in order of commit, which is the order of their records. What has expired
-- came before all others, and stays where it is unless all go.
local stay, go = {}, redis.call('LRANGE', prefix .. 'es:' .. target, 0, -1)
local moved = -#go
for _, story in ipairs(redis.call('LRANGE', prefix .. 'es:' .. source, 0, -1)) do
  local list = (change.all or moves[story]) and go or stay
  list[#list + 1] = story
end
moved = moved + #go
local at = {}
for i, story in ipairs(go) do
  local ms, seq = string.match(redis.call('GETRANGE', prefix .. 's:' .. story, 8, 31), '^(%d+)-(%d+)')
  at[story] = {tonumber(ms or '-1'), tonumber(seq or '-1'), i}
end
table.sort(go, function(a, b)
  for i = 1, 3 do
    if at[a][i] ~= at[b][i] then return at[a][i] < at[b][i] end
  end
  return false
end)
local function write(event, stories)
  local key = prefix .. 'es:' .. event
  redis.call('DEL', key)
  for first = 1, #stories, 1000 do -- Lua's stack bounds the arguments of one call
    redis.call('RPUSH', key, unpack(stories, first, math.min(first + 999, #stories)))
  end
  redis.call('EXPIRE', key, caps.retention)
end
local function shape(key, after, size)
  redis.call('HSET', key, 'n', size, 'f', after[1], 'l', after[2], 'd', after[3], 'm', after[4], 't', after[5])
  if change.hand then redis.call('HSET', key, 'hand', 1) end
  redis.call('EXPIRE', key, caps.retention)
end

write(target, go)
redis.call('HDEL', into, 'to')
shape(into, change.after, #go)
write(source, stay)
if change.all then
  redis.call('DEL', from)
  redis.call('HSET', from, 'to', target)
  redis.call('EXPIRE', from, caps.retention)
else
  shape(from, change.before, #stay)
end

local gained = {}
local function post(term, leaves)
  local posting = prefix .. 't:' .. term
  if not redis.call('ZSCORE', posting, source) then return end
  if leaves then redis.call('ZREM', posting, source) end
  redis.call('ZADD', posting, 'GT', change.after[2], target)
  gained[#gained + 1] = term
  if redis.call('ZCARD', posting) > caps.postings then
    redis.call('ZREMRANGEBYRANK', posting, 0, -(caps.postings + 1))
    redis.call('HINCRBY', prefix .. 'stats', 'postings_capped', 1)
  end
  redis.call('EXPIRE', posting, caps.retention)
end
for _, term in ipairs(change.left) do post(term, true) end
for _, term in ipairs(change.shared) do post(term, false) end

for i, event in ipairs({source, target}) do
  redis.call('ZREM', prefix .. 'young', event)
  if change.due[i] ~= '' then redis.call('ZADD', prefix .. 'young', change.due[i], event) end
end
redis.call('EXPIRE', prefix .. 'young', caps.retention)

for _, entry in ipairs(change.entries) do
  local id = redis.call('XADD', change.stream, 'MAXLEN', '~', caps.stream, '*',
    'type', entry[1], entry[2], entry[3], 'record', entry[4])
  if entry[5] ~= '' then
    local key = prefix .. 'mv:' .. entry[5]
    redis.call('RPUSH', key, id)
    redis.call('LTRIM', key, -caps.moves, -1)
    redis.call('EXPIRE', key, caps.retention)
  end
end

local stats = prefix .. 'stats'
redis.call('HINCRBY', stats, 'moved', moved)
if change.all then
  redis.call('HINCRBY', stats, 'merged', 1)
  redis.call('HINCRBY', stats, 'events', -1)
elseif change.fresh then
  redis.call('HINCRBY', stats, 'split', 1)
  redis.call('HINCRBY', stats, 'events', 1)
end

-- A decision that compared either of them is stale, and so is one that read a list that gained. The
-- place of the fingerprint holds the event once more: it stands for no text.
redis.call('LPUSH', prefix .. 'j', source .. source, target .. target .. table.concat(gained, '\n'))
redis.call('LTRIM', prefix .. 'j', 0, caps.journal - 1)
return {'ok', ''}
