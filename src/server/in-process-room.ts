import { randomUUID } from 'node:crypto';
import { httpProvider } from '../data/http-provider.ts';
import type { Clock } from '../protocol/clock.ts';
import { assembleRoom } from '../room/assemble-room.ts';
import type { Room } from '../room/room.ts';
import { createPresence, createSharedState } from '../state/index.ts';
import type { RoomData } from './data/room-data.ts';
import type { SyncRoom } from './sync/sync-room.ts';

/** What a room in the server's own process is made of. */
export interface InProcessRoomParts {
  url: string;
  /** Path below which the channel answers. */
  basePath: string;
  data: RoomData;
  sync: SyncRoom;
  /** Answers requests without a socket. */
  channel: (request: Request) => Promise<Response | undefined>;
  clock: Clock;
  /** Names the program among those who hold locks; made up when left out. */
  session?: string;
}

/** A room as programs in the server's process see it: the same documents, the same data channel, no network. */
export async function inProcessRoom({
  url,
  basePath,
  data,
  sync,
  channel,
  clock,
  session = randomUUID(),
}: InProcessRoomParts): Promise<Room> {
  const provider = httpProvider({
    url: `http://in-process${basePath}`,
    room: data.name,
    session: () => session,
    fetch: async (input, init) => {
      const response = await channel(new Request(input, init));
      return response ?? new Response(null, { status: 404 });
    },
  });
  const state = createSharedState({ doc: sync.doc, ledger: sync.ledgerDoc, clock, whenSaved: () => sync.saved() });
  const stop = sync.onLedger((ledger) => state.replaceReplica(sync.doc, ledger));
  const letGo = sync.hold();
  const room = assembleRoom({
    url,
    name: data.name,
    state,
    presence: createPresence(sync.awareness, { clock }),
    provider,
    clock,
    session: () => session,
    onClose() {
      stop();
      letGo();
    },
  });
  await room.frames.info();
  return room;
}
