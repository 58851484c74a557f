import type { Frame } from '../../../protocol/frames.ts';

/** Writes frames as a file of one format, piece by piece. */
export interface FrameExporter {
  /** Extension of the file, without dot. */
  extension: string;
  contentType: string;
  write(frames: AsyncIterable<Frame>): AsyncIterable<Uint8Array>;
}
