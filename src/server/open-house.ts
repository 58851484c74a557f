import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { openTrajectory } from '../data/formats/open-trajectory.ts';
import type { Clock } from '../protocol/clock.ts';
import { asCovalenceError, CovalenceError, type ErrorCode } from '../protocol/errors.ts';
import { roomNameOfFile } from '../protocol/room-name.ts';
import { HEADER } from '../protocol/routes.ts';
import type { Room } from '../room/room.ts';
import { assertGranted, type Grant, isGranted } from './access/grant.ts';
import { createDataRooms } from './data/data-rooms.ts';
import { createFrameChannel } from './data/http/frame-channel.ts';
import { frameExporters } from './frame-exporters.ts';
import type { RoomData } from './data/room-data.ts';
import type { SourceReading } from './data/source-reading.ts';
import { askedRoom, isReading } from './http/asked-room.ts';
import { inProcessRoom } from './in-process-room.ts';
import { openStores } from './open-stores.ts';
import type { RedisOptions } from './redis/reach-redis.ts';
import { linkRoom } from './room-link.ts';
import { copySharedState } from './copy-shared-state.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { ServerLimits } from './server-limits.ts';
import type { ServerLog } from './server-log.ts';
import { addStateMetrics } from './state-metrics.ts';
import type { DocStore } from './sync/doc-store.ts';
import { createSyncHub } from './sync/sync-hub.ts';
import type { ConnectionOptions, SyncRoom } from './sync/sync-room.ts';
import type { SyncTarget } from './upgrade.ts';

/** How far the file behind a room has been read. */
export interface IndexingProgress {
  frames: number;
  /** Undefined once the file is read to its end. */
  bytes: { read: number; total: number } | undefined;
  /** What is wrong with the file, if something is. */
  damage: string | undefined;
}

/** Everything behind the sockets of a server. */
export interface House {
  /** Answers the data channel; undefined for other paths. */
  frameChannel(request: Request, grant: Grant): Promise<Response | undefined>;
  /**
   * Connects a WebSocket; the room comes into being when it is not there and the grant allows it. Rejects with
   * `auth/denied`, `room/not-found` and what the rooms say.
   */
  join(target: SyncTarget, grant: Grant, message: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  openFile(path: string, name?: string, reading?: SourceReading): Promise<string>;
  onIndexing(name: string, listener: (progress: IndexingProgress) => void): Promise<() => void>;
  room(name: string, url: string): Promise<Room>;
  /** Figures of this process and its rooms; further parts add theirs. */
  readonly metrics: Metrics;
  /** Tells where the rooms are served to whoever would open the same data directory. */
  announce(url: string): Promise<void>;
  /** 200 when everything can be stored, 503 and why when not. */
  readiness(): Promise<Response>;
  close(): Promise<void>;
}

/** What a house is made from. */
export interface HouseOptions {
  /** In memory when undefined. */
  dataDirectory: string | undefined;
  /** Where other servers of the same rooms are met. */
  redis: RedisOptions | undefined;
  docStore: DocStore | undefined;
  basePath: string;
  allowOrigins: readonly string[];
  follow: boolean;
  /** A room that is made when it is not there. */
  defaultRoom: string | undefined;
  clock: Clock;
  log: ServerLog;
  limits: ServerLimits;
  /** Told of refusals behind the door. */
  onRefused: (code: ErrorCode) => void;
}

/** The two halves of a room that somebody has joined. */
interface LinkedRoom {
  data: RoomData;
  sync: SyncRoom;
  unlink: () => void;
}

const FLUSH = /^\/v1\/rooms\/([^/]+)\/flush$/;

const noProblem = (): undefined => undefined;
const textOf = (error: unknown): string => asCovalenceError(error, 'store/failed').message;

/** Whether nothing was ever written into the shared state of a room. */
const isUntouched = ({ doc }: SyncRoom): boolean => doc.store.clients.size === 0 && doc.store.pendingStructs === null;

/** What a grant means for a connection. */
function connectionOf({ capabilities, name, subject, expiresMs }: Grant): Partial<ConnectionOptions> {
  return {
    canWrite: capabilities.has('write'),
    capabilities: [...capabilities],
    ...(name === undefined ? {} : { name }),
    // Apart from the names of those who bring none.
    ...(subject === undefined ? {} : { subject: `sub:${subject}` }),
    ...(expiresMs === undefined ? {} : { expiresMs }),
  };
}

/** Opens the stores and puts the control channel and the data channel of each room together. */
export async function openHouse({
  dataDirectory,
  redis,
  docStore: givenDocStore,
  basePath,
  allowOrigins,
  follow,
  defaultRoom,
  clock,
  log,
  limits,
  onRefused,
}: HouseOptions): Promise<House> {
  const stores = await openStores({ dataDirectory, redis, clock, log });
  const { storage, peers } = stores;
  const docStore = givenDocStore ?? stores.docStore;
  const rooms = createDataRooms({ storage, clock, openTrajectory, follow });
  const hub = createSyncHub({ docStore, clock, log, limits, onRefused, ...(peers === undefined ? {} : { peers }) });
  const leftBehind = await rooms.leftBehind();
  if (defaultRoom !== undefined) {
    await rooms.ensure(defaultRoom);
    rooms.keep(defaultRoom);
  }
  const linked = new Map<string, Promise<LinkedRoom>>();
  /** Rooms whose stored state is being renamed or removed: nobody joins them meanwhile. */
  const leaving = new Map<string, Promise<void>>();
  const syncRooms = new Set<SyncRoom>();
  const metrics = createMetrics();
  addStateMetrics(metrics, () => syncRooms);
  const callerOf = ({ headers }: Request): { author?: string | undefined } => {
    const session = headers.get(HEADER.session);
    if (session === null) return {};
    for (const room of syncRooms) {
      const author = room.nameOf(session);
      if (author !== undefined) return { author };
    }
    return {};
  };
  const channel = createFrameChannel({
    rooms,
    basePath,
    allowOrigins,
    callerOf,
    openTrajectory,
    exporters: frameExporters,
    sharedStates: {
      peopleIn(name) {
        for (const room of syncRooms) if (room.name === name) return room.peopleCount;
        return 0;
      },
      async copy(from, to) {
        const [source, target] = [await link(from), await link(to)];
        await copySharedState(source.sync, target.sync, clock);
      },
    },
    uploadByteLength: limits.uploadByteLength,
    bodiesByteLength: limits.bodiesByteLength,
    clock,
    onRefused,
    onFailure: (error, { method, url }) =>
      log.error({ method, path: new URL(url).pathname, err: error }, 'a request to the data channel failed'),
  });

  const forget = async (name: string): Promise<void> => {
    if (await rooms.forget(name)) log.info({ room: name }, 'a room that was only looked at is forgotten');
  };
  const link = (name: string): Promise<LinkedRoom> => {
    let room = linked.get(name);
    if (room === undefined) {
      room = (async () => {
        await leaving.get(name);
        const data = await rooms.ensure(name);
        const sync = await hub.room(name);
        syncRooms.add(sync);
        const unlinkRoom = linkRoom(data, sync);
        // A room that the hub let go is linked anew by whoever joins next.
        sync.onClosed(() => {
          if (linked.get(name) !== room) return;
          if (isUntouched(sync)) takeLeave([name], () => forget(name), 'an empty room stays');
          else void unlink(name);
        });
        return { data, sync, unlink: () => (syncRooms.delete(sync), unlinkRoom()) };
      })();
      linked.set(name, room);
      room.catch(() => linked.delete(name));
    }
    return room;
  };
  const unlink = async (name: string): Promise<void> => {
    const room = linked.get(name);
    linked.delete(name);
    (await room?.catch(() => undefined))?.unlink();
  };
  const takeLeave = (names: readonly string[], stored: () => Promise<void>, failure: string): void => {
    const work = unlink(names[0])
      .then(stored)
      .catch((error: unknown) => log.error({ room: names[0], err: error }, failure))
      .finally(() => {
        for (const name of names) leaving.delete(name);
      });
    for (const name of names) leaving.set(name, work);
  };
  /** What a process that was killed would have forgotten. Whatever cannot be looked at stays. */
  const forgetAbandoned = async (name: string): Promise<void> => {
    if (!(await rooms.has(name)) || !isUntouched((await link(name)).sync)) return rooms.keep(name);
    await unlink(name);
    await forget(name);
  };
  for (const name of leftBehind) {
    await forgetAbandoned(name).catch((error: unknown) => log.warn({ room: name, err: error }, 'an empty room stays'));
  }
  rooms.onRenamed((from, to) =>
    takeLeave([from, to], () => hub.renameRoom(from, to), 'the shared state of a room stays under its old name'),
  );
  rooms.onGone((name, isElsewhere) =>
    // What another server removed of the stored state is told by the store.
    takeLeave(
      [name],
      isElsewhere ? async () => {} : () => hub.deleteRoom(name),
      'the shared state of a deleted room stays on disk',
    ),
  );

  /** `POST .../flush`: answers once everything in the shared state of a room now is stored; for stock clients. */
  const flush = async (request: Request): Promise<Response | undefined> => {
    const [, room] = FLUSH.exec(new URL(request.url).pathname.slice(basePath.length)) ?? [];
    if (room === undefined || request.method !== 'POST') return undefined;
    const { sync } = await link((await rooms.get(decodeURIComponent(room))).name);
    return Response.json({ level: await sync.saved() });
  };

  /** A name for a file's room: its base name, with a number when another file has that name. */
  const nameFor = async (path: string): Promise<string> => {
    const wanted = roomNameOfFile(path);
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? wanted : `${wanted}-${number}`;
      if (!(await rooms.has(name))) return name;
      const present = await rooms.get(name).catch(() => undefined);
      if (present === undefined || present.sourcePath === path) return name;
    }
  };

  return {
    metrics,
    async frameChannel(request, grant) {
      const asked = askedRoom(new URL(request.url).pathname.slice(basePath.length));
      if (asked !== undefined && !isReading(request.method)) rooms.keep(asked);
      const answer = await channel(request, {
        grant,
        ...(grant.name === undefined ? {} : { author: grant.name }),
      });
      return answer ?? flush(request);
    },
    async join(target, grant, message, socket, head) {
      assertGranted(grant, 'read', target.room);
      if (!isGranted(grant, 'create', target.room) && !(await rooms.has(target.room))) {
        throw new CovalenceError(
          'room/not-found',
          `There is no room "${target.room}", and this link may not make one.`,
        );
      }
      const { data } = await link(target.room);
      // What the client saw of commits on another server is to be in the ledger that it gets here.
      if (redis !== undefined) await data.catchUp(data.seq + 1).catch(() => false);
      // What was let go meanwhile is linked anew; from here to the socket no turn passes in which it could be.
      await link(target.room);
      await hub.handleUpgrade(message, socket, head, target.room, { ...target, ...connectionOf(grant) });
    },
    async openFile(path, name, reading) {
      const chosen = name ?? (await nameFor(path));
      const room = await rooms.openFile(path, chosen, reading);
      return room.name;
    },
    async onIndexing(name, listener) {
      const room = await rooms.get(name);
      const tell = (): void => {
        const { count, indexing, damage } = room.info();
        listener({
          frames: count,
          bytes: indexing === undefined ? undefined : { read: indexing.bytesRead, total: indexing.byteLength },
          damage: damage?.detail,
        });
      };
      tell();
      return room.onChange(tell);
    },
    async room(name, url) {
      const { data, sync } = await link(name);
      rooms.keep(name);
      return inProcessRoom({ url, basePath, data, sync, channel, clock });
    },
    async announce(url) {
      // Nothing depends on it but the words of a refusal.
      await storage.announce?.(url).catch(() => undefined);
    },
    async readiness() {
      const { isWritable, detail } = await docStore.health();
      const problem = isWritable ? await storage.health?.().then(noProblem, textOf) : (detail ?? 'not ready');
      return problem === undefined ? new Response('ready\n') : new Response(`${problem}\n`, { status: 503 });
    },
    async close() {
      const untouched = [...syncRooms].filter(isUntouched).map(({ name }) => name);
      for (const name of linked.keys()) await unlink(name);
      await hub.close();
      for (const name of untouched) await forget(name).catch(() => undefined);
      await rooms.close();
      await stores.close();
    },
  };
}
