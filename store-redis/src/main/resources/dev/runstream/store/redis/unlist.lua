-- Takes a run out of a list, unless a later one of its name is meant.
--
-- KEYS  list
-- ARGV  run id, when it was created at the latest
-- gives 1 where a later one is listed
local created = redis.call('ZSCORE', KEYS[1], ARGV[1])
if created and tonumber(created) > tonumber(ARGV[2]) then
    return 1
end
redis.call('ZREM', KEYS[1], ARGV[1])
return 0
