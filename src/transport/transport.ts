import type { Doc } from 'yjs';
import type { Awareness } from 'y-protocols/awareness';
import type { CovalenceError } from '../protocol/errors.ts';
import type { NoticeMessage, SessionMessage } from '../protocol/messages.ts';

/** `denied` and `closed` are final; `offline` means that the transport tries again by itself. */
export type TransportStatus = 'connecting' | 'online' | 'offline' | 'denied' | 'closed';

/** What a listener of a transport's status is told. */
export interface TransportStatusEvent {
  status: TransportStatus;
  /** Why it is offline or denied, when known. */
  error?: CovalenceError;
}

/**
 * Carries one room between replicas. Made by a plain function from options; nothing needs to be extended to plug in.
 *
 * Promises: remote updates are applied with the transport itself as origin and never sent back; updates may arrive late,
 * twice or out of order, never corrupted; after `close` no listener runs; nothing throws after `connect`, a failure is a
 * status with a coded error.
 */
export interface Transport {
  /** The shared document, owned by the caller. */
  readonly doc: Doc;
  readonly awareness: Awareness;
  readonly status: TransportStatus;
  /** True once everything the other side had at connecting is here; false again while offline. */
  readonly isSynced: boolean;
  /** Resolves at the first full exchange; rejects when denied or closed before. */
  readonly synced: Promise<void>;
  /** Called by the room once it listens; safe to call twice. */
  connect(): void;
  /** Returns its own undo. Called at once on every change, never for the present status. */
  onStatus(listener: (event: TransportStatusEvent) => void): () => void;
  /** Safe to call twice; resolves when nothing more will be delivered. */
  close(): Promise<void>;

  /** The server's document of facts, absent where there is no authority (tabs, memory). A fresh one follows every connect. */
  readonly ledger?: Doc;
  /** Called with the document that takes the place of `ledger`, complete. Returns its own undo. */
  onLedger?(listener: (ledger: Doc) => void): () => void;
  /** The session the server named, once online. */
  readonly session?: SessionMessage | undefined;
  onSession?(listener: (session: SessionMessage) => void): () => void;
  onNotice?(listener: (notice: NoticeMessage) => void): () => void;
  /**
   * Resolves with the durability level once everything written here before the call is stored by the server, across
   * reconnects. Absent where nothing is stored.
   */
  whenSaved?(options?: { signal?: AbortSignal }): Promise<string>;
}
