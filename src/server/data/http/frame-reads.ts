import { normaliseFrameKeys, unknownFrameKey } from '../../../data/frame-key.ts';
import { CovalenceError } from '../../../protocol/errors.ts';
import type { Frame } from '../../../protocol/frames.ts';
import { HEADER } from '../../../protocol/routes.ts';
import type { FrameSnapshot } from '../frame-reader.ts';
import type { RoomData } from '../room-data.ts';
import type { ChannelRequest, RoomRequest } from './channel-context.ts';
import { bytesAnswer, answer, negotiate, type Representation } from './content.ts';
import { framesAnswer } from './frame-answer.ts';
import { framesAsked } from './frame-range.ts';

const REPRESENTATIONS: readonly Representation[] = ['msgpack', 'frames', 'json'];

/** `GET .../frames`: several frames in order, all of one moment. */
export async function readFrames(call: RoomRequest): Promise<Response> {
  const { request, url, room } = call;
  const representation = negotiate(request, REPRESENTATIONS);
  const snapshots = room.snapshots(framesAsked(room, url.searchParams));
  const etag = `"${room.epoch}-${room.seq}-${room.count}"`;
  const headers = { etag, 'cache-control': 'private, no-cache', [HEADER.seq]: String(room.seq) };
  if (isFresh(request, etag)) return new Response(null, { status: 304, headers });
  const data = keysAsked(url.searchParams);
  return framesAnswer(framesOf(room, snapshots, data, request.signal), {
    representation,
    isBatch: true,
    count: snapshots.length,
    have: valuesHeld(url.searchParams),
    headers,
  });
}

/** `GET .../frames/{id}`: one frame, also an earlier version of it. */
export async function readFrame(call: RoomRequest, id: string): Promise<Response> {
  const { request, url, room } = call;
  const representation = negotiate(request, REPRESENTATIONS);
  const [snapshot] = room.snapshots([id]);
  const version = versionAsked(url.searchParams);
  const etag = `"v${version ?? snapshot.head.version}"`;
  // Versions begin again when a room is made anew under an old name, so no cache may answer by version alone.
  const headers = { etag, 'cache-control': 'no-store', [HEADER.seq]: String(room.seq) };
  if (isFresh(request, etag)) return new Response(null, { status: 304, headers });
  const data = keysAsked(url.searchParams);
  const frame = await room.frameById(id, { version, data, signal: request.signal });
  const missing = data?.find((key) => !Object.hasOwn(frame.data, key));
  if (missing !== undefined) {
    throw unknownFrameKey(missing, Object.keys((await room.frameById(id, { version })).data));
  }
  return framesAnswer([frame].values() as unknown as AsyncIterator<Frame>, {
    representation,
    isBatch: false,
    count: 1,
    have: valuesHeld(url.searchParams),
    headers,
  });
}

/** `GET .../scalars`: one-number values of all frames. */
export function readScalars({ request, url, room }: RoomRequest): Response {
  const columns = room.scalars(keysAsked(url.searchParams));
  const data = Object.entries(columns).map(([key, values]) => {
    const bytes = new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
    return [key, { dtype: '<f8', shape: [values.length], data: bytes }] as const;
  });
  return answer(request, Object.fromEntries(data), {
    prefer: 'msgpack',
    headers: { [HEADER.seq]: String(room.seq) },
  });
}

/** `GET .../order`: the frame table, in pages. */
export function readOrder({ request, url, room }: RoomRequest): Response {
  const from = wholeNumber(url.searchParams, 'from', 0, Number.MAX_SAFE_INTEGER);
  const limit = wholeNumber(url.searchParams, 'limit', 10_000, 100_000);
  return answer(request, room.order(from, limit), { headers: { [HEADER.seq]: String(room.seq) } });
}

/** `GET .../blobs/sha256/{hex}`: immutable bytes, also in part. */
export async function readBlob({ request, room }: RoomRequest, hash: string): Promise<Response> {
  const bytes = /^[0-9a-f]{64}$/.test(hash) ? await room.blob(hash) : undefined;
  if (bytes === undefined) {
    throw new CovalenceError('request/not-found', `This room has no bytes with the sha256 "${hash.slice(0, 64)}".`);
  }
  const etag = `"sha256:${hash}"`;
  const headers: Record<string, string> = {
    etag,
    'accept-ranges': 'bytes',
    'cache-control': 'private, max-age=31536000, immutable',
    'content-type': 'application/octet-stream',
  };
  if (isFresh(request, etag)) return new Response(null, { status: 304, headers });
  const range = rangeAsked(request.headers.get('range'), bytes.byteLength);
  if (range === undefined) return bytesAnswer(bytes, { headers });
  const [start, stop] = range;
  return bytesAnswer(bytes.subarray(start, stop), {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${start}-${stop - 1}/${bytes.byteLength}` },
  });
}

/** The keys of `data=`, each once; undefined means all. */
export function keysAsked(query: URLSearchParams): string[] | undefined {
  const data = query.get('data');
  return data === null ? undefined : normaliseFrameKeys(data.split(',').filter((key) => key !== ''));
}

/** A whole number of the query; throws `request/invalid` for anything else. */
export function wholeNumber(query: URLSearchParams, name: string, missing: number, most: number): number {
  const given = query.get(name);
  if (given === null) return missing;
  const value = /^\d{1,15}$/.test(given) ? Number(given) : -1;
  if (value >= 0 && value <= most) return value;
  throw new CovalenceError(
    'request/invalid',
    `"${name}" is a whole number from 0 to ${most}, found "${given.slice(0, 40)}".`,
  );
}

/** The values of `snapshots`, in order; to the end also when the room is closed meanwhile. */
export async function* framesOf(
  room: RoomData,
  snapshots: readonly FrameSnapshot[],
  data: readonly string[] | undefined,
  signal: AbortSignal,
): AsyncGenerator<Frame> {
  const release = room.hold();
  try {
    for (const snapshot of snapshots) {
      signal.throwIfAborted();
      yield await room.read(snapshot, { data, signal });
    }
  } finally {
    release();
  }
}

function versionAsked(query: URLSearchParams): number | undefined {
  return query.has('version') ? wholeNumber(query, 'version', 0, Number.MAX_SAFE_INTEGER) : undefined;
}

function valuesHeld(query: URLSearchParams): ReadonlySet<string> {
  return new Set((query.get('have') ?? '').split(',').filter((hash) => hash !== ''));
}

/** Whether the request names, as what it holds, what `etag` stands for. */
export function isFresh(request: ChannelRequest['request'], etag: string): boolean {
  const known = request.headers.get('if-none-match');
  if (known === null) return false;
  return known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*');
}

function rangeAsked(header: string | null, byteLength: number): [start: number, stop: number] | undefined {
  const range = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (range === null || (range[1] === '' && range[2] === '')) return undefined;
  const isSuffix = range[1] === '';
  const start = isSuffix ? Math.max(0, byteLength - Number(range[2])) : Number(range[1]);
  const stop = isSuffix || range[2] === '' ? byteLength : Math.min(byteLength, Number(range[2]) + 1);
  if (start < stop) return [start, stop];
  throw new CovalenceError('request/range', `The bytes ${header ?? ''} are outside the ${byteLength} there are.`, {
    byte_length: byteLength,
  });
}
