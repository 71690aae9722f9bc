-- How long keys live, and the directories: other scripts stand below this.
--
-- Numbers stand for ids in the directories, DIRECTORY a key: `i` of events, `o` of stories. No key is given less time than it has: who merges by hand or learns an archive may have another retention
-- set than the workers, and what belongs together has to end together. Of lists see lists.lua.

local function prolong(key, retention)
  if redis.call('TTL', key) < tonumber(retention) then redis.call('EXPIRE', key, retention) end
end

local function lasting(key, value, retention)
  redis.call('SET', key, value, 'EX', math.max(retention, redis.call('TTL', key)))
end

local function directory(prefix, kind, number)
  return prefix .. kind .. ':' .. math.floor(number / DIRECTORY), 8 * (number % DIRECTORY)
end

local function enter(prefix, kind, number, id, retention)
  local key, at = directory(prefix, kind, number)
  redis.call('SETRANGE', key, at, id)
  if number % DIRECTORY == DIRECTORY - 1 then redis.call('SET', key, redis.call('GET', key), 'KEEPTTL') end -- no room to grow
  prolong(key, retention)
end

-- The ids behind 4 bytes of an entry each, '' for one that has expired. `held`: the parts of the directory that
-- were read before.
local function ids_of(prefix, kind, packed, held)
  local keys, places, wanted, ids = {}, {}, {}, {}
  for i, each in ipairs(packed) do
    local key, at = directory(prefix, kind, struct.unpack('>I4', each))
    keys[i], places[i] = key, at
    if not held[key] then
      held[key] = ''
      wanted[#wanted + 1] = key
    end
  end
  if #wanted > 0 then
    for i, value in ipairs(redis.call('MGET', unpack(wanted))) do held[wanted[i]] = value or '' end
  end
  for i, key in ipairs(keys) do ids[i] = string.sub(held[key], places[i] + 1, places[i] + 8) end
  return ids
end
