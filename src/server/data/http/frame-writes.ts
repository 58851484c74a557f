import { dataFromWire, isRecord } from '../../../data/frame-codec.ts';
import { patchFromWire } from '../../../data/delta.ts';
import { CovalenceError } from '../../../protocol/errors.ts';
import type { FrameData } from '../../../protocol/frames.ts';
import { HEADER } from '../../../protocol/routes.ts';
import type { FrameEdit, Place } from '../frame-edit.ts';
import type { RoomCommit } from '../room-data.ts';
import { commitContext, type RoomRequest } from './channel-context.ts';
import { answer } from './content.ts';
import { assertKnownFields } from './known-names.ts';
import { kindOf, readEntries, readMap, readValue } from './request-body.ts';

/** `POST .../frames`: appends or inserts one frame or a list of them, stored as they arrive and visible all at once. */
export async function insertFrames(call: RoomRequest): Promise<Response> {
  const { room, url } = call;
  const frames = framesIn(readEntries(call, call.uploadLimit));
  const place = placeOf(url.searchParams.get('after'), url.searchParams.get('before'));
  return committed(call, await room.commit([{ op: 'insert', frames, ...place }], commitContext(call)), 201);
}

async function* framesIn(entries: AsyncIterable<unknown>): AsyncGenerator<FrameData> {
  for await (const entry of entries) yield dataFromWire(entry);
}

/** `PUT .../frames/{id}`: replaces a frame whole. */
export async function replaceFrame(call: RoomRequest, id: string): Promise<Response> {
  const { baseVersion, data } = baseAndData(call, id, await readValue(call));
  return committed(
    call,
    await call.room.commit([{ op: 'replace', id, baseVersion, data: dataFromWire(data) }], commitContext(call)),
  );
}

/** `PATCH .../frames/{id}`: replaces some values, or rows of arrays; null takes a value away. */
export async function patchFrame(call: RoomRequest, id: string): Promise<Response> {
  const { baseVersion, data } = baseAndData(call, id, await readValue(call));
  return committed(
    call,
    await call.room.commit([{ op: 'patch', id, baseVersion, data: patchFromWire(data) }], commitContext(call)),
  );
}

/** `DELETE .../frames/{id}` */
export async function removeFrame(call: RoomRequest, id: string): Promise<Response> {
  const { baseVersion } = baseAndData(call, id, await readMap(call));
  return committed(call, await call.room.commit([{ op: 'remove', id, baseVersion }], commitContext(call)));
}

/** `POST .../commit {ops: [...]}`: several edits, all or none. */
export async function commitEdits(call: RoomRequest): Promise<Response> {
  const body = await readMap(call);
  assertKnownFields(body, ['ops'], 'A commit');
  const { ops } = body;
  if (!Array.isArray(ops)) {
    throw new CovalenceError('request/invalid', `A commit is {"ops": [...]}, found ${kindOf(ops)} as "ops".`);
  }
  const edits = ops.map(editFromWire);
  return committed(call, await call.room.commit(edits, commitContext(call)));
}

/** `POST .../undo {seq?}` and `POST .../redo {seq?}` */
export async function revertCommit(call: RoomRequest, kind: 'undo' | 'redo'): Promise<Response> {
  const body = await readMap(call);
  assertKnownFields(body, ['seq'], `A request to ${kind}`);
  const { seq } = body;
  if (seq !== undefined && !(Number.isSafeInteger(seq) && (seq as number) > 0)) {
    throw new CovalenceError('request/invalid', `"seq" is the number of a commit, found ${kindOf(seq)}.`);
  }
  return committed(call, await call.room[kind]({ ...commitContext(call), seq: seq as number | undefined }));
}

const FIELDS_OF: Readonly<Record<string, readonly string[]>> = {
  patch: ['op', 'id', 'base_version', 'data'],
  replace: ['op', 'id', 'base_version', 'data'],
  remove: ['op', 'id', 'base_version'],
  insert: ['op', 'frames', 'after', 'before'],
  move: ['op', 'id', 'after', 'before'],
};

function editFromWire(wire: unknown, place: number): FrameEdit {
  if (!isRecord(wire)) throw new CovalenceError('request/invalid', `ops[${place}] is ${kindOf(wire)}, not a map.`);
  const { op, id, after, before, data, frames } = wire;
  const fields = typeof op === 'string' && Object.hasOwn(FIELDS_OF, op) ? FIELDS_OF[op] : undefined;
  if (fields !== undefined) assertKnownFields(wire, fields, `ops[${place}]`);
  if (op === 'insert') {
    if (!Array.isArray(frames) || frames.length === 0) {
      throw new CovalenceError('request/invalid', `ops[${place}] inserts no frames: "frames" is ${kindOf(frames)}.`);
    }
    return { op, frames: frames.map(dataFromWire), ...placeOf(after, before) };
  }
  if (typeof id !== 'string') throw new CovalenceError('request/invalid', `ops[${place}] names no frame as "id".`);
  if (op === 'move') return { op, id, ...placeOf(after, before) };
  const baseVersion = wire['base_version'];
  if (op !== 'patch' && op !== 'replace' && op !== 'remove') {
    throw new CovalenceError(
      'request/invalid',
      `ops[${place}]: "op" is one of patch, replace, insert, remove, move, found ${JSON.stringify(op) ?? 'nothing'}.`,
    );
  }
  if (!isVersion(baseVersion)) throw baseRequired(id);
  if (op === 'remove') return { op, id, baseVersion };
  return op === 'patch'
    ? { op, id, baseVersion, data: patchFromWire(data) }
    : { op, id, baseVersion, data: dataFromWire(data) };
}

/** The answer to a commit. */
export function committed(call: RoomRequest, { seq, frames, durability, ids }: RoomCommit, status = 200): Response {
  const versions = Object.values(frames);
  return answer(
    call.request,
    { seq, frames, durability, ids },
    {
      status,
      headers: {
        [HEADER.seq]: String(seq),
        ...(versions.length === 1 ? { etag: `"v${versions[0].version}"` } : {}),
      },
    },
  );
}

/** A place in the order as a request names it; throws `request/invalid` for what is no id. */
export function placeOf(after: unknown, before: unknown): Place {
  for (const place of [after, before]) {
    if (place !== undefined && place !== null && typeof place !== 'string') {
      throw new CovalenceError('request/invalid', `A place is the id of a frame, found ${kindOf(place)}.`);
    }
  }
  return {
    ...(typeof after === 'string' ? { after } : {}),
    ...(typeof before === 'string' ? { before } : {}),
  };
}

/** The version a write was made on, from `If-Match`, `?base_version=` or the body, and the body without it. */
function baseAndData({ request, url }: RoomRequest, id: string, body: unknown): { baseVersion: number; data: unknown } {
  const isMap = isRecord(body);
  const { base_version: inBody, ...rest } = isMap ? body : {};
  const data = isMap ? rest : body;
  const header = request.headers.get('if-match');
  const tag = /^(?:W\/)?"v(\d{1,15})"$/.exec(header ?? '');
  const inQuery = url.searchParams.get('base_version');
  const given = tag?.[1] ?? inQuery ?? inBody;
  const baseVersion = typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : given;
  if (isVersion(baseVersion) && (header === null || tag !== null)) return { baseVersion, data };
  throw baseRequired(id);
}

function isVersion(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function baseRequired(id: string): CovalenceError {
  return new CovalenceError(
    'frame/base-required',
    `Say on which version of frame "${id}" the change was made: If-Match: "v<version>", or base_version.`,
    { frame: id },
  );
}
