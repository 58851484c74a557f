import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { mergeUpdates } from 'yjs';
import type { Clock } from '../../protocol/clock.ts';
import { CovalenceError, type ErrorCode } from '../../protocol/errors.ts';
import { CLOSE } from '../../protocol/messages.ts';
import { roomRenamed } from '../../protocol/room-renamed.ts';
import { chooseProtocol } from './choose-protocol.ts';
import { closeReason } from './close-reason.ts';
import type { DocStore, StoreHealth } from './doc-store.ts';
import { CLOSING, type OpenedRoom, openSyncRoom } from './open-sync-room.ts';
import type { PeerChannel } from './peer-channel.ts';
import { DEFAULT_SYNC_LIMITS, type SyncLimits } from './sync-limits.ts';
import { silentLog, type SyncLog } from './sync-log.ts';
import type { ConnectionOptions, SyncRoom } from './sync-room.ts';

/** What those in a room are told when it is no more. */
const ROOM_DELETED = 'room/not-found: This room was deleted.';

/** What a hub is made from. */
export interface SyncHubOptions {
  docStore: DocStore;
  clock: Clock;
  /** Makes session ids and epochs that nobody can guess. */
  makeId?: () => string;
  log?: SyncLog;
  limits?: Partial<SyncLimits>;
  /** To other servers over the same store, where there are any. */
  peers?: PeerChannel;
  /** Told of every refusal that closes a connection. */
  onRefused?: (code: ErrorCode) => void;
}

/** All rooms of the control channel in this process. */
export interface SyncHub {
  /** The room, loaded from the store or made. Rejects with `store/failed`; nothing stored is touched then. */
  room(name: string): Promise<SyncRoom>;
  /** Rooms that are open now. */
  rooms(): Promise<SyncRoom[]>;
  /**
   * Serves a WebSocket in a room. Rejects before the socket is upgraded, with `store/failed`, `server/closing` or
   * `server/behind` when the room or the server has as many connections or rooms as it may have.
   */
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    name: string,
    options: ConnectionOptions,
  ): Promise<void>;
  /**
   * Keeps the room's document under another name and ends its connections. What is stored under `to` is replaced; the
   * old name is forgotten once the new one is stored.
   */
  renameRoom(from: string, to: string): Promise<void>;
  /** Ends the room's connections and forgets it, in memory and in the store. */
  deleteRoom(name: string): Promise<void>;
  health(): Promise<StoreHealth>;
  /** Stores everything and closes all sockets. Safe to call twice; rejects with `store/failed` when something is lost. */
  close(): Promise<void>;
}

/** The subject of everybody who brings no secret: they may continue each other's histories. */
const STOCK_SUBJECT = 'stock';

/**
 * What the address says of a client: who it is, as the hash of the secret that the browser's tabs share, else one name
 * for all stock clients; and whether it can inflate.
 */
function readAddress(request: IncomingMessage): { subject: string; canInflate: boolean } {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const secret = searchParams.get('s');
  const subject =
    secret === null ? STOCK_SUBJECT : createHash('sha256').update(secret).digest('base64url').slice(0, 22);
  return { subject, canInflate: searchParams.get('z') === '1' };
}

/** The control channel over one store. */
export function createSyncHub(options: SyncHubOptions): SyncHub {
  const { docStore, clock, makeId = randomUUID, log = silentLog } = options;
  const limits = { ...DEFAULT_SYNC_LIMITS, ...options.limits };
  const opened = new Map<string, Promise<OpenedRoom>>();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageByteLength,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: chooseProtocol,
  });
  /** Rooms on their way out of memory: whoever wants one waits until it is stored. */
  const leaving = new Map<string, Promise<void>>();
  const idleSince = new Map<OpenedRoom, number>();
  let closing: Promise<void> | undefined;

  const open = (name: string): Promise<OpenedRoom> => {
    if (closing !== undefined) {
      return Promise.reject(new CovalenceError('server/closing', 'The server is closing. Try again in a moment.'));
    }
    const present = opened.get(name);
    if (present !== undefined) return present;
    if (opened.size >= limits.rooms) {
      return Promise.reject(
        new CovalenceError('server/behind', `This server has ${limits.rooms} rooms open, its limit.`, {
          limit: limits.rooms,
        }),
      );
    }
    const room = (leaving.get(name) ?? Promise.resolve()).then(() =>
      openSyncRoom({
        name,
        docStore,
        clock,
        makeId,
        log,
        limits,
        onRefused: options.onRefused,
        peers: options.peers,
        onPoisoned: () => void forget(name, CLOSE.tryAgainLater, 'server/behind: the room is loaded anew.'),
        onRemoved: () => void forget(name, CLOSE.notFound, ROOM_DELETED),
      }),
    );
    opened.set(name, room);
    room.catch(() => {
      if (opened.get(name) === room) opened.delete(name);
    });
    return room;
  };
  /** Lets a room go that is damaged in memory, or that is no more; what is stored is left as it is. */
  const forget = async (name: string, code: number, reason: string): Promise<void> => {
    const room = opened.get(name);
    opened.delete(name);
    const left = (async () => {
      try {
        await (await room)?.close(code, reason);
      } catch (error) {
        log.error({ room: name, err: error }, 'a room could not be closed in order');
      }
    })();
    leaving.set(name, left);
    await left;
    if (leaving.get(name) === left) leaving.delete(name);
  };
  /** Lets rooms go that nobody needs. One whose store refuses it stays: it is the only place where its state is. */
  const tidy = async (): Promise<void> => {
    for (const result of await Promise.allSettled(opened.values())) {
      if (result.status === 'rejected') continue;
      const room = result.value;
      if (!room.isIdle) idleSince.delete(room);
      else if (!idleSince.has(room)) idleSince.set(room, clock.now());
      else if (clock.now() - (idleSince.get(room) ?? 0) >= limits.roomIdleMs) {
        idleSince.delete(room);
        void room.saved().then(
          async () => {
            if (room.isIdle && (await opened.get(room.name)) === room && room.isIdle)
              await forget(room.name, ...CLOSING);
          },
          () => undefined,
        );
      }
    }
  };
  const tidyLater = (): (() => void) =>
    clock.after(Math.max(1_000, limits.roomIdleMs / 10), () => {
      void tidy();
      cancelTidying = tidyLater();
    });
  let cancelTidying = tidyLater();

  return {
    room: open,
    async rooms() {
      const settled = await Promise.allSettled(opened.values());
      return settled.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
    },
    async handleUpgrade(request, socket, head, name, connection) {
      // Until ws takes over nobody else listens, and an unheard error would end the process.
      socket.on('error', (error) => log.info({ error: error.message }, 'a socket failed'));
      const opening = open(name);
      const room = await opening;
      if (opened.get(name) !== opening) {
        throw new CovalenceError('server/behind', `Room "${name}" is being loaded anew. Try again in a moment.`);
      }
      if (room.connectionCount >= limits.connectionsPerRoom) {
        throw new CovalenceError(
          'server/behind',
          `Room "${name}" has ${room.connectionCount} connections, its limit.`,
          {
            limit: limits.connectionsPerRoom,
          },
        );
      }
      sockets.handleUpgrade(request, socket, head, (webSocket) =>
        room.serve(webSocket, socket, { ...readAddress(request), ...connection }),
      );
    },
    async renameRoom(from, to) {
      const room = opened.get(from);
      opened.delete(from);
      await (await room?.catch(() => undefined))?.close(CLOSE.notFound, closeReason(roomRenamed(to)));
      const stored = await docStore.load(from);
      if (stored === undefined) return;
      await docStore.remove(to);
      await docStore.create(to, stored.epoch);
      const { updates, owners } = stored;
      if (updates.length > 0) await docStore.compact(to, { update: mergeUpdates([...updates]), owners });
      await docStore.release?.(to);
      await docStore.remove(from);
    },
    async deleteRoom(name) {
      const room = opened.get(name);
      opened.delete(name);
      try {
        await (await room?.catch(() => undefined))?.close(CLOSE.notFound, ROOM_DELETED);
      } catch (error) {
        log.warn({ room: name, err: error }, 'the last changes of a deleted room were not stored');
      }
      await docStore.remove(name);
    },
    health: () => docStore.health(),
    close() {
      cancelTidying();
      closing ??= (async () => {
        await Promise.all(leaving.values());
        const rooms = await Promise.allSettled(opened.values());
        const closed = await Promise.allSettled(
          rooms.filter((result) => result.status === 'fulfilled').map(({ value }) => value.close(...CLOSING)),
        );
        opened.clear();
        await docStore.close();
        const lost = closed.find((result) => result.status === 'rejected');
        if (lost !== undefined) throw lost.reason;
      })();
      return closing;
    },
  };
}
