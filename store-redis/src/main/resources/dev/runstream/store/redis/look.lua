-- A run as it is, and whether anybody reads it.
--
-- KEYS  meta, readers
-- ARGV  now
-- gives {meta, how many nodes have readers, when the last node that was heard of is taken for gone}
local latest = redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')
return { redis.call('HGETALL', KEYS[1]), redis.call('ZCOUNT', KEYS[2], '(' .. ARGV[1], '+inf'), latest[2] or '0' }
