-- A version of a page as its place keeps it: other scripts stand below this.
--
-- size of the segments (2 bytes), segments, size of the id of the version before (1), that id, and of each story that
-- was decided its part (2) and its id (8).
local function read_version(value)
  if not value then return '', '', {} end
  local size = struct.unpack('>I2', value)
  local segments, parts, at = string.sub(value, 3, 2 + size), {}, 4 + size + string.byte(value, 3 + size)
  local previous = string.sub(value, 4 + size, at - 1)
  for i = at, #value, 10 do
    parts[#parts + 1] = {struct.unpack('>I2', value, i), string.sub(value, i + 2, i + 9)}
  end
  table.sort(parts, function(a, b) return a[1] < b[1] end)
  return segments, previous, parts
end

-- A page that goes on changing would keep its versions for ever. Two are looked at whenever one is added, and go if
-- all of their stories have expired: so no more than a part of them is dead.
local function forget_versions(prefix, versions, latest)
  local drawn = redis.call('HRANDFIELD', versions, 2, 'WITHVALUES')
  for i = 1, #drawn, 2 do
    if drawn[i] ~= '' and drawn[i] ~= latest then
      local _, _, parts = read_version(drawn[i + 1])
      local lives = false
      for _, part in ipairs(parts) do lives = lives or redis.call('EXISTS', prefix .. 's:' .. part[2]) == 1 end
      if not lives then redis.call('HDEL', versions, drawn[i]) end
    end
  end
end
