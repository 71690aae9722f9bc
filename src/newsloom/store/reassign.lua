-- Stories go from one event to another, with all that hangs on it: their records, both events, the
-- posting lists, the journal, what is due for a second look, the counters and the stream.
-- Refused if either event has changed since it was read.
-- ARGV: prefix, then one packed table:
--   source, target, version read, fresh (the target is new), stories that move, heads: of each its event
--   and its record from now on, the events that they opened, all (nothing stays);
--   before and after: {first, last, dated, members, title, joined, parted, head} of source (nil if nothing stays) and target;
--   left, shared: terms whose lists change; due: version at which {source, target} are to be looked at, or '';
--   entries of the stream {{field, value, field, value ...}, story or ''}; caps.
-- Returns: 'ok' or {'conflict', why}.
local prefix, change = ARGV[1], cmsgpack.unpack(ARGV[2])
local source, target, caps = change.source, change.target, change.caps
local from, into = prefix .. 'e:' .. source, prefix .. 'e:' .. target

local stale = changed_since(prefix, change.version, caps.journal, {[source] = true, [target] = true})
if stale then return stale end
local was, other = read_event(redis.call('GET', from)), read_event(redis.call('GET', into))
if not was or change.fresh == (other ~= nil) then return {'conflict', 'gone'} end

local theirs, stay, go = stories_of(prefix, source, was), {}, other and stories_of(prefix, target, other) or {}

-- The first write: a server whose memory is full refuses it, and nothing after it.
redis.call('INCRBY', prefix .. 'seq', 2)

-- Whoever changes them may have less retention set than who opened them: stories and their event end together.
caps.retention = math.max(caps.retention, redis.call('TTL', from), redis.call('TTL', into))
local lists, moves = open_lists(prefix, caps.retention), {}
for i, story in ipairs(change.stories) do
  moves[story] = true
  local key, opened = prefix .. 's:' .. story, prefix .. 'e:' .. change.opened[i]
  if redis.call('EXISTS', key) == 1 then redis.call('SETRANGE', key, 0, change.heads[i]) end
  -- An event that was merged away is where the story is that opened it, whatever comes back under which name.
  if redis.call('STRLEN', opened) == 8 then lasting(opened, target, caps.retention) end
end

local moved = -#go
for _, story in ipairs(theirs) do
  local list = (change.all or moves[story]) and go or stay
  list[#list + 1] = story
end
moved = moved + #go
local number = other and other.number or redis.call('HINCRBY', prefix .. 'stats', 'opened', 1) - 1
put_event(prefix, lists, caps.retention, target, go, number, change.after)
if change.all then
  redis.call('DEL', prefix .. 'es:' .. source)
  lasting(from, target, caps.retention)
else
  put_event(prefix, lists, caps.retention, source, stay, was.number, change.before)
end

local gained = {}
local old, new, day = struct.pack('>I4', was.number), struct.pack('>I4', number), day_of(change.after[2])
local function post(term, leaves)
  local tag = string.sub(term, 1, 3)
  if not lists.has(tag, old) then return end
  if leaves then lists.remove(tag, old) end
  gained[#gained + 1] = term
  if lists.add(tag, new, day, caps.postings) == 1 then
    redis.call('HINCRBY', prefix .. 'stats', 'postings_capped', 1)
  end
end
for _, term in ipairs(change.left) do post(term, true) end
for _, term in ipairs(change.shared) do post(term, false) end
lists.close()

for i, event in ipairs({source, target}) do
  redis.call('ZREM', prefix .. 'young', event)
  if change.due[i] ~= '' then redis.call('ZADD', prefix .. 'young', change.due[i], event) end
end
prolong(prefix .. 'young', caps.retention)

for _, entry in ipairs(change.entries) do
  local id = redis.call('XADD', prefix .. 'decisions', 'MAXLEN', '~', caps.stream, '*', unpack(entry[1]))
  if entry[2] ~= '' then
    local key = prefix .. 'mv:' .. entry[2]
    redis.call('RPUSH', key, id)
    redis.call('LTRIM', key, -caps.moves, -1)
    prolong(key, caps.retention)
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

-- A decision that compared either of them is stale, and so is one that read a list that gained.
redis.call('LPUSH', prefix .. 'j', source, target .. table.concat(gained))
redis.call('LTRIM', prefix .. 'j', 0, caps.journal - 1)
return {'ok', ''}
