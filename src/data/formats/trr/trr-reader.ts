import { frameArray, type FrameData } from '../../../protocol/frames.ts';
import type { BinaryReader, IsWanted } from '../binary/binary-trajectory.ts';
import { ByteProblem } from '../binary/byte-problem.ts';
import { findGromacsFrames } from '../binary/find-gromacs-frames.ts';
import { gromacsCell } from '../binary/gromacs-frame.ts';
import { noElements } from '../no-elements.ts';
import type { ByteSource } from '../format.ts';
import type { FrameIndex } from '../text/frame-index.ts';
import { MAX_HEADER_LENGTH, readTrrHeader, type TrrHeader } from './trr-header.ts';

/** Per-atom parts, their keys and what the file's unit is in ours. */
const VECTORS = [
  { part: 'x', key: 'positions', scale: 10 },
  { part: 'v', key: 'velocities', scale: 0.01 },
  // kJ/(mol nm) in eV/angstrom.
  { part: 'f', key: 'forces', scale: 1 / 964.853_321_2 },
] as const;

const SHORT_FRAME = 16 * 1024;

/** Frames of a TRR file, found by their headers. What has no positions is passed over. */
export class TrrReader implements BinaryReader {
  readonly format = 'trr';
  readonly sourceUnits = { positions: 'nm', cell: 'nm', velocities: 'nm/ps', forces: 'kJ/(mol nm)' };
  private readonly source: ByteSource;
  private readonly frames: FrameIndex;
  private passedOver = 0;

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
      readHead: readTrrHeader,
      isFrame: ({ parts }: TrrHeader) => {
        const hasPositions = parts.x.byteLength > 0;
        if (!hasPositions) this.passedOver += 1;
        return hasPositions;
      },
    };
    return findGromacsFrames(pass, onPiece, signal);
  }

  async read(index: number, isWanted: IsWanted, signal?: AbortSignal): Promise<FrameData> {
    const span = this.frames.span(index);
    const { header, start, head } = await this.headerIn(span.start, span.end, signal);
    const wanted = VECTORS.filter(({ part, key }) => header.parts[part].byteLength > 0 && isWanted(key));
    const lastPart = wanted.at(-1)?.part ?? 'box';
    const length = header.parts[lastPart].at + header.parts[lastPart].byteLength;
    const bytes = head.length >= length ? head : await this.source.read(start, length, signal);
    if (bytes.length < length) throw new ByteProblem(start + bytes.length, 'the file ends within the frame');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const data: FrameData = {};
    for (const { part, key, scale } of wanted) {
      const values = reals(view, header.parts[part], header.real, scale);
      data[key] = frameArray(values, [header.atomCount, 3]);
    }
    if (header.parts.box.byteLength > 0) {
      Object.assign(data, gromacsCell(reals(view, header.parts.box, header.real, 1), isWanted));
    }
    if (isWanted('time')) data.time = header.time;
    if (isWanted('step')) data.step = header.step;
    if (isWanted('info.lambda')) data['info.lambda'] = header.lambda;
    return data;
  }

  scalars(): Record<string, Float64Array> {
    return this.frames.scalars();
  }

  warnings(): readonly string[] {
    const { name } = this.source;
    if (this.passedOver === 0) return [noElements(name)];
    return [noElements(name), `${name} has ${this.passedOver} frames without positions; they are passed over.`];
  }

  serialise(head: Record<string, unknown>): Uint8Array {
    return this.frames.serialise(head);
  }

  /** The header of the frame that ends at `end`; what lies before it from `start` on has no positions. */
  private async headerIn(
    start: number,
    end: number,
    signal: AbortSignal | undefined,
  ): Promise<{ header: TrrHeader; start: number; head: Uint8Array }> {
    for (let at = start; at < end;) {
      // A short frame comes whole.
      const head = await this.source.read(at, Math.min(end - at, SHORT_FRAME), signal);
      const header = readTrrHeader(head, at);
      if (header.parts.x.byteLength > 0) {
        if (at + header.frameLength === end) return { header, start: at, head };
        break;
      }
      at += header.frameLength;
    }
    throw new ByteProblem(start, 'the frame is not the one that was found here before');
  }
}

/** Numbers of one part in the precision of the file. */
function reals(
  view: DataView,
  { at, byteLength }: { at: number; byteLength: number },
  real: 4 | 8,
  scale: number,
): Float32Array | Float64Array {
  const count = byteLength / real;
  if (real === 8) {
    const values = new Float64Array(count);
    for (let k = 0; k < count; k += 1) values[k] = view.getFloat64(at + 8 * k) * scale;
    return values;
  }
  const values = new Float32Array(count);
  for (let k = 0; k < count; k += 1) values[k] = view.getFloat32(at + 4 * k) * scale;
  return values;
}
