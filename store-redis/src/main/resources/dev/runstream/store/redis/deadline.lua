-- Gives a run another deadline instead of one that it is known to have; where it was given another meanwhile, an earlier
-- one stays.
--
-- KEYS  deadlines
-- ARGV  run id, when it is due, the deadline that is known
local known = redis.call('ZSCORE', KEYS[1], ARGV[1])
if known and tonumber(known) ~= tonumber(ARGV[3]) and tonumber(known) <= tonumber(ARGV[2]) then
    return 0
end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
return 1
