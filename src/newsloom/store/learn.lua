-- What one story shows, learned in the script of its commit, or of its archive; that stands below this, and
-- directories.lua above.
--
-- Terms: two generations of counts; the older is forgotten when a new one begins.
-- Lines of a source: a hash of short digests to the number of articles that held them, with the number
-- of articles under 'n'. It is bounded as in lossy counting (Manku, Motwani: Approximate frequency counts
-- over data streams, VLDB 2002): where the next article might not fit, lines seen once are forgotten.
-- What then still fills more than half, or rests on more articles than are remembered, is halved, so
-- that a source may change its furniture.
-- Runs: two generations of digests, as with the counts of terms.

-- told: check of the word list (2 bytes), the ranks of terms in that list (2 bytes each), hashes of the others (4
-- each), packed; or nothing. They go to logs, see counted.py; the first bytes of that of ranks are the check.
local function count(prefix, told, generation_size)
  if told == '' then return end
  local check, ranks, others = unpack(cmsgpack.unpack(told))
  local counted = redis.call('HINCRBY', prefix .. 'stats', 'counted', 1)
  local generation = math.floor((counted - 1) / generation_size)
  if counted == 1 then
    local now = redis.call('TIME')
    redis.call('HSET', prefix .. 'stats', 'born', now[1] .. string.format('%06d', now[2]))
  end
  if (counted - 1) % generation_size == 0 then
    redis.call('SET', prefix .. 'dl:' .. generation, check)
    local old = generation - 2
    redis.call('DEL', prefix .. 'dt:' .. old, prefix .. 'dl:' .. old, prefix .. 'du:' .. old)
  end
  if ranks ~= '' then redis.call('APPEND', prefix .. 'dl:' .. generation, ranks) end
  if others ~= '' then redis.call('APPEND', prefix .. 'du:' .. generation, others) end
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
  local left = redis.call('TTL', key)
  redis.call('DEL', key) -- built anew, it takes the compact form again
  redis.call('HSET', key, 'n', articles)
  for line, count in pairs(counts) do redis.call('HSET', key, line, count) end
  if left > 0 then redis.call('EXPIRE', key, left) end
end

-- packed: source (8 bytes or ''), lines (4 bytes each), runs (8 bytes each), greatest number of lines of
-- a source, articles remembered, stories of one generation of runs.
local function learn(prefix, retention, packed)
  local source, lines, runs, cap, remembered, generation_size = unpack(cmsgpack.unpack(packed))
  if source ~= '' then
    local key, room = prefix .. 'l:' .. source, math.floor(cap / 2)
    local held, new, counts = {}, 0, {}
    for i = 1, math.min(#lines, 4 * room), 4 do held[#held + 1] = string.sub(lines, i, i + 3) end
    local known = redis.call('HMGET', key, 'n', unpack(held))
    for i = 2, #known do
      if not known[i] then new = new + 1 end
    end
    if math.max(0, redis.call('HLEN', key) - 1) + new > cap then
      forget(key, room, remembered)
      known = redis.call('HMGET', key, 'n', unpack(held))
    end
    local told = {'n', tonumber(known[1] or '0') + 1}
    for i, line in ipairs(held) do
      counts[line] = (counts[line] or tonumber(known[i + 1] or '0')) + 1
      told[2 * i + 1], told[2 * i + 2] = line, counts[line]
    end
    redis.call('HSET', key, unpack(told))
    prolong(key, retention)
  end
  if runs ~= '' then
    local told = redis.call('HINCRBY', prefix .. 'stats', 'runs', 1)
    local generation = math.floor((told - 1) / generation_size)
    if (told - 1) % generation_size == 0 then redis.call('DEL', prefix .. 'r:' .. (generation - 2)) end
    local key = prefix .. 'r:' .. generation
    local some = {}
    for i = 1, #runs, 8 do some[#some + 1] = string.sub(runs, i, i + 7) end
    redis.call('SADD', key, unpack(some))
    prolong(key, retention)
  end
end
