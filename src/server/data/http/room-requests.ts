import { isRecord } from '../../../data/frame-codec.ts';
import { CovalenceError } from '../../../protocol/errors.ts';
import { HEADER } from '../../../protocol/routes.ts';
import type { CommitRecord, RecordOp, StoredKeys } from '../commit-record.ts';
import type { RoomData } from '../room-data.ts';
import { FULL_GRANT, type Grant, isGranted } from '../../access/grant.ts';
import { assertMay, type ChannelRequest, commitContext, type RoomRequest } from './channel-context.ts';
import { answer } from './content.ts';
import { wholeNumber } from './frame-reads.ts';
import { assertKnownFields } from './known-names.ts';
import { kindOf, readMap } from './request-body.ts';

/** `GET /rooms` */
export async function listRooms({ request, rooms, caller, sharedStates }: ChannelRequest): Promise<Response> {
  const { grant = FULL_GRANT } = caller;
  const all = await rooms.list();
  const seen = all.filter(({ name }) => isGranted(grant, 'read', name));
  const told = seen.map((room) => {
    const people = sharedStates?.peopleIn(room.name) ?? 0;
    return { ...room, ...(people === 0 ? {} : { people }), may: mayDo(grant, room.name) };
  });
  return answer(request, { rooms: told, ...(seen.length === all.length ? { disk_bytes: rooms.blobByteLength } : {}) });
}

/** What may be done with a room as a whole; renaming and copying need to go beyond the one room a token may be for. */
function mayDo(grant: Grant, room: string): string[] {
  const isForAll = grant.room === undefined;
  return [
    ...(isForAll && isGranted(grant, 'admin', room) ? ['rename'] : []),
    ...(isForAll && isGranted(grant, 'create', room) ? ['copy'] : []),
    ...(isGranted(grant, 'admin', room) ? ['delete'] : []),
  ];
}

/** `POST /rooms {name, base?: {room, seq?}, state?}` */
export async function createRoom(call: ChannelRequest): Promise<Response> {
  const body = await readMap(call);
  assertKnownFields(body, ['name', 'base', 'state'], 'A new room');
  const { name, base, state = false } = body;
  if (typeof name !== 'string') {
    throw new CovalenceError('room/name-invalid', `Name the room: {"name": "argon"}; found ${kindOf(name)}.`);
  }
  assertMay(call, 'create', name);
  const from = baseOf(base);
  if (from !== undefined) assertMay(call, 'read', from.room);
  if (typeof state !== 'boolean' || (state && from === undefined)) {
    throw new CovalenceError(
      'request/invalid',
      '"state" is true or false, and goes with a "base", whose state is copied.',
    );
  }
  const room = await call.rooms.create(name, from);
  if (state && from !== undefined) await copyState(call, from.room, name);
  return answer(call.request, described(room), { status: 201 });
}

/** A room that lacks half of what was asked for is none. */
async function copyState({ rooms, sharedStates }: ChannelRequest, from: string, to: string): Promise<void> {
  try {
    await sharedStates?.copy(from, to);
  } catch (error) {
    await rooms.delete(to).catch(() => undefined);
    throw error;
  }
}

function baseOf(base: unknown): { room: string; seq?: number | undefined } | undefined {
  if (base === undefined || base === null) return undefined;
  const { room, seq, ...more } = isRecord(base) ? base : {};
  assertKnownFields(more, ['room', 'seq'], 'A base');
  if (typeof room === 'string' && (seq === undefined || typeof seq === 'number')) return { room, seq };
  throw new CovalenceError('request/invalid', 'A base is {"room": "argon", "seq": 7}; "seq" may be left out.');
}

/** `GET /rooms/{room}` */
export function describeRoom({ request, room }: RoomRequest): Response {
  return answer(request, described(room), { headers: { [HEADER.seq]: String(room.seq) } });
}

/** `PATCH /rooms/{room} {name?, require_lock?}` */
export async function changeRoom(call: RoomRequest): Promise<Response> {
  const body = await readMap(call);
  assertKnownFields(body, ['name', 'require_lock'], 'A change of a room');
  const { name, require_lock: requireLock } = body;
  if (typeof name === 'string') assertMay(call, 'admin', name);
  if (requireLock !== undefined) {
    if (typeof requireLock !== 'boolean') {
      throw new CovalenceError('request/invalid', `"require_lock" is true or false, found ${kindOf(requireLock)}.`);
    }
    await call.room.setPolicy({ requireLock }, commitContext(call));
  }
  if (name === undefined || name === call.room.name) return answer(call.request, described(call.room));
  if (typeof name !== 'string') throw new CovalenceError('room/name-invalid', `A room is named by a text.`);
  return answer(call.request, described(await call.rooms.rename(call.room.name, name)));
}

/** `DELETE /rooms/{room}` */
export async function deleteRoom({ rooms }: ChannelRequest, name: string): Promise<Response> {
  await rooms.delete(name);
  return new Response(null, { status: 204 });
}

/** `GET .../log?since=&limit=`: what changed, who did it and when. */
export function readLog({ request, url, room }: RoomRequest): Response {
  const since = wholeNumber(url.searchParams, 'since', 0, Number.MAX_SAFE_INTEGER);
  const limit = wholeNumber(url.searchParams, 'limit', 1_000, 10_000);
  return answer(
    request,
    { seq: room.seq, epoch: room.epoch, records: room.log(since, limit).map(recordToWire) },
    { headers: { [HEADER.seq]: String(room.seq) } },
  );
}

function described(room: RoomData): Record<string, unknown> {
  const { name, durability, requireLock, source } = room;
  return { name, ...room.info(), durability, require_lock: requireLock, ...(source === undefined ? {} : { source }) };
}

/** A record as everybody may see it: values as hashes, locks without their tokens. */
function recordToWire({ seq, at, author, session, ops, undo, redo }: CommitRecord): Record<string, unknown> {
  return {
    seq,
    at_ms: at,
    ...(author === undefined ? {} : { author }),
    ...(session === undefined ? {} : { session }),
    ...(undo === undefined ? {} : { undo }),
    ...(redo === undefined ? {} : { redo }),
    ops: ops.map(opToWire),
  };
}

function opToWire(op: RecordOp): Record<string, unknown> {
  switch (op.op) {
    case 'room':
      return { op: 'room', name: op.name, epoch: op.epoch };
    case 'policy':
      return { op: 'policy', require_lock: op.requireLock };
    case 'set':
      return { op: 'set', id: op.id, version: op.version, hashes: hashesOf(op.keys) };
    case 'insert':
      return {
        op: 'insert',
        ...(op.after === undefined ? {} : { after: op.after }),
        frames: op.frames.map(({ id, version, keys }) => ({ id, version, hashes: hashesOf(keys) })),
      };
    case 'lock':
      return { op: 'lock', name: op.name, session: op.session, holder: op.holder, message: op.message };
    default:
      return { ...op };
  }
}

function hashesOf(keys: StoredKeys): Record<string, string | null> {
  return Object.fromEntries(Object.entries(keys).map(([key, stored]) => [key, stored === null ? null : stored.hash]));
}
