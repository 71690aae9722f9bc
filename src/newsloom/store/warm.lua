-- What an article of an archive teaches, once: no story is decided, no event opened. learn.lua stands above this.
-- ARGV: prefix, article and place (8 bytes each), stories of a generation of counts, articles of a generation
-- of those learned from, retention; then for each story what `count` takes, and what `learn` takes.
-- Returns: 1, or 0 where it was learned from before, or decided.
local prefix, article, place = ARGV[1], ARGV[2], ARGV[3]
local generation_size, size, retention = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]

if redis.call('HEXISTS', prefix .. 'p:' .. place, article) == 1 then return 0 end
local learned = tonumber(redis.call('HGET', prefix .. 'stats', 'learned') or '0')
local generation = math.floor(math.max(0, learned - 1) / size)
for at = generation - 1, generation do
  if redis.call('SISMEMBER', prefix .. 'w:' .. at, article) == 1 then return 0 end
end

generation = math.floor(learned / size)
redis.call('HSET', prefix .. 'stats', 'learned', learned + 1)
redis.call('SADD', prefix .. 'w:' .. generation, article)
redis.call('DEL', prefix .. 'w:' .. (generation - 2))
for at = 7, #ARGV, 2 do
  count(prefix, ARGV[at], generation_size)
  learn(prefix, retention, ARGV[at + 1])
end
return 1
