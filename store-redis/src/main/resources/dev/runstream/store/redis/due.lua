-- Says that a process is there, and hands out runs for which something may be due. Each is handed out again after a
-- while, unless it was given another time by then.
--
-- KEYS  up, deadlines
-- ARGV  now, since when the caller has been there without a break, silence in ms that counts as an absence of all,
--       when to hand out again, how many at most
-- gives {since when somebody has always been there, run id…}
local up, deadlines = KEYS[1], KEYS[2]
local now = tonumber(ARGV[1])
local last = tonumber(redis.call('HGET', up, 'last') or '0')
if tonumber(ARGV[2]) - last > tonumber(ARGV[3]) then
    redis.call('HSET', up, 'since', ARGV[2])
end
if now > last then
    redis.call('HSET', up, 'last', ARGV[1])
end
local answer = { redis.call('HGET', up, 'since') or ARGV[1] }
for _, run in ipairs(redis.call('ZRANGEBYSCORE', deadlines, '-inf', ARGV[1], 'LIMIT', 0, ARGV[5])) do
    redis.call('ZADD', deadlines, ARGV[4], run)
    answer[#answer + 1] = run
end
return answer
