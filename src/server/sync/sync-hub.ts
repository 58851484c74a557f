import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock } from '../../protocol/clock.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { CLOSE } from '../../protocol/messages.ts';
import type { DocStore } from './doc-store.ts';
import { openSyncRoom } from './open-sync-room.ts';
import { type SyncLog, silentLog } from './sync-log.ts';
import type { ConnectionOptions, SyncRoom } from './sync-room.ts';

/** What a hub is made from. */
export interface SyncHubOptions {
  docStore: DocStore;
  clock: Clock;
  /** Makes session ids and epochs that nobody can guess. */
  makeId?: () => string;
  log?: SyncLog;
}

/** All rooms of the control channel in this process. */
export interface SyncHub {
  /** The room, loaded from the store or made. Rejects with `store/failed`; nothing stored is touched then. */
  room(name: string): Promise<SyncRoom>;
  /** Serves a WebSocket in a room. Rejects before the socket is upgraded. */
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    name: string,
    options: ConnectionOptions,
  ): Promise<void>;
  /** Ends the room's connections and forgets it, in memory and in the store. */
  deleteRoom(name: string): Promise<void>;
  /** Stores everything and closes all sockets. Safe to call twice. */
  close(): Promise<void>;
}

/** The control channel over one store. */
export function createSyncHub({ docStore, clock, makeId = randomUUID, log = silentLog }: SyncHubOptions): SyncHub {
  const rooms = new Map<string, Promise<SyncRoom>>();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.messageByteLength,
    perMessageDeflate: false,
    clientTracking: false,
  });
  let isClosed = false;

  const room = (name: string): Promise<SyncRoom> => {
    if (isClosed)
      return Promise.reject(new CovalenceError('server/closing', 'The server is closing. Try again in a moment.'));
    let opened = rooms.get(name);
    if (opened === undefined) {
      opened = openSyncRoom({ name, docStore, clock, makeId, log });
      rooms.set(name, opened);
      opened.catch(() => rooms.delete(name));
    }
    return opened;
  };

  return {
    room,
    async handleUpgrade(request, socket, head, name, options) {
      const joined = await room(name);
      if (joined.connectionCount >= LIMITS.connectionsPerRoom) {
        throw new CovalenceError(
          'request/rate',
          `Room "${name}" has ${joined.connectionCount} connections, its limit.`,
          {
            limit: LIMITS.connectionsPerRoom,
          },
        );
      }
      sockets.handleUpgrade(request, socket, head, (webSocket) => joined.connect(webSocket, options));
    },
    async deleteRoom(name) {
      const opened = rooms.get(name);
      rooms.delete(name);
      await (await opened?.catch(() => undefined))?.close(CLOSE.notFound, 'The room was deleted.');
      await docStore.remove(name);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      for (const opened of rooms.values()) {
        await (await opened.catch(() => undefined))?.close(CLOSE.goingAway, 'The server is restarting.');
      }
      rooms.clear();
      await docStore.close();
    },
  };
}
