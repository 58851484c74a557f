import type { FramePatch } from '../../data/delta.ts';
import type { FrameData } from '../../protocol/frames.ts';

/** Where frames go: after a frame, before a frame, or at the end when neither is given. */
export interface Place {
  after?: string;
  before?: string;
}

/** One wish of a commit. `baseVersion` is the version the edit was made on. */
export type FrameEdit =
  | { op: 'patch'; id: string; baseVersion: number; data: FramePatch }
  | { op: 'replace'; id: string; baseVersion: number; data: FrameData }
  /** The frames may arrive one by one: each is stored at once, all become visible together. */
  | ({ op: 'insert'; frames: Iterable<FrameData> | AsyncIterable<FrameData> } & Place)
  | { op: 'remove'; id: string; baseVersion: number }
  | ({ op: 'move'; id: string } & Place);

/** Who commits, and with what rights. */
export interface CommitContext {
  /** Shown in the history. */
  author?: string;
  /** Session of the committing client; undo without a number means its newest commit. */
  session?: string;
  idempotencyKey?: string;
  lockToken?: string;
  signal?: AbortSignal;
}
