-- Puts a job into a queue as BullMQ's own clients do, versions 5 and 6.
--
-- KEYS  meta of the queue
-- ARGV  what the queue's keys begin with, job id, name, data, opts, delay in ms, priority, '1' for last in first out,
--       how long in ms it is remembered that the job was put in by this, and for which run
-- gives added, again where this was done before, or exists where there is a job of this id
local base, id = ARGV[1], ARGV[2]
local job, mark = base .. id, base .. 'runstream:' .. id
if redis.call('GET', mark) == ARGV[10] then
    return 'again'
end
if redis.call('EXISTS', job) == 1 then
    return 'exists'
end
redis.call('SET', mark, ARGV[10], 'PX', ARGV[9])
local delay, priority = tonumber(ARGV[6]), tonumber(ARGV[7])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local meta = redis.call('HMGET', base .. 'meta', 'paused', 'concurrency', 'opts.maxLenEvents', 'version')
local most = meta[3] or '10000'
local paused = meta[1]
local held = paused or (meta[2] and redis.call('LLEN', base .. 'active') >= tonumber(meta[2]))

local function tell(event, ...)
    redis.call('XADD', base .. 'events', 'MAXLEN', '~', most, '*', 'event', event, 'jobId', id, ...)
end

redis.call('HSET', job, 'name', ARGV[3], 'data', ARGV[4], 'opts', ARGV[5], 'timestamp', string.format('%.0f', now),
    'delay', ARGV[6], 'priority', ARGV[7])
tell('added', 'name', ARGV[3])

if delay > 0 then
    -- Twelve bits below the time keep jobs of one millisecond in their order.
    local least = (now + delay) * 0x1000
    local most_of_it = least + 0xfff
    local latest = redis.call('ZREVRANGEBYSCORE', base .. 'delayed', most_of_it, least, 'WITHSCORES', 'LIMIT', 0, 1)
    local score = latest[2] and math.min(tonumber(latest[2]) + 1, most_of_it) or least
    redis.call('ZADD', base .. 'delayed', score, id)
    tell('delayed', 'delay', string.format('%.0f', now + delay))
    local next = redis.call('ZRANGE', base .. 'delayed', 0, 0, 'WITHSCORES')
    redis.call('ZADD', base .. 'marker', tonumber(next[2]) / 0x1000, '1')
    return 'added'
end

if priority > 0 then
    local count = redis.call('INCR', base .. 'pc')
    redis.call('ZADD', base .. 'prioritized', priority * 0x100000000 + count % 0x100000000, id)
else
    -- Before version 6 a paused queue has a list of its own for what waits; later ones take over what is there.
    local major = tonumber(string.match(meta[4] or '', ':(%d+)%.') or '5')
    local list = (paused and major < 6) and 'paused' or 'wait'
    redis.call(ARGV[8] == '1' and 'RPUSH' or 'LPUSH', base .. list, id)
end
if not held then
    redis.call('ZADD', base .. 'marker', 0, '0')
end
tell('waiting')
return 'added'
