-- What a queue says of a job, and the last entry of its stream at the same moment.
--
-- KEYS  meta of the queue
-- ARGV  what the queue's keys begin with, job id, how many bytes of the job's data and of its options are wanted at most
-- gives {last entry, state, name, data, opts, return value, reason of failure, attempts begun}; state is gone, completed,
--       failed, delayed, prioritized, waiting-children, active or waiting. Data and options that are larger are left out.
local base, id, most = ARGV[1], ARGV[2], tonumber(ARGV[3])
local job = base .. id
local last = redis.call('XREVRANGE', base .. 'events', '+', '-', 'COUNT', 1)[1]
local answer = { last and last[1] or '0-0', 'gone', '', '', '', '', '', '' }
-- Keys of the queue itself, and what belongs to a job, are called as jobs may be; only a job has a timestamp.
if redis.call('TYPE', job).ok ~= 'hash' or redis.call('HEXISTS', job, 'timestamp') == 0 then
    return answer
end
answer[2] = 'waiting'
for _, set in ipairs({ 'completed', 'failed', 'delayed', 'prioritized', 'waiting-children' }) do
    if redis.call('ZSCORE', base .. set, id) then
        answer[2] = set
    end
end
if answer[2] == 'waiting'
    and (redis.call('EXISTS', job .. ':lock') == 1 or redis.call('LPOS', base .. 'active', id)) then
    answer[2] = 'active'
end
for i, field in ipairs({ 'name', 'data', 'opts', 'returnvalue', 'failedReason', 'ats' }) do
    local isWanted = (field ~= 'data' and field ~= 'opts') or redis.call('HSTRLEN', job, field) <= most
    answer[2 + i] = isWanted and redis.call('HGET', job, field) or ''
end
return answer
