import type { Frame } from '../protocol/frames.ts';
import type { DataProvider, ReadOptions } from './provider.ts';

/** What one commit did to the frames. */
export type FrameChange =
  /** New values: `keys` names what was written, null hashes are keys that were taken away. */
  | { op: 'set'; id: string; version: number; hashes: Readonly<Record<string, string | null>> }
  | { op: 'insert'; frames: readonly { id: string; version: number }[] }
  | { op: 'remove'; id: string; version: number }
  /** A removed frame is back. */
  | { op: 'restore'; id: string; version: number }
  | { op: 'move'; id: string };

/** One commit of the history: who, when, what. */
export interface FrameCommit {
  seq: number;
  /** Milliseconds since 1970 by the server's clock. */
  atMs: number;
  /** Name of the person, when the server knows it. */
  author?: string;
  /** Session that committed. */
  session?: string;
  /** The commit that this one takes back. */
  undo?: number;
  /** The commit that this one does again. */
  redo?: number;
  changes: readonly FrameChange[];
}

/** Part of the history, oldest first. */
export interface HistoryPage {
  /** The newest commit of the room. */
  seq: number;
  commits: readonly FrameCommit[];
}

/** A provider that knows frames by their id, earlier versions of them, and who made them. */
export interface FrameArchive {
  /** The frame of this id, newest version or the one asked for. Rejects with `frame/not-found`. */
  readById(id: string, options?: ReadOptions & { version?: number }): Promise<Frame>;
  /** Commits after `since` (exclusive), oldest first, at most `limit`; those that changed no frame have no changes. */
  history(since: number, limit: number, options?: { signal?: AbortSignal }): Promise<HistoryPage>;
}

/** True when the provider has a history. */
export function isFrameArchive(provider: DataProvider): provider is DataProvider & FrameArchive {
  return 'readById' in provider;
}
