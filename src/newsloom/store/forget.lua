-- A story goes as if it had expired, and with it what the stream told of it: its record, its place in its event,
-- the posting lists, the decision and the moves.
-- Refused if its event has changed since it was read.
-- ARGV: prefix, then one packed table: story, event, version read; rest: {first, last, dated, members, title, joined, parted, head} of the
-- event without it (nil: nothing is left of it); left: terms that it alone carried; changed {story, what codec.py packs}:
-- what was linked to it; entries of the stream {field, value, field, value ...}; caps.
-- Returns: 'ok' or {'conflict', why}.
local prefix, change = ARGV[1], cmsgpack.unpack(ARGV[2])
local story, id, rest, caps = change.story, change.event, change.rest, change.caps
local told, event, moves = prefix .. 's:' .. story, prefix .. 'e:' .. id, prefix .. 'mv:' .. story

local stale = changed_since(prefix, change.version, caps.journal, {[id] = true})
if stale then return stale end
local was = read_event(redis.call('GET', event))
if not was or redis.call('GETRANGE', told, 0, 7) ~= id then return {'conflict', 'gone'} end

-- The first write: a server whose memory is full refuses it, and nothing after it.
redis.call('INCR', prefix .. 'seq')

local stream = prefix .. 'decisions'
-- Before its record stands whether a person put it into its event.
local ms, number = struct.unpack('>I6I4', redis.call('GETRANGE', told, 8, 17))
redis.call('XDEL', stream, string.format('%.0f-%d', ms % PLACED, number), unpack(redis.call('LRANGE', moves, 0, -1)))

local retention = redis.call('TTL', event) -- it ends when it would have
local lists, stay = open_lists(prefix, retention), {}
for _, other in ipairs(stories_of(prefix, id, was)) do
  if other ~= story then stay[#stay + 1] = other end
end
redis.call('DEL', told, moves)
for _, one in ipairs(change.changed) do
  local head = redis.call('GETRANGE', prefix .. 's:' .. one[1], 0, 17) -- its event and its record
  if #head == 18 then redis.call('SET', prefix .. 's:' .. one[1], head .. one[2], 'KEEPTTL') end
end
local stats = prefix .. 'stats'
if rest then
  put_event(prefix, lists, retention, id, stay, was.number, rest)
else
  redis.call('DEL', event, prefix .. 'es:' .. id)
  redis.call('ZREM', prefix .. 'young', id)
  redis.call('HINCRBY', stats, 'events', -1)
end
for _, term in ipairs(change.left) do lists.remove(string.sub(term, 1, 3), struct.pack('>I4', was.number)) end
lists.close()
redis.call('HINCRBY', stats, 'forgotten', 1)
for _, entry in ipairs(change.entries) do
  redis.call('XADD', stream, 'MAXLEN', '~', caps.stream, '*', unpack(entry))
end

-- A decision that compared the event is stale.
redis.call('LPUSH', prefix .. 'j', id)
redis.call('LTRIM', prefix .. 'j', 0, caps.journal - 1)
return {'ok', ''}
