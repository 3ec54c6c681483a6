-- For how long no process has asked for what waits in a queue.
--
-- KEYS  queue
-- ARGV  group
-- gives ms, -1 where none is known that ever did
local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])
local least = -1
if not consumers.err then
    for _, consumer in ipairs(consumers) do
        for i = 1, #consumer, 2 do
            if consumer[i] == 'idle' and (least < 0 or consumer[i + 1] < least) then
                least = consumer[i + 1]
            end
        end
    end
end
return least
