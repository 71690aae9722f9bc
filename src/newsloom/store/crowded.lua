-- How crowded it is by now around stories; one that has expired is left out.
-- ARGV: prefix, where in a story's value it stands, then 16 bytes a story: its id and the value.
local prefix, at, told = ARGV[1], tonumber(ARGV[2]), ARGV[3]
for i = 1, #told, 16 do
  local key = prefix .. 's:' .. string.sub(told, i, i + 7)
  if redis.call('EXISTS', key) == 1 then redis.call('SETRANGE', key, at, string.sub(told, i + 8, i + 15)) end
end
return 1
