-- Stores up to where a queue has been copied, unless somebody has come further.
--
-- KEYS  the positions of all queues
-- ARGV  field of the queue, and both numbers of the entry's id
local known = redis.call('HGET', KEYS[1], ARGV[1])
local millis, seq = tonumber(ARGV[2]), tonumber(ARGV[3])
if known then
    local knownMillis, knownSeq = string.match(known, '^(%d+)-(%d+)$')
    knownMillis, knownSeq = tonumber(knownMillis), tonumber(knownSeq)
    if knownMillis > millis or (knownMillis == millis and knownSeq >= seq) then
        return
    end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. '-' .. ARGV[3])
