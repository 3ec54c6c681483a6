-- Takes a run over on a server that did not write it: either nothing can be missing and the log goes on, or what is left
-- is numbered anew under a greater epoch, since readers may have seen events that are gone.
--
-- KEYS  meta, events
-- ARGV  epoch as the caller knows it, '1' to keep it, the greater epoch, channel, publish command
-- gives {'gone'}, or {'there', meta} with the run as it is afterwards, whoever has renewed it
local meta, events = KEYS[1], KEYS[2]
local epoch = redis.call('HGET', meta, 'epoch')
if not epoch then
    return { 'gone' }
end
if epoch == ARGV[1] then
    redis.call('HSET', meta, 'replid', string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)'))
    if ARGV[2] ~= '1' then
        local ttl = redis.call('PTTL', meta)
        local held = redis.call('XRANGE', events, '-', '+')
        redis.call('DEL', events)
        for _, entry in ipairs(held) do
            local seq = string.match(entry[1], '%-(%d+)$')
            redis.call('XADD', events, ARGV[3] .. '-' .. seq, unpack(entry[2]))
        end
        if ttl > 0 then
            redis.call('PEXPIRE', events, ttl)
        end
        local fields = redis.call('HGETALL', meta)
        for i = 1, #fields, 2 do
            if string.sub(fields[i], 1, 2) == 'p:' then
                redis.call('HSET', meta, fields[i], (string.gsub(fields[i + 1], '%d+$', '1')))
            end
        end
        local waits = redis.call('HMGET', meta, 'state', 'attempt', 'agent')
        if (waits[1] == 'queued' or waits[1] == 'retrying') and waits[3] ~= 'external' then
            -- Somebody may be at an attempt of which the begin is forgotten: it has the number, the next one another.
            redis.call('HSET', meta, 'attempt', string.format('%.0f', tonumber(waits[2]) + 1))
        end
        redis.call('HSET', meta, 'epoch', ARGV[3])
        redis.call('HINCRBY', meta, 'rev', 1)
        redis.call(ARGV[5], ARGV[4], 'reset')
    end
end
return { 'there', redis.call('HGETALL', meta) }
