-- Takes a job out of its queue, if no worker has it.
--
-- KEYS  meta of the queue
-- ARGV  what the queue's keys begin with, job id
-- gives removed, gone where there is no such job, active where a worker has it, ended, or kept where it is part of a
--       flow or made by a scheduler, which could not go on without it
local base, id = ARGV[1], ARGV[2]
local job = base .. id
if redis.call('TYPE', job).ok ~= 'hash' or redis.call('HEXISTS', job, 'timestamp') == 0 then
    return 'gone'
end
if redis.call('EXISTS', job .. ':lock') == 1 then
    return 'active'
end
if redis.call('ZSCORE', base .. 'completed', id) or redis.call('ZSCORE', base .. 'failed', id) then
    return 'ended'
end
local known = redis.call('HMGET', job, 'parentKey', 'rjk', 'deid')
if known[1] or known[2] or redis.call('EXISTS', job .. ':dependencies') == 1
    or redis.call('ZSCORE', base .. 'waiting-children', id) then
    return 'kept'
end
local from
for _, list in ipairs({ 'wait', 'paused' }) do
    if redis.call('LREM', base .. list, 0, id) > 0 then
        from = list
    end
end
for _, set in ipairs({ 'delayed', 'prioritized' }) do
    if redis.call('ZREM', base .. set, id) > 0 then
        from = set
    end
end
if not from then
    -- Its worker has lost its lock, and may not know that yet.
    return 'active'
end
if known[3] and redis.call('GET', base .. 'de:' .. known[3]) == id then
    redis.call('DEL', base .. 'de:' .. known[3])
end
redis.call('DEL', job, job .. ':logs', job .. ':processed', job .. ':failed', job .. ':unsuccessful')
local most = redis.call('HGET', base .. 'meta', 'opts.maxLenEvents') or '10000'
redis.call('XADD', base .. 'events', 'MAXLEN', '~', most, '*', 'event', 'removed', 'jobId', id, 'prev', from)
return 'removed'
