import type { RedisScript } from './redis-link.ts';

/*
 * A room in Redis: a hash `<room>` with `epoch`, `gen` (random, made with the hash: another one means that Redis was
 * emptied) and `n`, the number of its last entry; and a stream `<room>:log` whose entries `<n>-0` hold sixteen letters of
 * the process that wrote it and what it wrote. Entries are published as `<gen> <n> <entry>`.
 */

/** KEYS hash, rooms; ARGV room, epoch, gen. Answers [epoch, gen, n] of the room that is there then. */
export const BEGIN_DOC: RedisScript = {
  name: 'begin a document',
  lua: `
if redis.call('HEXISTS', KEYS[1], 'gen') == 0 then
  redis.call('DEL', KEYS[1], KEYS[1] .. ':log')
  redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'gen', ARGV[3], 'n', 0)
  redis.call('SADD', KEYS[2], ARGV[1])
end
return redis.call('HMGET', KEYS[1], 'epoch', 'gen', 'n')`,
};

/** KEYS hash, stream. Answers [epoch, gen, n, removed, entries ...], all of one moment. */
export const READ_DOC: RedisScript = {
  name: 'read a document',
  lua: `
local found = redis.call('HMGET', KEYS[1], 'epoch', 'gen', 'n', 'removed')
local entries = redis.call('XRANGE', KEYS[2], ARGV[1] .. '-1', '+')
for _, entry in ipairs(entries) do found[#found + 1] = entry[2][2] end
return found`,
};

/** KEYS hash, stream; ARGV gen, entry, channel. Answers the number of the entry, or -1 when the room is another. */
export const APPEND_DOC: RedisScript = {
  name: 'append to a document',
  lua: `
if redis.call('HGET', KEYS[1], 'gen') ~= ARGV[1] then return -1 end
local n = redis.call('HINCRBY', KEYS[1], 'n', 1)
redis.call('XADD', KEYS[2], n .. '-0', 'e', ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[1] .. ' ' .. n .. ' ' .. ARGV[2])
return n`,
};

/**
 * KEYS hash, stream; ARGV gen, entry, channel, seen, what to publish. Takes away what the entry includes: everything up
 * to `seen`, and what the same process wrote. What others wrote since stays.
 */
export const COMPACT_DOC: RedisScript = {
  name: 'compact a document',
  lua: `
if redis.call('HGET', KEYS[1], 'gen') ~= ARGV[1] then return -1 end
redis.call('XTRIM', KEYS[2], 'MINID', (ARGV[4] + 1) .. '-0')
local writer = string.sub(ARGV[2], 1, 16)
for _, entry in ipairs(redis.call('XRANGE', KEYS[2], '-', '+')) do
  if string.sub(entry[2][2], 1, 16) == writer then redis.call('XDEL', KEYS[2], entry[1]) end
end
local n = redis.call('HINCRBY', KEYS[1], 'n', 1)
redis.call('XADD', KEYS[2], n .. '-0', 'e', ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[1] .. ' ' .. n .. ' ' .. ARGV[5])
return n`,
};

/** KEYS hash, stream, rooms; ARGV room, channel. Leaves a sign for a day, so that no other process brings it back. */
export const REMOVE_DOC: RedisScript = {
  name: 'remove a document',
  lua: `
local was = redis.call('HEXISTS', KEYS[1], 'gen')
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('SREM', KEYS[3], ARGV[1])
if was == 1 then
  redis.call('HSET', KEYS[1], 'removed', 1)
  redis.call('EXPIRE', KEYS[1], 86400)
  redis.call('PUBLISH', ARGV[2], 'removed 0 ')
end
return was`,
};
