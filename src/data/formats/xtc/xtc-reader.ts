import { frameArray, type FrameData } from '../../../protocol/frames.ts';
import type { BinaryReader, IsWanted } from '../binary/binary-trajectory.ts';
import { ByteProblem } from '../binary/byte-problem.ts';
import { findGromacsFrames } from '../binary/find-gromacs-frames.ts';
import { gromacsCell } from '../binary/gromacs-frame.ts';
import { noElements } from '../no-elements.ts';
import type { ByteSource } from '../format.ts';
import type { FrameIndex } from '../text/frame-index.ts';
import { decodeCoordinates } from './decode-coordinates.ts';
import { MAX_HEADER_LENGTH, readXtcHeader, type XtcHeader } from './xtc-header.ts';

/** Bytes after the coordinates that the decoder may look at. */
const SLACK = 16;

/** Frames of an XTC file, found by their headers. */
export class XtcReader implements BinaryReader {
  readonly format = 'xtc';
  readonly sourceUnits = { positions: 'nm', cell: 'nm' };
  private readonly source: ByteSource;
  private readonly frames: FrameIndex;

  constructor(source: ByteSource, frames: FrameIndex) {
    this.source = source;
    this.frames = frames;
  }

  get count(): number {
    return this.frames.count;
  }

  find(onPiece: (offset: number) => void, signal?: AbortSignal): Promise<number> {
    const { source, frames } = this;
    const pass = {
      source,
      frames,
      maxHeadLength: MAX_HEADER_LENGTH,
      readHead: readXtcHeader,
    };
    return findGromacsFrames(pass, onPiece, signal);
  }

  async read(index: number, isWanted: IsWanted, signal?: AbortSignal): Promise<FrameData> {
    const { start, end } = this.frames.span(index);
    const length = isWanted('positions') ? end - start : Math.min(MAX_HEADER_LENGTH, end - start);
    const bytes = await this.source.read(start, length, signal);
    const header = readXtcHeader(bytes, start);
    if (header.frameLength !== end - start || bytes.length < length) {
      throw new ByteProblem(start, 'the frame is not the one that was found here before');
    }
    return {
      ...(isWanted('positions') && { positions: frameArray(positionsOf(header, bytes, start), [header.atomCount, 3]) }),
      ...gromacsCell(header.box, isWanted),
      ...(isWanted('time') && { time: header.time }),
      ...(isWanted('step') && { step: header.step }),
      ...(isWanted('info.precision') && header.packing && { 'info.precision': header.packing.precision }),
    };
  }

  scalars(): Record<string, Float64Array> {
    return this.frames.scalars();
  }

  warnings(): readonly string[] {
    return [noElements(this.source.name)];
  }

  serialise(head: Record<string, unknown>): Uint8Array {
    return this.frames.serialise(head);
  }
}

/** Angstrom. */
function positionsOf({ packing, headerLength, atomCount }: XtcHeader, bytes: Uint8Array, start: number): Float32Array {
  const positions = new Float32Array(atomCount * 3);
  if (packing === undefined) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + headerLength);
    for (let k = 0; k < positions.length; k += 1) positions[k] = view.getFloat32(4 * k) * 10;
    return positions;
  }
  const padded = new Uint8Array(packing.byteLength + SLACK);
  padded.set(bytes.subarray(headerLength, headerLength + packing.byteLength));
  decodeCoordinates(new DataView(padded.buffer), packing, 10 / packing.precision, positions, start + headerLength);
  return positions;
}
