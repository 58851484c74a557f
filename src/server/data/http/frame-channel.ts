import { type Clock, systemClock } from '../../../protocol/clock.ts';
import { asCovalenceError, CovalenceError, type ErrorCode } from '../../../protocol/errors.ts';
import { LIMITS } from '../../../protocol/limits.ts';
import { CONTENT_TYPE, EXPOSED_HEADERS, HEADER } from '../../../protocol/routes.ts';
import { neededCapability } from '../../access/needed-capability.ts';
import { isAllowedOrigin } from '../../allowed-origin.ts';
import { heldBytes } from '../../held-bytes.ts';
import type { DataRooms } from '../data-rooms.ts';
import type { RoomData } from '../room-data.ts';
import type { OpenTrajectory } from '../source-frames.ts';
import { assertMay, type Caller, type ChannelRequest, type RoomRequest, type SharedStates } from './channel-context.ts';
import { negotiate } from './content.ts';
import { exportFile } from './file-export.ts';
import type { FrameExporter } from './frame-exporter.ts';
import { importFile } from './file-import.ts';
import { readBlob, readFrame, readFrames, readOrder, readScalars } from './frame-reads.ts';
import { commitEdits, insertFrames, patchFrame, removeFrame, replaceFrame, revertCommit } from './frame-writes.ts';
import { assertKnownQuery } from './known-names.ts';
import { grantLock, listLocks, releaseLock, renewLock } from './lock-requests.ts';
import { readZarr } from './zarr-requests.ts';
import { changeRoom, createRoom, deleteRoom, describeRoom, listRooms, readLog } from './room-requests.ts';

/** Options of {@link createFrameChannel}. */
export interface FrameChannelOptions {
  rooms: DataRooms;
  /** Path below which the server lies, without slash at its end. */
  basePath?: string;
  /** Origins whose pages may read and write; `*` for all, without credentials. */
  allowOrigins?: readonly string[];
  /** Who asks, when the server knows. */
  callerOf?: (request: Request) => Caller;
  /** Reader of files, for uploads of whole files. */
  openTrajectory?: OpenTrajectory;
  /** Formats that frames can be written as, by name; the first is the default. */
  exporters?: Readonly<Record<string, FrameExporter>>;
  /** What is known of rooms besides their frames. */
  sharedStates?: SharedStates;
  /** Bytes that the body of a write, or one frame of many, may have; 256 MiB when left out. */
  bodyByteLength?: number;
  /** Told of failures that are our fault: the answer carries no detail of them. */
  onFailure?: (error: unknown, request: Request) => void;
  /** Told of every refusal. */
  onRefused?: (code: ErrorCode) => void;
  /** Bytes of one upload of many frames or of a whole file; 1 GiB when left out. */
  uploadByteLength?: number;
  /** Bytes that the bodies of all writes may hold in memory until they are answered; 1 GiB when left out. */
  bodiesByteLength?: number;
  clock?: Clock;
}

type Handler = (call: RoomRequest, name: string) => Response | Promise<Response>;
type Methods = Readonly<Record<string, Handler>>;

const ROOM: Methods = { GET: describeRoom, PATCH: changeRoom };
const COLLECTIONS: Readonly<Record<string, Methods>> = {
  frames: { GET: readFrames, POST: insertFrames },
  scalars: { GET: readScalars },
  order: { GET: readOrder },
  log: { GET: readLog },
  commit: { POST: commitEdits },
  import: { POST: importFile },
  export: { GET: exportFile },
  undo: { POST: (call) => revertCommit(call, 'undo') },
  redo: { POST: (call) => revertCommit(call, 'redo') },
  locks: { GET: listLocks, POST: grantLock },
};
const MEMBERS: Readonly<Record<string, Methods>> = {
  frames: { GET: readFrame, PUT: replaceFrame, PATCH: patchFrame, DELETE: removeFrame },
  locks: { PUT: renewLock, DELETE: releaseLock },
};
const BLOBS: Methods = { GET: readBlob };

const DEFAULT_BODY_BYTE_LENGTH = 256 * 1024 * 1024;
const DEFAULT_BODIES_BYTE_LENGTH = 1024 * 1024 * 1024;
const REQUEST_HEADERS = [
  'Content-Type',
  'Authorization',
  'If-Match',
  'If-None-Match',
  'Range',
  ...Object.values(HEADER),
];

/**
 * The data channel over HTTP. Answers requests for `<basePath>/v1/rooms...` and resolves with undefined for any other;
 * never rejects, a refusal is `application/problem+json`. Access is decided before, by the caller.
 */
export function createFrameChannel(
  options: FrameChannelOptions,
): (request: Request, caller?: Caller) => Promise<Response | undefined> {
  const { rooms, basePath = '', bodyByteLength = DEFAULT_BODY_BYTE_LENGTH, openTrajectory, exporters = {} } = options;
  const { uploadByteLength: uploadLimit = LIMITS.uploadByteLength, sharedStates } = options;
  const all = heldBytes(options.bodiesByteLength ?? DEFAULT_BODIES_BYTE_LENGTH, options.clock ?? systemClock);
  const root = `${basePath}/v1/rooms`;
  return async (request, known) => {
    const url = new URL(request.url);
    if (url.pathname !== root && !url.pathname.startsWith(`${root}/`)) return undefined;
    const cors = corsHeaders(request, options.allowOrigins ?? []);
    if (request.method === 'OPTIONS') return preflight(cors);
    const held = all.share();
    try {
      const caller = { ...options.callerOf?.(request), ...known };
      const path = pathOf(url.pathname.slice(root.length));
      const ground = { rooms, bodyLimit: bodyByteLength, uploadLimit, openTrajectory, exporters, sharedStates };
      const response = await route({ ...ground, request, url, caller, held }, path);
      for (const [name, value] of Object.entries(cors)) response?.headers.append(name, value);
      return response;
    } catch (error) {
      const known = asCovalenceError(error);
      options.onRefused?.(known.code);
      if (known.status >= 500) options.onFailure?.(error, request);
      return refusal(known, error, cors);
    } finally {
      held.end();
    }
  };
}

async function route(call: ChannelRequest, path: readonly string[]): Promise<Response | undefined> {
  assertMeant(call);
  const [name, collection, member, ...more] = path;
  const method = call.request.method === 'HEAD' ? 'GET' : call.request.method;
  const need = neededCapability(method, path);
  if (need.room !== undefined) assertMay(call, need.capability, need.room);
  if (name === undefined) {
    assertKnownQuery(method, path, call.url.searchParams);
    if (method === 'GET') return listRooms(call);
    if (method === 'POST') return createRoom(call);
    throw wrongMethod(method, ['GET', 'POST']);
  }
  // Flushing belongs to the control channel, which asks for it by the same prefix.
  if (collection === 'flush') return undefined;
  if (collection === undefined && method === 'DELETE') {
    assertKnownQuery(method, path, call.url.searchParams);
    return deleteRoom(call, name);
  }
  if (collection === 'zarr' && member !== undefined) {
    if (method !== 'GET') throw wrongMethod(method, ['GET']);
    return readZarr({ ...call, room: await openRoom(call, name) }, [member, ...more]);
  }
  const isBlob = collection === 'blobs' && member === 'sha256' && more.length === 1;
  const methods = isBlob ? BLOBS : methodsOf(collection, member, more);
  if (methods === undefined) {
    throw new CovalenceError(
      'request/not-found',
      `There is nothing at "${call.url.pathname}". See docs/data-channel.md.`,
    );
  }
  const handler = methods[method] as Handler | undefined;
  if (handler === undefined) {
    throw wrongMethod(method, collection === undefined ? [...Object.keys(methods), 'DELETE'] : Object.keys(methods));
  }
  assertKnownQuery(method, path, call.url.searchParams);
  const room = await openRoom(call, name);
  return handler({ ...call, room }, isBlob ? more[0] : (member ?? ''));
}

async function openRoom({ rooms, request }: ChannelRequest, name: string): Promise<RoomData> {
  const room = await rooms.get(name);
  await assertNotBehind(request, room);
  return room;
}

/** A client that saw newer commits elsewhere is not answered with older frames. */
async function assertNotBehind(request: Request, room: RoomData): Promise<void> {
  const seen = Number(request.headers.get(HEADER.seq) ?? '0');
  if (!(seen > room.seq) || (await room.catchUp(seen))) return;
  throw new CovalenceError(
    'server/behind',
    `This server knows the room "${room.name}" up to commit ${room.seq}, you have seen commit ${seen}. Try again in a moment.`,
    { seq: room.seq, seen },
  );
}

function methodsOf(collection?: string, member?: string, more: readonly string[] = []): Methods | undefined {
  if (collection === undefined) return ROOM;
  if (more.length > 0) return undefined;
  const table = member === undefined ? COLLECTIONS : MEMBERS;
  return Object.hasOwn(table, collection) ? table[collection] : undefined;
}

/**
 * An address that ends with a slash may be what is left of `.../frames/..`, and nobody who meant to change a frame may
 * change or delete its room.
 */
function assertMeant({ request, url }: ChannelRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  // What is written and then cannot be answered would look refused.
  negotiate(request, ['json', 'msgpack']);
  if (!url.pathname.endsWith('/')) return;
  throw new CovalenceError(
    'request/not-found',
    `There is nothing to ${request.method} at "${url.pathname.slice(0, 200)}". Leave out the slash at its end.`,
  );
}

/** Segments of a path, decoded; throws `request/invalid` for a segment that is not text. */
function pathOf(path: string): string[] {
  try {
    return path
      .split('/')
      .slice(1)
      .filter((segment, i, all) => segment !== '' || i < all.length - 1)
      .map(decodeURIComponent);
  } catch (error) {
    throw new CovalenceError(
      'request/invalid',
      `The path "${path.slice(0, 100)}" is not encoded text.`,
      {},
      { cause: error },
    );
  }
}

function wrongMethod(method: string, allowed: readonly string[]): CovalenceError {
  return new CovalenceError('request/method', `${method} is not possible here; ${allowed.join(', ')} are.`, {
    allowed,
  });
}

function refusal(known: CovalenceError, error: unknown, cors: Record<string, string>): Response {
  // What we did not foresee is logged by the server and not told to strangers.
  const isOurs = known === error;
  const problem = isOurs
    ? known.toProblem()
    : new CovalenceError('server/failed', 'The server failed at this request; its log says why.').toProblem();
  const allowed = known.fields['allowed'];
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      'content-type': CONTENT_TYPE.problem,
      'cache-control': 'no-store',
      ...(known.code === 'request/method' && Array.isArray(allowed) ? { allow: allowed.join(', ') } : {}),
      ...(known.code === 'request/range' ? { 'content-range': `bytes */${String(known.fields['byte_length'])}` } : {}),
      ...(problem.status === 503 ? { 'retry-after': '2' } : {}),
      ...cors,
    },
  });
}

/** What lets a page of another origin read an answer, where it is allowed to. */
export function corsHeaders(request: Request, allowed: readonly string[]): Record<string, string> {
  const base = { 'cross-origin-resource-policy': 'cross-origin', 'x-content-type-options': 'nosniff' };
  const origin = request.headers.get('origin') ?? undefined;
  const host = request.headers.get('host') ?? undefined;
  const isAll = allowed.includes('*');
  if (origin === undefined && !isAll) return base;
  if (!isAll && !isAllowedOrigin({ origin, host, allowOrigins: allowed })) return { ...base, vary: 'origin' };
  return {
    ...base,
    'access-control-allow-origin': isAll ? '*' : (origin ?? ''),
    'access-control-expose-headers': EXPOSED_HEADERS.join(', '),
    ...(isAll ? {} : { vary: 'origin' }),
  };
}

function preflight(cors: Record<string, string>): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...cors,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': REQUEST_HEADERS.join(', '),
      'access-control-max-age': '600',
    },
  });
}
