import type { WebSocket } from 'ws';
import type { Awareness } from 'y-protocols/awareness';
import type { Doc } from 'yjs';
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
  /** Called when a session's first socket opened or its last one closed. Returns its own undo. */
  onSession(listener: (event: SessionEvent) => void): () => void;
  /** Called with the document that takes the place of `ledgerDoc`. Returns its own undo. */
  onLedger(listener: (ledger: Doc) => void): () => void;
  /** Resolves with the level of durability once everything in the document now is stored; rejects with `store/failed`. */
  saved(): Promise<string>;
  /** Serves one socket until it closes. */
  connect(socket: WebSocket, options: ConnectionOptions): void;
  /** Closes every socket with `code` and stores what is left. */
  close(code: number, reason: string): Promise<void>;
}
