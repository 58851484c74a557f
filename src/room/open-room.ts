import { httpProvider } from '../data/http-provider.ts';
import { withCache } from '../data/with-cache.ts';
import { withPrefetch } from '../data/with-prefetch.ts';
import { type Clock, systemClock } from '../protocol/clock.ts';
import { CovalenceError, isCovalenceError } from '../protocol/errors.ts';
import { routes } from '../protocol/routes.ts';
import { createPresence, createSharedState, type RoomDocuments, roomDocuments } from '../state/index.ts';
import type { Transport } from '../transport/transport.ts';
import { webSocketTransport } from '../transport/websocket.ts';
import { assembleRoom } from './assemble-room.ts';
import { fetchFromAny } from './fetch-from-any.ts';
import { offlineCopy } from './offline-copy.ts';
import { refusedList } from './refused-changes.ts';
import { renewableTransport } from './renewable-transport.ts';
import { parseRoomUrls } from './room-address.ts';
import { roomClosed } from './room-closed.ts';
import { roomNotices } from './room-notices.ts';
import type { Room } from './room.ts';
import { storeTrouble } from './store-trouble.ts';
import { type TokenOption, tokenSource } from './token-source.ts';
import { transportConnection } from './transport-connection.ts';

/** How to open a room. */
export interface OpenRoomOptions {
  /** How others see this person. */
  user?: { name: string; color?: string };
  /**
   * Token of the server's link, when it is not in the URL; or a function that gives one. It is asked before the first
   * request and whenever the server says that the token has run out; the room then stays, and reconnects with the new one.
   */
  token?: TokenOption;
  /** Bytes of frames kept in memory; default 256 MiB. */
  cacheByteLength?: number;
  /**
   * Keeps the shared state in this browser, so that it opens and can be edited without the server, and edits of a tab
   * since closed are sent by the next. Where the browser refuses, `onNotice` says so and the room works without.
   */
  offline?: boolean;
  /** Gives up opening when it aborts. */
  signal?: AbortSignal;
  /** Carries the room instead of the server's WebSocket. */
  transport?: (documents: RoomDocuments) => Transport;
  fetch?: typeof globalThis.fetch;
  clock?: Clock;
}

const CACHE_BYTE_LENGTH = 256 * 1024 * 1024;

/**
 * Opens the room that people open at `url`, e.g. `http://localhost:8080/r/argon`. Resolves when the shared state and the
 * description of the trajectory are here. Rejects with `server/unreachable`, `auth/required`, `auth/denied`,
 * `store/failed` when the server cannot read what it has stored of the room, or `room/name-invalid`. A room that does not
 * exist comes into being.
 *
 * Where several servers share their rooms, `url` may be a list: when the one in use goes away, the room goes on with the
 * next by itself. The first is what the room is called by.
 *
 * ```ts
 * await using room = await openRoom('http://localhost:8080/r/argon', { user: { name: 'Ada' } });
 * room.selections.add({ display_name: 'first three', particle_ids: [0, 1, 2] });
 * ```
 */
export async function openRoom(url: string | readonly string[], options: OpenRoomOptions = {}): Promise<Room> {
  const { bases, room: name, token: tokenInUrl } = parseRoomUrls(typeof url === 'string' ? [url] : url);
  const [base] = bases;
  const token = await tokenSource(options.token ?? tokenInUrl);
  const clock = options.clock ?? systemClock;
  const documents = roomDocuments();
  const { doc, ledger, awareness } = documents;
  const transport = renewableTransport(
    options.transport ??
      ((carried) => webSocketTransport({ url: bases.map((each) => each + routes.sync(name)), ...carried, token })),
    documents,
  );
  const doFetch: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init));
  // One server is asked in the way that is quickest here, which a fetch that is given stands for.
  const provider = withPrefetch(
    withCache(
      httpProvider({
        url: base,
        room: name,
        session: () => transport.session?.session,
        token,
        fetch: bases.length > 1 ? fetchFromAny(bases, doFetch) : options.fetch,
      }),
      { byteLength: options.cacheByteLength ?? CACHE_BYTE_LENGTH },
    ),
  );
  /** Set once the room was deleted or has another name: what is written here would reach nobody. */
  let gone: CovalenceError | undefined;
  let isOver = false;
  transport.onStatus(({ status, error }) => {
    gone = status === 'denied' && isCovalenceError(error, 'room/not-found') ? error : undefined;
  });
  const state = createSharedState({
    doc,
    ledger,
    clock,
    whenSynced: () => transport.synced,
    assertWritable() {
      if (isOver) throw roomClosed(name);
      if (gone !== undefined) throw gone;
      if (transport.session?.capabilities.includes('write') !== false) return;
      throw new CovalenceError('auth/denied', 'This link is for looking only; nothing was changed.');
    },
    ...(transport.whenSaved === undefined ? {} : { whenSaved: (how) => transport.whenSaved?.(how) }),
  });
  const presence = createPresence(awareness, { clock, ...(options.user === undefined ? {} : { user: options.user }) });
  const refused = refusedList();
  const notices = roomNotices();
  transport.onLedger?.((fresh) => state.replaceReplica(transport.doc, fresh));
  transport.onRenewed((fresh) => refused.add(state.replaceReplica(fresh.doc, fresh.ledger), fresh.reason));
  const copy =
    options.offline === true
      ? offlineCopy({ url: base + routes.page(name), transport, onNotice: (notice) => notices.tell(notice) })
      : undefined;
  transport.onSession?.(({ session }) => presence.update({ session }));
  const room = assembleRoom({
    url: base + routes.page(name),
    name,
    state,
    presence,
    provider,
    clock,
    connection: transportConnection(transport),
    session: () => transport.session?.session,
    refused,
    notices,
    trouble: storeTrouble(transport),
    onClose: async () => {
      isOver = true;
      await copy?.close();
      await transport.close();
      documents.destroy();
    },
  });
  const giveUp = (): void => void room.close();
  options.signal?.addEventListener('abort', giveUp, { once: true });
  try {
    transport.connect();
    // Asked for at once, so that the picture does not wait for the socket; a room nobody ever joined is there only then.
    const known = room.frames.info(options).catch(async (error: unknown) => {
      if (!isCovalenceError(error, 'room/not-found')) throw error;
      await transport.synced;
      return room.frames.info(options);
    });
    try {
      await Promise.all([transport.synced, known]);
      await copy?.settled();
    } catch (error) {
      if (!isCovalenceError(error, 'server/unreachable') || (await copy?.openUnheard()) !== true) throw error;
    }
    options.signal?.throwIfAborted();
    return room;
  } catch (error) {
    await room.close();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', giveUp);
  }
}
