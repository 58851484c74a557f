import type { RedisScript } from './redis-link.ts';

/*
 * A log in Redis: a stream `<log>` whose entries `<seq>-0` hold one record each, and `<log>:head` with `<seq> <link>`,
 * where the link is a hash over all records up to it. Logs go by a random id; the hash `rooms` says which room has which
 * (`{log, bases}` in JSON), the hash `logs` which of them are removed.
 */

/**
 * KEYS stream, head, logs; ARGV id, expected head, new head, first seq, records ... Answers 1, `removed`, or the head
 * that is there instead; nothing is written then.
 */
export const APPEND_LOG: RedisScript = {
  name: 'append to a log',
  lua: `
if redis.call('HGET', KEYS[3], ARGV[1]) == 'removed' then return 'removed' end
local head = redis.call('GET', KEYS[2]) or '0 '
if head ~= ARGV[2] then return head end
for i = 5, #ARGV do
  redis.call('XADD', KEYS[1], (ARGV[4] + i - 5) .. '-0', 'r', ARGV[i])
end
redis.call('SET', KEYS[2], ARGV[3])
redis.call('PUBLISH', KEYS[1], ARGV[3])
return 1`,
};

/** KEYS stream, head; ARGV since, limit. Answers [head, records ...] of one moment. */
export const READ_LOG: RedisScript = {
  name: 'read a log',
  lua: `
local found = { redis.call('GET', KEYS[2]) or '0 ' }
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], ARGV[1] .. '-1', '+', 'COUNT', ARGV[2])) do
  found[#found + 1] = entry[2][2]
end
return found`,
};

/** KEYS rooms; ARGV name, what to say of it when it is new. Answers what is said of it. */
export const FIND_ROOM: RedisScript = {
  name: 'find a room',
  lua: `
redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
return redis.call('HGET', KEYS[1], ARGV[1])`,
};

/**
 * KEYS rooms, stream, head; ARGV from, what is said of it, to, what to say of that, head, record. Begins the log of a room
 * that stands on that of another. Answers 1, 0 when there is no such `from`, or `taken`; nothing is written then.
 */
export const DERIVE_ROOM: RedisScript = {
  name: 'make a room on another',
  lua: `
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
if redis.call('HSETNX', KEYS[1], ARGV[3], ARGV[4]) == 0 then return 'taken' end
redis.call('XADD', KEYS[2], '1-0', 'r', ARGV[6])
redis.call('SET', KEYS[3], ARGV[5])
return 1`,
};

/** KEYS rooms, logs; ARGV name, id, what to say of it. Says it again of a room that Redis lost; 0 when it was removed. */
export const RESTORE_ROOM: RedisScript = {
  name: 'restore a room',
  lua: `
if redis.call('HGET', KEYS[2], ARGV[2]) == 'removed' then return 0 end
redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[3])
return 1`,
};

/** KEYS rooms; ARGV from, to, channel, message. Answers 0 when there is no room `from`, or one named `to`. */
export const RENAME_ROOM: RedisScript = {
  name: 'rename a room',
  lua: `
local room = redis.call('HGET', KEYS[1], ARGV[1])
if not room or redis.call('HSETNX', KEYS[1], ARGV[2], room) == 0 then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 1`,
};

/**
 * KEYS rooms, logs, then stream and head of the room's log and of those it stands on; ARGV name, what is said of it,
 * channel, message, then the ids of these logs. Answers 0, having done nothing, when something else is said of the name. A
 * log that another room stands on stays readable; removed ones that none needs any more go.
 */
export const REMOVE_ROOM: RedisScript = {
  name: 'remove a room',
  lua: `
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[5], 'removed')
local rooms = redis.call('HVALS', KEYS[1])
for i = 5, #ARGV do
  local isNeeded = redis.call('HGET', KEYS[2], ARGV[i]) ~= 'removed'
  for _, room in ipairs(rooms) do
    if string.find(room, ARGV[i], 1, true) then isNeeded = true end
  end
  if not isNeeded then redis.call('DEL', KEYS[2 * i - 7], KEYS[2 * i - 6]) end
end
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 1`,
};
