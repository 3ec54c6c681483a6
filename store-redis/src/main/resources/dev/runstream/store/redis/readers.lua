-- Notes that a node has readers of a run until a time, or, with 0 for that time, that its last one has left.
--
-- KEYS  meta, readers
-- ARGV  node, until, now
local meta, readers = KEYS[1], KEYS[2]
if redis.call('EXISTS', meta) == 0 then
    return 0
end
if ARGV[2] ~= '0' then
    redis.call('ZADD', readers, ARGV[2], ARGV[1])
else
    redis.call('ZREM', readers, ARGV[1])
    if redis.call('ZCOUNT', readers, '(' .. ARGV[3], '+inf') == 0 then
        redis.call('HSET', meta, 'gone', ARGV[3])
    end
end
local ttl = redis.call('PTTL', meta)
if ttl > 0 then
    redis.call('PEXPIRE', readers, ttl)
end
return 1
