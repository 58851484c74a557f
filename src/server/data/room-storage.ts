import { CovalenceError } from '../../protocol/errors.ts';
import type { BlobStore } from './blob-store.ts';
import type { CommitLog } from './commit-log.ts';
import type { CommitRecord } from './commit-record.ts';
import type { BaseLog } from './fold-log.ts';
import type { RoomNote } from './room-note.ts';
import type { VisitStore } from './visited-rooms.ts';
import { memoryBlobStore } from './memory-blob-store.ts';
import { memoryLogStore, type MemoryLogStore } from './memory-commit-log.ts';

/** A room's log, the logs it stands on, and the directory where caches may be kept. */
export interface OpenedLog {
  log: CommitLog;
  /** Of the room it began from, of the room that one began from, and so on. */
  bases: readonly BaseLog[];
  directory?: string;
}

/** Where the rooms of a server lie: one log a room, one store of blobs for all. */
export interface RoomStorage {
  readonly durability: string;
  readonly blobs: BlobStore;
  /** Where files lie while they are being sent, emptied when the storage is opened; absent: where the system has it. */
  readonly scratchDirectory?: string;
  /** Names of the rooms that have a log. */
  list(): Promise<string[]>;
  has(name: string): Promise<boolean>;
  /** The log of a room, empty when it is new. One caller has it open at a time. */
  open(name: string): Promise<OpenedLog>;
  /** Tells where this process serves the rooms to whoever finds them taken; absent where they cannot be. */
  announce?(url: string): Promise<void>;
  /** Rejects with what keeps it from storing anything, as far as that can be seen; absent where nothing can. */
  health?(): Promise<void>;
  /** What may be known of rooms that are not open; absent where other processes may have them open. */
  readonly sleeping?: SleepingRooms;
  /** Where it is kept which rooms were only looked at; absent where other processes may have them open. */
  readonly visits?: VisitStore;
  /**
   * Makes the room `to`, whose log begins with `first` and whose base logs are the log of `from` and its bases, whole or
   * not at all. Nothing is copied. Rejects with `room/not-found` when there is no `from`.
   */
  derive(from: string, to: string, first: CommitRecord): Promise<void>;
  /** Takes a room's log away; its blobs are left to the collection. The room must be closed. */
  remove(name: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Called when another process removed or renamed a room. Returns its own undo; absent where one process owns all. */
  onGone?(listener: (name: string) => void): () => void;
  close(): Promise<void>;
}

/** Rooms as they lie, without opening them. */
export interface SleepingRooms {
  /** The records of a room and of those it stands on, whether it is open or not. Nothing is changed. */
  read(name: string): Promise<Omit<OpenedLog, 'log' | 'directory'> & { records: AsyncIterable<CommitRecord> }>;
  /** Names of the files with what was once cut off the end of the room's log. */
  cutTails(name: string): Promise<string[]>;
  /** Bytes of the log of a room. */
  logByteLength(name: string): Promise<number>;
  /** What {@link SleepingRooms.keepNote} kept, when it can be believed. */
  note(name: string): Promise<RoomNote>;
  /** Keeps something about a room that can be found out again; it may be lost. */
  keepNote(name: string, note: object): Promise<void>;
}

/** The refusal of a room that is not there. */
export function noSuchRoom(name: string): CovalenceError {
  return new CovalenceError(
    'room/not-found',
    `There is no room "${name}". Look for its name in GET /v1/rooms; opening its link makes one, and so does POST /v1/rooms.`,
    { room: name },
  );
}

/** Rooms that live as long as the process. */
export function memoryRoomStorage(): RoomStorage {
  const logs = new Map<string, { store: MemoryLogStore; bases: readonly MemoryLogStore[] }>();
  const blobs = memoryBlobStore();
  return {
    durability: 'memory',
    blobs,
    list: async () => [...logs.keys()],
    has: async (name) => logs.has(name),
    async open(name) {
      let room = logs.get(name);
      if (room === undefined) logs.set(name, (room = { store: memoryLogStore(), bases: [] }));
      return { log: room.store.open(), bases: room.bases.map((store) => () => store.open().read(0)) };
    },
    sleeping: {
      async read(name) {
        const room = logs.get(name);
        return {
          records: (room?.store ?? memoryLogStore()).open().read(0),
          bases: (room?.bases ?? []).map((store) => () => store.open().read(0)),
        };
      },
      cutTails: async () => [],
      logByteLength: async () => 0,
      note: async () => ({}),
      keepNote: async () => undefined,
    },
    async derive(from, to, first) {
      const base = logs.get(from);
      if (base === undefined) throw noSuchRoom(from);
      const store = memoryLogStore();
      await store.open().append(0, [first]);
      logs.set(to, { store, bases: [base.store, ...base.bases] });
    },
    async remove(name) {
      logs.delete(name);
    },
    async rename(from, to) {
      const room = logs.get(from);
      if (room === undefined) return;
      logs.delete(from);
      logs.set(to, room);
    },
    close: () => blobs.close(),
  };
}
