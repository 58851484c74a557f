import type { ValueType } from '../../data/hash.ts';

/** A value of a frame as the log names it: what its bytes are and where they lie. */
export interface StoredValue {
  type: ValueType;
  /** Shape of an array; empty for one value. */
  shape: readonly number[];
  /** sha256 in hex of the canonical bytes. */
  hash: string;
  /** Length of the canonical bytes. */
  byteLength: number;
  /** The canonical bytes of a small value; larger ones are blobs. */
  inline?: Uint8Array;
}

/** Values by key; null takes the key away. */
export type StoredKeys = Readonly<Record<string, StoredValue | null>>;

/** What a record does, applied in order. Places are named by the frame before them: null is the front, absent the end. */
export type RecordOp =
  /** First of a log: which history this is and what it stands on. */
  | { op: 'room'; name: string; epoch: string; source?: SourceIdentity; base?: BaseIdentity }
  | { op: 'policy'; requireLock: boolean }
  /**
   * New keys of a frame. Without `ground` they lie over the version before; over `empty` they are all there is; over
   * `source` every other key is as in the file.
   */
  | { op: 'set'; id: string; version: number; keys: StoredKeys; ground?: 'empty' | 'source' }
  | { op: 'insert'; after?: string | null; frames: readonly { id: string; version: number; keys: StoredKeys }[] }
  | { op: 'remove'; id: string; version: number; after: string | null }
  /** A removed frame comes back with its values, as a new version. */
  | { op: 'restore'; id: string; version: number; after: string | null }
  | { op: 'move'; id: string; after: string | null; from: string | null }
  | {
      op: 'lock';
      name: string;
      session: string;
      holder?: string;
      message?: string;
      /** sha256 in hex of the token; the token itself is stored nowhere. */
      token: string;
      ttlMs: number;
    }
  | { op: 'unlock'; name: string; fence: number; reason: 'released' | 'expired' | 'session' };

/** The file a room was opened on, so that a changed one is noticed. */
export interface SourceIdentity {
  path: string;
  byteLength: number;
  modifiedMs: number;
  /** sha256 in hex of the first 64 kB. */
  head: string;
  /** sha256 in hex of the 64 kB before `byteLength`. */
  tail: string;
}

/** The room and commit that another room began from. */
export interface BaseIdentity {
  room: string;
  epoch: string;
  seq: number;
}

/** One accepted change. The sequence number of a record is its place in the log, from 1 on. */
export interface CommitRecord {
  seq: number;
  /** Milliseconds since 1970 by the server's clock. */
  at: number;
  author?: string;
  session?: string;
  idempotencyKey?: string;
  ops: readonly RecordOp[];
  /** The record that this one takes back. */
  undo?: number;
  /** The record that this one does again. */
  redo?: number;
}

/** Keys of the shared pending table that `op` must have for itself while it is written. */
export function touchedBy(op: RecordOp): string[] {
  switch (op.op) {
    case 'set':
      return [`frame:${op.id}`];
    case 'insert':
      return op.after === undefined ? [] : ['order'];
    case 'remove':
    case 'restore':
    case 'move':
      return [`frame:${op.id}`, 'order'];
    case 'lock':
    case 'unlock':
      return [`lock:${op.name}`];
    default:
      return ['room'];
  }
}

/** The frames whose versions `op` makes, with those versions. */
export function versionsOf(op: RecordOp): { id: string; version: number }[] {
  if (op.op === 'insert') return op.frames.map(({ id, version }) => ({ id, version }));
  return op.op === 'set' || op.op === 'remove' || op.op === 'restore' ? [{ id: op.id, version: op.version }] : [];
}
