-- One decision, all of it or nothing: story, event, index, counts, article and stream record.
-- It is checked against what it was decided on. Every write since the recall stands in the journal
-- with the lists that it added to; if one of those lists was read (an empty one too), or if one of the
-- events compared has changed, the decision is stale.
local prefix, version = ARGV[1], tonumber(ARGV[2])
local story, event, outcome = ARGV[3], ARGV[4], ARGV[5]
local compared, terms, payload = ARGV[6], ARGV[7], ARGV[8]
local published, arrived, title = ARGV[9], ARGV[10], ARGV[11]
local article, place, segments, previous, part = ARGV[12], ARGV[13], ARGV[14], ARGV[15], ARGV[16]
local counted, generation_size = ARGV[17], tonumber(ARGV[18])
local fingerprint, member = ARGV[19], ARGV[20] == '1'
local posting_cap, member_cap = tonumber(ARGV[21]), tonumber(ARGV[22])
local journal_cap, band_cap, stream_cap = tonumber(ARGV[23]), tonumber(ARGV[24]), ARGV[25]
local retention, day, stream, record, story_hex = ARGV[26], ARGV[27], ARGV[28], ARGV[29], ARGV[30]
local languages, language, candidates_capped = ARGV[31], ARGV[32], ARGV[33] == '1'
local follows, young_cap = ARGV[34], tonumber(ARGV[35])

if redis.call('EXISTS', prefix .. 's:' .. story) == 1 then return {'conflict', 'story'} end

-- The version before this one was read as well, unless the article was begun before.
if redis.call('EXISTS', prefix .. 'a:' .. article) == 0
    and (redis.call('GET', prefix .. 'p:' .. place) or '') ~= previous then
  return {'conflict', 'place'}
end

-- The story that this one is a version or a copy of may have been moved since it was read.
if follows ~= '' then
  local at = redis.call('GETRANGE', prefix .. 's:' .. follows, 0, 7)
  if at ~= '' and at ~= event then return {'conflict', 'moved'} end
end
-- How a page is cut depends on what was known by then; the first commit settles it.
local cut = redis.call('HGET', prefix .. 'a:' .. article, 'segments')
if cut and cut ~= segments then return {'conflict', 'segments'} end

local now = tonumber(redis.call('GET', prefix .. 'seq') or '0')
local behind = now - version
if behind ~= 0 then
  if behind < 0 or behind > journal_cap then return {'conflict', 'journal'} end
  local read, candidates = {}, {}
  for term in string.gmatch(terms, '[^\n]+') do read[term] = true end
  for i = 1, #compared, 8 do candidates[string.sub(compared, i, i + 7)] = true end
  for _, entry in ipairs(redis.call('LRANGE', prefix .. 'j', 0, behind - 1)) do
    if candidates[string.sub(entry, 1, 8)] then return {'conflict', 'event'} end
    for band = 0, 3 do
      if string.sub(entry, 9 + 2 * band, 10 + 2 * band) == string.sub(fingerprint, 1 + 2 * band, 2 + 2 * band) then
        return {'conflict', 'copies'}
      end
    end
    for term in string.gmatch(string.sub(entry, 17), '[^\n]+') do
      if read[term] then return {'conflict', 'terms'} end
    end
  end
end

local key = prefix .. 'e:' .. event
local time, dated = published ~= '' and published or arrived, published ~= ''
local was = redis.call('HMGET', key, 'n', 'f', 'l', 'd', 'm')
if not was[1] then
  if outcome ~= 'open' then return {'conflict', 'gone'} end
  redis.call('HSET', key, 'n', 1, 'f', time, 'l', time, 'd', dated and '1' or '0', 'm', story,
    't', title)
  redis.call('HDEL', key, 'to')
  redis.call('HINCRBY', prefix .. 'stats', 'events', 1)
else
  local first, last, members = was[2], was[3], was[5]
  if dated and was[4] == '0' then
    first, last = time, time
    redis.call('HSET', key, 'd', '1')
  elseif dated == (was[4] == '1') then
    if tonumber(time) < tonumber(first) then first = time end
    if tonumber(time) > tonumber(last) then last = time end
  end
  time = last
  if member then
    if #members >= 8 * member_cap then
      members = string.sub(members, 1, 8) .. string.sub(members, 17)
      redis.call('HINCRBY', prefix .. 'stats', 'members_capped', 1)
    end
    members = members .. story
  end
  redis.call('HSET', key, 'f', first, 'l', last, 'm', members)
  redis.call('HINCRBY', key, 'n', 1)
end
redis.call('EXPIRE', key, retention)
redis.call('RPUSH', prefix .. 'es:' .. event, story)
redis.call('EXPIRE', prefix .. 'es:' .. event, retention)

for term in string.gmatch(terms, '[^\n]+') do
  local posting = prefix .. 't:' .. term
  redis.call('ZADD', posting, 'GT', time, event)
  if redis.call('ZCARD', posting) > posting_cap then
    redis.call('ZREMRANGEBYRANK', posting, 0, -(posting_cap + 1))
    redis.call('HINCRBY', prefix .. 'stats', 'postings_capped', 1)
  end
  redis.call('EXPIRE', posting, retention)
end
for band = 0, 3 do
  local list = prefix .. 'b:' .. band .. ':' .. string.sub(fingerprint, 7 - 2 * band, 8 - 2 * band)
  redis.call('RPUSH', list, story .. fingerprint)
  redis.call('LTRIM', list, -band_cap, -1)
  redis.call('EXPIRE', list, retention)
end

count(prefix, counted, generation_size)
learn(prefix, retention, ARGV[#ARGV])

local id = redis.call('XADD', stream, 'MAXLEN', '~', stream_cap, '*',
  'type', 'story_decided', 'story', story_hex, 'outcome', outcome, 'record', record)
redis.call('SET', prefix .. 's:' .. story, event .. string.format('%-24s', id) .. payload, 'EX', retention)

local versions = prefix .. 'a:' .. article
redis.call('HSET', versions, 'segments', segments, 'previous', previous, part, story)
redis.call('EXPIRE', versions, retention)
redis.call('SET', prefix .. 'p:' .. place, article, 'EX', retention)
redis.call('RPUSH', day, story)
redis.call('EXPIRE', day, retention)
redis.call('HINCRBY', prefix .. 'stats', 'stories', 1)
redis.call('HINCRBY', prefix .. 'stats', 'outcome:' .. outcome, 1)
if candidates_capped then redis.call('HINCRBY', prefix .. 'stats', 'candidates_capped', 1) end
redis.call('SADD', languages, language)

if member then -- its event is due for a second look; over the cap, what is due last is not
  redis.call('ZADD', prefix .. 'young', now + 1, event)
  if redis.call('ZCARD', prefix .. 'young') > young_cap then
    redis.call('ZREMRANGEBYRANK', prefix .. 'young', young_cap, -1)
    redis.call('HINCRBY', prefix .. 'stats', 'young_capped', 1)
  end
  redis.call('EXPIRE', prefix .. 'young', retention)
end

redis.call('INCR', prefix .. 'seq')
redis.call('LPUSH', prefix .. 'j', event .. fingerprint .. terms)
redis.call('LTRIM', prefix .. 'j', 0, journal_cap - 1)
return {'ok', id}
