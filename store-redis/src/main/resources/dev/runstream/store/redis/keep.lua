-- Keeps an ended run that is being read a while longer.
--
-- KEYS  meta, events, input, readers
-- ARGV  until, least ttl in ms
local meta = KEYS[1]
local ttl = redis.call('PTTL', meta)
if ttl == -2 then
    return 0
end
redis.call('HSET', meta, 'keptUntil', ARGV[1])
if ttl >= 0 and ttl < tonumber(ARGV[2]) then
    for _, key in ipairs(KEYS) do
        redis.call('PEXPIRE', key, ARGV[2])
    end
end
return 1
