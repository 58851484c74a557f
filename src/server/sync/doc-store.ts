/** What survives when an append has been acknowledged: nothing, the end of this process, or the loss of power. */
export type Durability = 'memory' | 'process' | 'disk';

/** The subject that first extended a client id; see {@link StoredDoc}. */
export type ClientOwner = readonly [clientId: number, subject: string];

/** Everything a store knows about the control state of one room. */
export interface StoredDoc {
  /** Random id of the room's history, the same for as long as the history continues. */
  epoch: string;
  /** V1 updates in the order of their appends, the newest snapshot first. */
  updates: readonly Uint8Array[];
  /** Who may write under which Yjs client id. */
  owners: readonly ClientOwner[];
}

/** One append: updates, new owners or both. */
export interface DocEntry {
  update?: Uint8Array;
  owners?: readonly ClientOwner[];
}

/** How a store is doing, for `/readyz`. */
export interface StoreHealth {
  isWritable: boolean;
  /** What is wrong and what to do, when it is not. */
  detail?: string;
}

/** What a store that several processes share tells of a room. */
export interface DocWatcher {
  /** Another process stored this. */
  onEntry(entry: DocEntry): void;
  /** The store may have lost something, or was away: everything is to be stored again. */
  onGap(): void;
  /** Another process removed the room. */
  onRemoved(): void;
}

/**
 * Where shared documents are kept. One process owns a store at a time, unless the store has `watch`.
 *
 * Guarantee: once `create`, `append` or `compact` has resolved, its content is in every later `load`, at the level named
 * by `durability`, whatever happens in between; content that was not acknowledged is either there as a whole or not at
 * all. A `load` that fails changes nothing, and until a `load` or `create` of a room succeeded nothing is written for it.
 * Every failure is a `CovalenceError` with `store/failed` or `store/full`.
 */
export interface DocStore {
  readonly durability: Durability;
  /**
   * What of the promises the store cannot keep: `compact`, it keeps everything ever appended; `heal`, what it lost is not
   * stored again by everybody who has it.
   */
  readonly lacks?: readonly ('compact' | 'heal')[];
  /** Called by the hub once before a room is served. Undefined when the room was never created. */
  load(room: string): Promise<StoredDoc | undefined>;
  /** Called once for a room that `load` did not find. */
  create(room: string, epoch: string): Promise<void>;
  /** Called after every transaction; calls of one room keep their order and may share one write. */
  append(room: string, entry: DocEntry): Promise<void>;
  /** Somebody waits for the appends so far: they are to be durable as soon as that is possible. Absent where they always are. */
  flush?(room: string): void;
  /** Replaces everything stored so far, which `snapshot` must include. */
  compact(room: string, snapshot: DocEntry & { update: Uint8Array }): Promise<void>;
  /** Forgets the room; true when there was something to forget. */
  remove(room: string): Promise<boolean>;
  /** Names of all stored rooms, sorted. */
  list(): Promise<string[]>;
  /**
   * Called by the hub while a room is served, for stores that other processes write too; its presence says so. Returns
   * its own undo. Absent where one process owns the store.
   */
  watch?(room: string, watcher: DocWatcher): () => void;
  /** Lets go of what is held in memory for a room that is no longer served. */
  release?(room: string): Promise<void>;
  health(): Promise<StoreHealth>;
  /** Resolves when everything appended is stored and all files are closed. */
  close(): Promise<void>;
}
