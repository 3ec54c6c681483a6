-- Removes consumers that have not been heard of for a while and hold nothing: processes that were killed.
--
-- KEYS  queue
-- ARGV  group, silence in ms
-- gives how many were removed
local removed = 0
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
    local known = {}
    for i = 1, #consumer, 2 do
        known[consumer[i]] = consumer[i + 1]
    end
    if known.pending == 0 and known.idle > tonumber(ARGV[2]) then
        redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], known.name)
        removed = removed + 1
    end
end
return removed
