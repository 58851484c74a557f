import type { ByteSource } from '../format.ts';
import type { FrameIndex } from '../text/frame-index.ts';
import { ByteProblem } from './byte-problem.ts';
import { ByteWindow, reaches } from './byte-window.ts';

/** What the head of a frame of XTC and TRR says of it. */
export interface GromacsHead {
  /** Bytes of the whole frame. */
  readonly frameLength: number;
  /** ps */
  readonly time: number;
  readonly step: number;
}

/** Where to look, and how to read a head. */
export interface GromacsPass<Head extends GromacsHead> {
  readonly source: ByteSource;
  readonly frames: FrameIndex;
  /** Bytes that hold any head. */
  readonly maxHeadLength: number;
  readHead(bytes: Uint8Array, offset: number): Head;
  /** Whether the frame counts; asked once of each, in order. */
  isFrame?(head: Head): boolean;
}

/**
 * Adds the frames after the last one found, with their times and steps, until the file ends; answers where that is.
 * Throws ByteProblem where a frame is cut off or no frame begins.
 */
export async function findGromacsFrames<Head extends GromacsHead>(
  pass: GromacsPass<Head>,
  onPiece: (offset: number) => void,
  signal?: AbortSignal,
): Promise<number> {
  const { source, frames } = pass;
  const window = new ByteWindow(source);
  let { offset } = frames.end;
  for (;;) {
    const bytes = await window.at(offset, pass.maxHeadLength, signal);
    if (bytes.length === 0) return offset;
    const head = pass.readHead(bytes, offset);
    const end = offset + head.frameLength;
    if (!(await reaches(source, end, signal))) {
      const found = `the frame has ${head.frameLength} bytes and only ${source.byteLength - offset} follow`;
      throw new ByteProblem(source.byteLength, found);
    }
    if (pass.isFrame?.(head) ?? true) {
      frames.setScalar('time', head.time);
      frames.setScalar('step', head.step);
      frames.add(end, 1);
    }
    offset = end;
    onPiece(offset);
  }
}
