import { isCovalenceError } from 'covalence';
import { askServer } from './ask-server.ts';

/** What the server's list says about a room. */
export interface RoomSummary {
  name: string;
  count?: number;
  /** While its file is read: there are more frames than `count`. */
  is_reading?: boolean;
  source?: string;
  /** The room it began from, as that was called then. */
  base?: string;
  /** Who is in it now. */
  people?: number;
  problem?: unknown;
  /** What this page may do with the room as a whole; nothing when left out. */
  may?: readonly ('copy' | 'delete' | 'rename')[];
}

/** The rooms of a server. */
export interface RoomList {
  rooms: RoomSummary[];
  /** What all of them take on its disk; only for who may see all. */
  diskByteLength: number | undefined;
}

const MAX_NAME_LENGTH = 128;
/** Of `-copy-50`. */
const ENDING_LENGTH = 8;
const MAX_NAMES_TRIED = 50;

/** `frame-9` before `frame-10`, and capitals among the small letters. */
const byName = new Intl.Collator('en', { numeric: true });

const pathOf = (name: string): string => `/${encodeURIComponent(name)}`;

/** The rooms of this server. Rejects with a sentence where it does not tell. */
export async function listRooms(): Promise<RoomList> {
  const answer = (await (await askServer('')).json()) as { rooms?: RoomSummary[]; disk_bytes?: number };
  const rooms = (answer.rooms ?? []).sort((a, b) => byName.compare(a.name, b.name));
  return { rooms, diskByteLength: answer.disk_bytes };
}

/** Gives a room another name. Rejects with `room/exists`, `room/name-invalid` and what else the server says. */
export async function renameRoom(name: string, to: string): Promise<void> {
  await askServer(pathOf(name), { method: 'PATCH', body: { name: to } });
}

/** Deletes a room for ever. */
export async function deleteRoom(name: string): Promise<void> {
  await askServer(pathOf(name), { method: 'DELETE' });
}

/** Makes a room of the same frames and looks under a name like `argon-copy`; resolves with that. */
export async function copyRoom(name: string): Promise<string> {
  // The copy of a copy is one more of the same room.
  const stem = name.replace(/-copy(-\d+)?$/, '').slice(0, MAX_NAME_LENGTH - ENDING_LENGTH);
  return withFreeName(
    (number) => `${stem}-copy${number === 1 ? '' : `-${number}`}`,
    (copy) => askServer('', { method: 'POST', body: { name: copy, base: { room: name }, state: true } }),
  );
}

/** Makes a room with the first of the names `nameOf(1)`, `nameOf(2)` ... that is free; resolves with it. */
export async function withFreeName(
  nameOf: (number: number) => string,
  make: (name: string) => Promise<unknown>,
): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = nameOf(number);
    try {
      // oxlint-disable-next-line no-await-in-loop -- the next name is tried only where this one is taken
      await make(name);
      return name;
    } catch (error) {
      if (!isCovalenceError(error, 'room/exists') || number === MAX_NAMES_TRIED) throw error;
    }
  }
}
