-- Stores a decision on a run, if what it rests on still holds: the log's epoch, the run's revision, and the numbers of
-- the producers that take part. Events get the next seqs; what is too much goes; followers are told.
--
-- KEYS  meta, events, input, readers
-- ARGV  node, number of the node's commit, epoch, revision, ttl in ms or 0, channel, publish command,
--       producers, (field, expected)…, fields, (name, value)…, events, (type, attempt, data)…
-- gives {'ok', seq before, bytes before, first, held, partial, island, island's bytes, starts of attempts},
--       {'again', seq after, meta} where this commit was stored before, {'stale', meta} where something has changed,
--       {'moved', second replication id, meta} where another server than the one that wrote it last has it,
--       {'gone'}
local meta, events = KEYS[1], KEYS[2]
local node, number, epoch, revision, ttl, channel, publish = unpack(ARGV, 1, 7)
local at = 7

local function take()
    at = at + 1
    return ARGV[at]
end
local function whole(value)
    return string.format('%.0f', value)
end

local known = redis.call('HMGET', meta, 'epoch', 'rev', 'replid', 'by:' .. node, 'lastSeq', 'bytes',
    'firstSeq', 'held', 'partialSeq', 'islandSeq', 'islandBytes', 'starts', 'cap')
if not known[1] then
    return { 'gone' }
end
local lastNumber, lastNumbersSeq = string.match(known[4] or '', '^(%d+) (%d+)$')
if lastNumber == number then
    -- It is here, whichever server wrote it.
    return { 'again', lastNumbersSeq, redis.call('HGETALL', meta) }
end
local replication = redis.call('INFO', 'replication')
if known[3] ~= string.match(replication, 'master_replid:(%w+)') then
    return { 'moved', string.match(replication, 'master_replid2:(%w+)'), redis.call('HGETALL', meta) }
end
if lastNumber and tonumber(lastNumber) > tonumber(number) then
    -- The node went on with another copy of the run; what became of this one is not known here.
    return { 'stale', redis.call('HGETALL', meta) }
end
if known[1] ~= epoch or known[2] ~= revision then
    return { 'stale', redis.call('HGETALL', meta) }
end
for _ = 1, tonumber(take()) do
    local field, expected = take(), take()
    if (redis.call('HGET', meta, field) or '') ~= expected then
        return { 'stale', redis.call('HGETALL', meta) }
    end
end

local told = {}
for _ = 1, tonumber(take()) do
    local name, value = take(), take()
    redis.call('HSET', meta, name, value)
    if name ~= 'heard' and not string.find(name, ':', 1, true) then
        told[#told + 1] = name .. ' ' .. value .. '\n'
    end
end

local last, bytes, first, held, partial, island, islandBytes = tonumber(known[5]), tonumber(known[6]),
    tonumber(known[7]), tonumber(known[8]), tonumber(known[9]), tonumber(known[10]), tonumber(known[11])
local starts, cap = known[12], tonumber(known[13])
local before = { known[5], known[6] }
local _, attempts = string.gsub(starts, '%d+', '')
local count = tonumber(take())
local block = {}
for _ = 1, count do
    local type, attempt, data = take(), take(), take()
    last = last + 1
    redis.call('XADD', events, epoch .. '-' .. whole(last), 't', type, 'a', attempt, 'd', data)
    bytes = bytes + #data
    held = held + #data
    while attempts < tonumber(attempt) do
        attempts = attempts + 1
        starts = starts .. ',' .. whole(last)
        partial = 0
    end
    if type == '2' then
        partial = last
    end
    block[#block + 1] = type .. ' ' .. attempt .. ' ' .. #data .. '\n'
    block[#block + 1] = data
end

-- The oldest events go until no more than the cap is held, but never the last one nor the latest attempt's latest
-- partial, which then stands alone before the others: the island.
if held > cap then
    local sizes, evicted = {}, {}
    local function size(seq)
        if not sizes[seq] then
            local id = epoch .. '-' .. whole(seq)
            for i, entry in ipairs(redis.call('XRANGE', events, id, '+', 'COUNT', 16)) do
                sizes[seq + i - 1] = #entry[2][6]
            end
        end
        return sizes[seq]
    end
    while held > cap do
        if island ~= 0 and island ~= partial then
            held = held - islandBytes
            evicted[#evicted + 1] = island
            island, islandBytes = 0, 0
        elseif first >= last then
            break
        elseif first == partial then
            island, islandBytes = first, size(first)
            first = first + 1
        else
            held = held - size(first)
            evicted[#evicted + 1] = first
            first = first + 1
        end
    end
    for _, seq in ipairs(evicted) do
        redis.call('XDEL', events, epoch .. '-' .. whole(seq))
    end
end

redis.call('HSET', meta, 'by:' .. node, number .. ' ' .. whole(last), 'lastSeq', whole(last), 'bytes', whole(bytes),
    'firstSeq', whole(first), 'held', whole(held), 'partialSeq', whole(partial), 'islandSeq', whole(island),
    'islandBytes', whole(islandBytes), 'starts', starts)
if tonumber(ttl) > 0 then
    for _, key in ipairs(KEYS) do
        redis.call('PEXPIRE', key, ttl)
    end
end
if count > 0 then
    local head = table.concat({ node, epoch, before[1], count, whole(bytes), whole(first), whole(held), whole(partial),
        whole(island), whole(islandBytes), starts }, ' ')
    redis.call(publish, channel, head .. '\n' .. table.concat(told) .. '\n' .. table.concat(block))
end
return { 'ok', before[1], before[2], whole(first), whole(held), whole(partial), whole(island), whole(islandBytes),
    starts }
