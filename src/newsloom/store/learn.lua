-- What one story shows, learned in the script of its commit, or of its archive; that stands below this.
--
-- Terms: two generations of counts; the older is forgotten when a new one begins.
-- Lines of a source: a hash of short digests to the number of articles that held them, with the number
-- of articles under 'n'. It is bounded as in lossy counting (Manku, Motwani: Approximate frequency counts
-- over data streams, VLDB 2002): where the next article might not fit, lines seen once are forgotten.
-- What then still fills more than half, or rests on more articles than are remembered, is halved, so
-- that a source may change its furniture.
-- Runs: two generations of digests, as with the counts of terms.

-- terms: their hashes, 4 bytes each.
local function count(prefix, terms, generation_size)
  if terms == '' then return end
  local counted = redis.call('HINCRBY', prefix .. 'stats', 'counted', 1)
  local generation = math.floor((counted - 1) / generation_size)
  local counts = prefix .. 'df:' .. generation
  for first = 1, #terms, 4 * 1000 do -- Lua's stack bounds the arguments of one call
    local fields, told = {}, {}
    for i = first, math.min(first + 3999, #terms), 4 do fields[#fields + 1] = string.sub(terms, i, i + 3) end
    for i, stories in ipairs(redis.call('HMGET', counts, unpack(fields))) do
      told[2 * i - 1], told[2 * i] = fields[i], tonumber(stories or '0') + 1
    end
    redis.call('HSET', counts, unpack(told))
  end
  redis.call('DEL', prefix .. 'df:' .. (generation - 2))
end

local function forget(key, room, remembered)
  local flat, counts, left, articles = redis.call('HGETALL', key), {}, 0, 0
  for i = 1, #flat, 2 do
    local count = tonumber(flat[i + 1])
    if flat[i] == 'n' then
      articles = count
    elseif count > 1 then
      counts[flat[i]] = count
      left = left + 1
    end
  end
  while left > room or articles > remembered do
    left, articles = 0, math.floor(articles / 2)
    for line, count in pairs(counts) do
      counts[line] = count > 1 and math.floor(count / 2) or nil
      if count > 1 then left = left + 1 end
    end
  end
  redis.call('DEL', key) -- built anew, it takes the compact form again
  redis.call('HSET', key, 'n', articles)
  for line, count in pairs(counts) do redis.call('HSET', key, line, count) end
end

-- packed: source (8 bytes or ''), lines (4 bytes each), runs (8 bytes each), greatest number of lines of
-- a source, articles remembered, stories of one generation of runs.
local function learn(prefix, retention, packed)
  local source, lines, runs, cap, remembered, generation_size = unpack(cmsgpack.unpack(packed))
  if source ~= '' then
    local key, room = prefix .. 'l:' .. source, math.floor(cap / 2)
    local held, new = {}, 0
    for i = 1, math.min(#lines, 4 * room), 4 do held[#held + 1] = string.sub(lines, i, i + 3) end
    for _, line in ipairs(held) do new = new + 1 - redis.call('HEXISTS', key, line) end
    if math.max(0, redis.call('HLEN', key) - 1) + new > cap then forget(key, room, remembered) end
    redis.call('HINCRBY', key, 'n', 1)
    for _, line in ipairs(held) do redis.call('HINCRBY', key, line, 1) end
    redis.call('EXPIRE', key, retention)
  end
  if runs ~= '' then
    local told = redis.call('HINCRBY', prefix .. 'stats', 'runs', 1)
    local generation = math.floor((told - 1) / generation_size)
    local key = prefix .. 'r:' .. generation
    for i = 1, #runs, 8 do redis.call('SADD', key, string.sub(runs, i, i + 7)) end
    redis.call('EXPIRE', key, retention)
    redis.call('DEL', prefix .. 'r:' .. (generation - 2))
  end
end
