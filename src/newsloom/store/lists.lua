-- Posting lists, many in one string. Other scripts stand below this.
--
-- An entry is 9 bytes: 3 of the term's hash, the number of an event (4 bytes), and the day of its last
-- story (2). Most terms have a handful of entries, and a key of its own for each would cost ten times
-- what it holds. So they share buckets by linear hashing (Litwin 1980): `buckets` of them, which grow one
-- at a time, as the number of entries does. A list that grows beyond OWN entries moves to a string of its
-- own, and leaves a mark; there an entry is its day and its number, and they stand in order. The shingle hashes
-- by which copies find each other are kept alike, with the numbers of stories in place of events, and day 0.
--
-- What a script writes goes to the append-only file and to replicas as it is, so that a bucket is not written whole
-- for each entry more: it ends in room for up to TURN of them. (A string that grows would be given twice its size.)
--
-- Strings are not compared by order anywhere: Lua does that by the server's locale, so numbers are read from them.
local ENTRY, OWN, FILL, TURN = 9, 48, 96, 8
local SHORT = 6 -- bytes of an entry of a list of its own
local MARK = '\255\255\255\255'
local ROOM = '\255\255\255' .. MARK .. '\0\0' -- in place of an entry: no mark has this day
local DAY = 2 ^ 32 -- above all numbers

-- `retention`: seconds, of whoever is going to write; nothing is written without it.
local function open_lists(prefix, retention)
  local find, sub, byte = string.find, string.sub, string.byte
  local state = redis.call('HMGET', prefix .. 'stats', 'buckets', 'entries', 'lists_until')
  local buckets, entries, power = tonumber(state[1] or '1'), tonumber(state[2] or '0'), 1
  while 2 * power <= buckets do power = 2 * power end
  local held, whole, touched, gone, absent = {}, {}, {}, {}, {} -- whole: to be written so

  -- Events share these strings, and some may have been written with more retention: none is given less time than
  -- any was. So it is with the directories, which end in order of number by that. To remember when the last of
  -- them ends takes one call, to ask for the time of each key would take many.
  local ends
  if retention then
    local now = tonumber(redis.call('TIME')[1])
    ends = math.max(now + tonumber(retention), tonumber(state[3] or '0'))
    retention = string.format('%d', ends - now)
  end

  local function place(tag)
    local first, second, third = byte(tag, 1, 3)
    local hash = first + 256 * second + 65536 * third
    local number = hash % (2 * power)
    return number < buckets and number or hash % power
  end

  local function name(number) return prefix .. 't:' .. number end

  local function hold(number, value) held[number], absent[number] = value or '', not value end

  local function read(number)
    if not held[number] then hold(number, redis.call('GET', name(number))) end
    return held[number]
  end

  local function bucket(tag)
    local number = place(tag)
    return number, read(number)
  end

  -- The bytes of a bucket before its room, and the bucket without it.
  local function used(value)
    local at = find(value, ROOM, 1, true)
    while at and at % ENTRY ~= 1 do at = find(value, ROOM, at + 1, true) end
    return at and at - 1 or #value
  end
  local function filled(value) return sub(value, 1, used(value)) end

  local function own(tag) return prefix .. 'h:' .. tag end

  -- Of the entry of a bucket that begins there its day, and as it stands in a list of its own.
  local function day_at(value, at) return (struct.unpack('>I2', value, at + 7)) end
  local function own_entry(value, at) return sub(value, at + 7, at + 8) .. sub(value, at + 3, at + 6) end

  -- Where each entry of the tag begins.
  local function entries_of(value, tag)
    local from = 1
    if tag == sub(ROOM, 1, 3) then value = filled(value) end
    return function()
      local at = find(value, tag, from, true)
      while at and at % ENTRY ~= 1 do at = find(value, tag, at + 1, true) end
      from = at and at + ENTRY
      return at
    end
  end

  -- How many entries the tag has, where its mark begins if they have moved away, and the one of `number`.
  local function scan(value, tag, number)
    local count, mark, mine = 0, nil, nil
    for at in entries_of(value, tag) do
      local whose = sub(value, at + 3, at + 6)
      if whose == number then mine = at end
      if whose == MARK then mark = at else count = count + 1 end
    end
    return count, mark, mine
  end

  local function put(number, value, change)
    held[number], whole[number], entries = filled(value), true, entries + change
  end

  -- Writes over a part of a bucket.
  local function write(number, at, bytes)
    if whole[number] then
      held[number] = sub(held[number], 1, at - 1) .. bytes .. sub(held[number], at + #bytes)
    else
      redis.call('SETRANGE', name(number), at - 1, bytes)
      held[number], touched[number] = nil, true
    end
  end

  local function append(number, value, entry)
    local size = used(value)
    if size == #value or (size + ENTRY) % (TURN * ENTRY) == 0 then
      return put(number, sub(value, 1, size) .. entry, 1)
    end
    write(number, size + 1, entry)
    entries = entries + 1
  end

  local function read_own(tag) return redis.call('GET', own(tag)) or '' end

  -- An entry of a list of its own as a number: its day times DAY, and its number. It is the first if no place is told.
  local function rank_at(list, at) return (struct.unpack('>I6', list, at or 1)) end

  -- Where the first entry stands that is no less than this rank, or would.
  local function bound(list, rank)
    local low, high = 0, #list / SHORT
    while low < high do
      local middle = math.floor((low + high) / 2)
      if rank_at(list, SHORT * middle + 1) < rank then low = middle + 1 else high = middle end
    end
    return SHORT * low + 1
  end

  -- Where the entry of a number begins in a list of its own. Its last two bytes tell most numbers apart.
  local function locate(list, whose)
    local tail = sub(whose, 3)
    local at = find(list, tail, 5, true)
    while at and not (at % SHORT == 5 and sub(list, at - 2, at + 1) == whose) do at = find(list, tail, at + 1, true) end
    return at and at - 4
  end

  local function without(list, at) return sub(list, 1, at - 1) .. sub(list, at + SHORT) end

  local function with(list, entry)
    local at = bound(list, rank_at(entry))
    return sub(list, 1, at - 1) .. entry .. sub(list, at)
  end

  -- An event of a full list is younger than the oldest there, or is left out. Returns the list, and 1 if it was full.
  local function added(list, whose, day, cap)
    local at, entry = locate(list, whose), day .. whose
    if at then return rank_at(entry) > rank_at(list, at) and with(without(list, at), entry) or list, 0 end
    local excess = #list / SHORT - cap
    if excess < 0 then return with(list, entry), 0 end
    local oldest = SHORT * excess + 1
    if rank_at(entry) < rank_at(list, oldest) then return list, 1 end
    return with(sub(list, oldest + SHORT), entry), 1
  end

  local lists = {retention = retention}

  -- Reads the buckets of these tags, joined, of which each takes so many bytes.
  function lists.fetch(tags, width)
    local numbers, names = {}, {}
    for i = 1, #tags, width do
      local number = place(sub(tags, i, i + 2))
      if not held[number] then
        held[number] = ''
        numbers[#numbers + 1], names[#names + 1] = number, name(number)
      end
    end
    for first = 1, #names, 1000 do -- Lua's stack bounds the arguments of one call
      local some = redis.call('MGET', unpack(names, first, math.min(first + 999, #names)))
      for i, value in ipairs(some) do hold(numbers[first + i - 1], value) end
    end
  end

  -- Returns 1 if the list was full: its oldest entry is gone, or this one was older.
  function lists.add(tag, whose, day, cap)
    local number, value = bucket(tag)
    local count, mark, mine = scan(value, tag, whose)
    if mine then
      if struct.unpack('>I2', day) > day_at(value, mine) then
        write(number, mine + 7, day)
      end
      return 0
    end
    if mark then
      local before = read_own(tag)
      local list, full = added(before, whose, day, cap)
      if list == before then
        redis.call('EXPIRE', own(tag), retention)
      else
        redis.call('SET', own(tag), list, 'EX', retention)
      end
      touched[number] = true -- the mark lives as long
      return full
    end
    local entry = tag .. whose .. day
    if count < cap and count < OWN then
      append(number, value, entry)
      return 0
    end
    if count >= cap then
      local oldest
      for at in entries_of(value, tag) do
        local rank = rank_at(own_entry(value, at))
        if not oldest or rank < oldest[1] then oldest = {rank, at} end
      end
      if rank_at(day .. whose) > oldest[1] then write(number, oldest[2], entry) end
      return 1
    end
    local kept, from, list = {}, 1, ''
    value = filled(value)
    for at in entries_of(value, tag) do
      list = with(list, own_entry(value, at))
      kept[#kept + 1] = sub(value, from, at - 1)
      from = at + ENTRY
    end
    redis.call('SET', own(tag), with(list, day .. whose), 'EX', retention)
    put(number, table.concat(kept) .. sub(value, from) .. tag .. MARK .. '\255\255', 1 - count)
    return 0
  end

  -- Takes an entry out; returns whether it was there.
  function lists.remove(tag, whose)
    local number, value = bucket(tag)
    local _, mark, mine = scan(value, tag, whose)
    if mine then
      put(number, sub(value, 1, mine - 1) .. sub(value, mine + ENTRY), -1)
    elseif mark then
      local list = read_own(tag)
      mine = locate(list, whose)
      if mine then
        if #list == SHORT then redis.call('DEL', own(tag)) else redis.call('SET', own(tag), without(list, mine), 'KEEPTTL') end
      end
    end
    return mine ~= nil
  end

  function lists.has(tag, whose)
    local _, value = bucket(tag)
    local _, mark, mine = scan(value, tag, whose)
    return mine ~= nil or (mark ~= nil and locate(read_own(tag), whose) ~= nil)
  end

  -- Adds a weight to the score of each number on a list that stands between two days; those met for the
  -- first time are put to `found`. Day 0 is that of the shingle hashes, which may share a tag with a term. Returns how
  -- many were read.
  function lists.score(tag, weight, since, till, scores, found)
    local _, value = bucket(tag)
    local read = 0
    local function note(whose)
      local before = scores[whose]
      if not before then found[#found + 1] = whose end
      scores[whose] = (before or 0) + weight
      read = read + 1
    end
    for at in entries_of(value, tag) do
      local whose, day = sub(value, at + 3, at + 6), day_at(value, at)
      if whose == MARK then
        local list = read_own(tag)
        for here = bound(list, DAY * since), bound(list, DAY * (till + 1)) - 1, SHORT do note(sub(list, here + 2, here + 5)) end
      elseif day >= since and day <= till then
        note(whose)
      end
    end
    return read
  end

  -- Whether what an entry is about has expired: the directory lives as long as the last of its ids.
  local function expired(entry)
    local key
    if sub(entry, 4, 7) == MARK then
      key = own(sub(entry, 1, 3))
    else
      local kind = sub(entry, 8, 9) == '\0\0' and 'o' or 'i'
      key = directory(prefix, kind, struct.unpack('>I4', sub(entry, 4, 7)))
    end
    if gone[key] == nil then gone[key] = redis.call('EXISTS', key) == 0 end
    return gone[key]
  end

  -- Writes what has changed. Of a bucket that is written two entries are looked at, or rather twice as many as
  -- a turn has whenever that has gone round, for to copy is what costs: what has expired goes, the rest takes its
  -- turn at the end, so that no more than a part of a bucket is dead.
  function lists.close()
    local usual = math.floor(entries / buckets)
    for number in pairs(whole) do
      local value = held[number]
      -- With nearly as many entries as any, it has not been empty, but has expired, and with it what was counted.
      if absent[number] then entries = math.max(entries - usual, #value / ENTRY) end
      if #value % (TURN * ENTRY) == 0 then
        local looked, kept = math.min(#value, 2 * TURN * ENTRY), {}
        for at = 1, looked, ENTRY do
          local entry = sub(value, at, at + ENTRY - 1)
          if expired(entry) then entries = entries - 1 else kept[#kept + 1] = entry end
        end
        held[number] = sub(value, looked + 1) .. table.concat(kept)
      end
    end
    for _ = 1, 8 do -- more than one commit adds
      if entries <= FILL * buckets then break end
      if buckets == 2 * power then power = buckets end
      local from, stay, leave = buckets - power, {}, {}
      local value = filled(read(from))
      for at = 1, #value, ENTRY do
        local entry = sub(value, at, at + ENTRY - 1)
        local hash = byte(entry, 1) + 256 * byte(entry, 2) + 65536 * byte(entry, 3)
        local part = hash % (2 * power) == buckets and leave or stay
        part[#part + 1] = entry
      end
      held[from], held[buckets] = table.concat(stay), table.concat(leave)
      whole[from], whole[buckets] = true, true
      buckets = buckets + 1
    end
    for number in pairs(touched) do
      if not whole[number] then redis.call('EXPIRE', name(number), retention) end
    end
    for number in pairs(whole) do
      local value = held[number]
      if value == '' then
        redis.call('DEL', name(number))
      else
        value = value .. string.rep(ROOM, TURN - #value / ENTRY % TURN)
        redis.call('SET', name(number), value, 'EX', retention)
      end
    end
    redis.call('HSET', prefix .. 'stats', 'buckets', buckets, 'entries', entries, 'lists_until', ends)
  end

  return lists
end
