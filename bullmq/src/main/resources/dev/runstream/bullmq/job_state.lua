-- What a queue says of a job, and the last entry of its stream at the same moment.
--
-- KEYS  meta of the queue
-- ARGV  what the queue's keys begin with, job id
-- gives {last entry, state, name, data, opts, return value, reason of failure, attempts begun}; state is gone, completed,
--       failed, delayed, prioritized, waiting-children, active or waiting
local base, id = ARGV[1], ARGV[2]
local job = base .. id
local last = redis.call('XREVRANGE', base .. 'events', '+', '-', 'COUNT', 1)[1]
local fields = redis.call('HMGET', job, 'name', 'data', 'opts', 'returnvalue', 'failedReason', 'ats')
local state = 'gone'
if redis.call('EXISTS', job) == 1 then
    state = 'waiting'
    for _, set in ipairs({ 'completed', 'failed', 'delayed', 'prioritized', 'waiting-children' }) do
        if redis.call('ZSCORE', base .. set, id) then
            state = set
        end
    end
    if state == 'waiting'
        and (redis.call('EXISTS', job .. ':lock') == 1 or redis.call('LPOS', base .. 'active', id)) then
        state = 'active'
    end
end
local answer = { last and last[1] or '0-0', state }
for i = 1, 6 do
    answer[#answer + 1] = fields[i] or ''
end
return answer
