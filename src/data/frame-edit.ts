import type { FrameData } from '../protocol/frames.ts';
import type { FramePatch } from './delta.ts';

/** Where frames go: after a frame, before a frame, or at the end when neither is given. */
export interface FramePlace {
  after?: string;
  before?: string;
}

/** One wish of a commit. `baseVersion` is the version the edit was made on. */
export type FrameEdit =
  | { op: 'patch'; id: string; baseVersion: number; data: FramePatch }
  | { op: 'replace'; id: string; baseVersion: number; data: FrameData }
  | ({ op: 'insert'; frames: readonly FrameData[] } & FramePlace)
  | { op: 'remove'; id: string; baseVersion: number }
  | ({ op: 'move'; id: string } & FramePlace);

/** True for edits after which an index may mean another frame. */
export function movesIndices(edits: readonly FrameEdit[]): boolean {
  return edits.some(({ op }) => op === 'insert' || op === 'remove' || op === 'move');
}
