import type { Awareness } from 'y-protocols/awareness';
import type { Doc } from 'yjs';
import type { Capability } from '../../protocol/capabilities.ts';
import type { LedgerWriter } from './ledger.ts';

/** A session that came or went. */
export interface SessionEvent {
  session: string;
  event: 'open' | 'closed';
}

/** What the upgrade told of a connection. */
export interface ConnectionOptions {
  /** Serves the ledger as a document of its own, read-only. */
  isLedger: boolean;
  /** Understands messages 100-104. */
  isOurClient: boolean;
  /** Can inflate message 104. */
  canInflate?: boolean;
  /** Who may continue which client's history; by default the hash of the client's secret, else `stock`. */
  subject?: string;
  /** False for links that only look. */
  canWrite?: boolean;
  /** Told to the client in message 102. */
  capabilities?: readonly Capability[];
  /** What the token calls the person. */
  name?: string;
  /** When the token runs out, in milliseconds since 1970. */
  expiresMs?: number;
}

/** What a room weighs. */
export interface SyncRoomStats {
  keys: number;
  structs: number;
  byteLength: number;
  heapByteLength: number;
  ledgerStructs: number;
  connections: number;
}

/** The control half of a room: its shared document, its ledger and everybody connected to them. */
export interface SyncRoom {
  readonly name: string;
  /** Random id of the shared document's history. */
  readonly epoch: string;
  readonly doc: Doc;
  readonly awareness: Awareness;
  readonly ledger: LedgerWriter;
  readonly ledgerDoc: Doc;
  readonly connectionCount: number;
  /** People and programs that say that they are here, on any server. */
  readonly peopleCount: number;
  /** Called when a session's socket opened or closed. Returns its own undo. */
  onSession(listener: (event: SessionEvent) => void): () => void;
  /** Keeps the room in memory while nobody is connected, for programs in this process. Returns its own undo. */
  hold(): () => void;
  /** Called once the room is no longer served; whoever needs it asks the hub again. Returns its own undo. */
  onClosed(listener: () => void): () => void;
  /** Called with the document that takes the place of `ledgerDoc`. Returns its own undo. */
  onLedger(listener: (ledger: Doc) => void): () => void;
  /**
   * Resolves with the level of durability once everything in the document now is stored, however long the store refuses;
   * rejects with `store/failed` when the room is closed before.
   */
  saved(): Promise<string>;
  /** What the person behind a session is called, as they say; undefined when the session is not here. */
  nameOf(session: string): string | undefined;
  /** Made anew only where the document changed since. */
  stats(): SyncRoomStats;
  /** Sends a notice to everybody who understands it. */
  notify(notice: { code: string; text: string }): void;
}
