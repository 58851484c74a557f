import { FrameIndex } from '../text/frame-index.ts';

/** An index of frames that lie anywhere in the file one after the other, with the way from and to bytes. */
export interface OffsetIndex {
  frames: FrameIndex;
  /** Length of the file that the whole of it is about; -1 when there is none yet. */
  indexedLength: number;
}

/** The index in `bytes` when it is one of `format` and of no longer file than `byteLength`, else an empty one. */
export function offsetIndex(format: string, byteLength: number, bytes?: Uint8Array): OffsetIndex {
  if (bytes !== undefined) {
    const frames = new FrameIndex();
    const head = frames.restore(bytes);
    const indexedLength = Number(head.byteLength);
    if (head.format === format && indexedLength >= 0 && indexedLength <= byteLength) {
      return { frames, indexedLength: indexedLength === byteLength ? byteLength : -1 };
    }
  }
  return { frames: new FrameIndex(), indexedLength: -1 };
}

/** The index of a file whose frames need none: only `head`. */
export function emptyIndex(head: Record<string, unknown>): Uint8Array {
  return new FrameIndex().serialise(head);
}
