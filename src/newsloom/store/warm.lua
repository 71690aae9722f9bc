-- What an article of an archive teaches, once: no story is decided, no event opened. learn.lua stands above this.
-- ARGV: prefix, article (8 bytes), stories of a generation of counts, articles of a generation of those
-- learned from, retention, languages, language; then for each story its terms joined by newlines, and
-- what it shows, packed.
-- Returns: 1, or 0 where it was learned from before, or decided.
local prefix, article, generation_size, size = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local retention, languages, language = ARGV[5], ARGV[6], ARGV[7]

if redis.call('EXISTS', prefix .. 'a:' .. article) == 1 then return 0 end
local learned = tonumber(redis.call('HGET', prefix .. 'stats', 'learned') or '0')
local generation = math.floor(math.max(0, learned - 1) / size)
for at = generation - 1, generation do
  if redis.call('SISMEMBER', prefix .. 'w:' .. at, article) == 1 then return 0 end
end

generation = math.floor(learned / size)
redis.call('HSET', prefix .. 'stats', 'learned', learned + 1)
redis.call('SADD', prefix .. 'w:' .. generation, article)
redis.call('DEL', prefix .. 'w:' .. (generation - 2))
for at = 8, #ARGV, 2 do
  count(prefix, ARGV[at], generation_size)
  learn(prefix, retention, ARGV[at + 1])
end
redis.call('SADD', languages, language)
return 1
