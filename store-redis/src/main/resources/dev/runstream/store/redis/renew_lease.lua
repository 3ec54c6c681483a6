-- Says that the worker of an attempt lives.
--
-- KEYS  meta
-- ARGV  attempt, now
-- gives 1 while the attempt is at work
local known = redis.call('HMGET', KEYS[1], 'attempt', 'state')
if known[1] ~= ARGV[1] or (known[2] ~= 'running' and known[2] ~= 'cancelling') then
    return 0
end
redis.call('HSET', KEYS[1], 'heard', ARGV[2])
return 1
