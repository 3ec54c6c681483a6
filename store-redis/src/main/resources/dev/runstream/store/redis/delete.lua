-- Deletes a run that has ended, unless somebody reads it.
--
-- KEYS  meta, events, input, readers
-- ARGV  when it ended, now
-- gives 1 where it is gone
local meta = KEYS[1]
local known = redis.call('HMGET', meta, 'endedAt', 'keptUntil')
if not known[1] then
    return 1
end
if known[1] ~= ARGV[1] or tonumber(known[2] or '0') > tonumber(ARGV[2]) then
    return 0
end
redis.call('DEL', unpack(KEYS))
return 1
