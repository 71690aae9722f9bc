-- An event as it is stored: other scripts stand below this.
--
-- size (4 bytes), first and last time (8 each), flags (1), number (4), count of members (2), the story whose headline
-- it bears (8), ids of the members (8 each), title; all big-endian. One that was merged into another is that other's id alone, 8 bytes. Flags: DATED;
-- JOINED and PARTED, see changes.py; LISTED: its stories have a list of their own, for they are not its members.

local function has(flags, flag) return flags % (2 * flag) >= flag end

local function read_event(value)
  if not value or #value == 8 then return nil end
  local size, first, last, flags, number, count, at = struct.unpack('>I4ddBI4I2', value)
  return {
    size = size, first = first, last = last, number = number,
    dated = has(flags, DATED), joined = has(flags, JOINED), parted = has(flags, PARTED), listed = has(flags, LISTED),
    head = string.sub(value, at, at + 7), members = string.sub(value, at + 8, at + 8 * count + 7),
    title = string.sub(value, at + 8 * count + 8),
  }
end

local function write_event(event)
  local flags = (event.dated and DATED or 0) + (event.joined and JOINED or 0) + (event.parted and PARTED or 0)
    + (event.listed and LISTED or 0)
  return struct.pack('>I4ddBI4I2', event.size, event.first, event.last, flags, event.number, #event.members / 8)
    .. event.head .. event.members .. event.title
end

-- Days since 1900, at least 1, and the same in two bytes: times are for the order of posting lists, no more.
local function day_number(time) return math.max(1, math.min(math.floor(time / 86400) + 25567, 65534)) end

local function day_of(time) return struct.pack('>I2', day_number(time)) end

-- Ids, joined, but for this one.
local function apart(ids, id)
  for i = 1, #ids, 8 do
    if string.sub(ids, i, i + 7) == id then return string.sub(ids, 1, i - 1) .. string.sub(ids, i + 8) end
  end
  return ids
end

-- Puts ids, joined, to the end of a list.
local function push(key, ids)
  for first = 1, #ids, 8 * 1000 do -- Lua's stack bounds the arguments of one call
    local some = {}
    for i = first, math.min(first + 7999, #ids), 8 do some[#some + 1] = string.sub(ids, i, i + 7) end
    redis.call('RPUSH', key, unpack(some))
  end
end
