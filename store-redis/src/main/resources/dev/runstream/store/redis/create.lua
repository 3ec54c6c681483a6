-- Stores a run that is not there yet, with its first events.
--
-- KEYS  meta, events, input
-- ARGV  epoch, input, fields, (name, value)…, events, (type, attempt, data)…
-- gives {'fresh'}, or {'taken', meta} with the run that is there
local meta, events, input = KEYS[1], KEYS[2], KEYS[3]

if redis.call('EXISTS', meta) == 1 then
    return { 'taken', redis.call('HGETALL', meta) }
end
local epoch = ARGV[1]
redis.call('DEL', events)
redis.call('SET', input, ARGV[2])
local at = 3
for _ = 1, tonumber(ARGV[at]) do
    redis.call('HSET', meta, ARGV[at + 1], ARGV[at + 2])
    at = at + 2
end
at = at + 1
for seq = 1, tonumber(ARGV[at]) do
    redis.call('XADD', events, epoch .. '-' .. seq, 't', ARGV[at + 1], 'a', ARGV[at + 2], 'd', ARGV[at + 3])
    at = at + 3
end
redis.call('HSET', meta, 'replid', string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)'))
return { 'fresh' }
