-- Gives an idempotency key back, if it is still that run's.
--
-- KEYS  key
-- ARGV  run id
if redis.call('GET', KEYS[1]) == ARGV[1] then
    redis.call('DEL', KEYS[1])
    return 1
end
return 0
