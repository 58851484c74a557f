import { frameArray, type FrameData } from '../../../protocol/frames.ts';
import type { BinaryReader, IsWanted } from '../binary/binary-trajectory.ts';
import { ByteProblem } from '../binary/byte-problem.ts';
import { type ByteRange, readRanges } from '../binary/byte-ranges.ts';
import { ByteWindow, lengthOf } from '../binary/byte-window.ts';
import { cellOfLengths, periodicityOf } from '../binary/cell-of-lengths.ts';
import { noElements } from '../no-elements.ts';
import { emptyIndex } from '../binary/offset-index.ts';
import type { ByteSource } from '../format.ts';
import type { AmberFrames } from './amber-frames.ts';
import { meaningOf } from './amber-names.ts';
import { type CdfHeader, type CdfVariable, readCdfHeader } from './cdf-header.ts';
import { cdfValues } from './cdf-values.ts';

/** Frames of an AMBER NetCDF file, whose places follow from the header. */
export class AmberReader implements BinaryReader {
  readonly format = 'netcdf';
  readonly sourceUnits: Readonly<Record<string, string>>;
  count = 0;
  private readonly source: ByteSource;
  private readonly header: CdfHeader;
  private readonly frames: AmberFrames;
  private times = new Float64Array(0);

  constructor(source: ByteSource, header: CdfHeader, frames: AmberFrames) {
    this.source = source;
    this.header = header;
    this.frames = frames;
    const pairs = frames.values.map(({ key, meaning }) => [key, meaning?.unit] as const);
    this.sourceUnits = Object.fromEntries(
      pairs.filter((pair): pair is [string, string] => ['velocities', 'forces'].includes(pair[0]) && Boolean(pair[1])),
    );
  }

  async find(onPiece: (offset: number) => void, signal?: AbortSignal): Promise<number> {
    let failure: unknown;
    const length = await lengthOf(this.source, signal).catch((error: unknown) => {
      failure = error;
      return this.source.byteLength;
    });
    signal?.throwIfAborted();
    // A program that adds frames counts them in the header.
    const { recordCount } = this.count === 0 ? this.header : await readCdfHeader(this.source, signal);
    const { fixedCount } = this.frames;
    const { recordByteLength, recordsBegin } = this.header;
    const fitting = recordByteLength > 0 ? Math.max(0, Math.floor((length - recordsBegin) / recordByteLength)) : 0;
    const announced = fixedCount ?? recordCount ?? fitting;
    this.count = fixedCount ?? Math.min(announced, fitting);
    if (fixedCount !== undefined) this.checkWhole(length);
    onPiece(length);
    if (failure !== undefined) throw failure;
    if (this.count < announced) {
      const bytes = recordByteLength * announced + recordsBegin;
      throw new ByteProblem(
        length,
        `the header says ${announced} frames, which end at byte ${bytes}; the file ends before`,
      );
    }
    await this.gatherTimes(onPiece, signal);
    return length;
  }

  async read(index: number, isWanted: IsWanted, signal?: AbortSignal): Promise<FrameData> {
    const { values, lengths, angles, title } = this.frames;
    const wanted = values.filter(({ key }) => isWanted(key));
    const cellParts = (isWanted('cell') || isWanted('pbc')) && lengths && angles ? [lengths, angles] : [];
    const ranges = [...wanted.map(({ variable }) => variable), ...cellParts].map((variable) =>
      this.rangeOf(variable, index),
    );
    const bytes = await readRanges(this.source, ranges, signal);
    const data: FrameData = {};
    for (const [k, { variable, key, shape, meaning }] of wanted.entries()) {
      const numbers = cdfValues(variable, bytes[k], meaning?.factor);
      data[key] = shape.length === 0 ? numbers[0] : frameArray(numbers, shape);
    }
    if (cellParts.length > 0) {
      const three = (at: number, factor?: number): number[] =>
        Array.from(cdfValues(cellParts[at], bytes[wanted.length + at], factor));
      const cell = cellOfLengths(three(0, meaningOf(cellParts[0])?.factor), three(1));
      if (cell !== undefined && isWanted('cell')) data.cell = cell;
      if (cell !== undefined && isWanted('pbc')) data.pbc = periodicityOf(cell);
    }
    if (title !== '' && isWanted('info.title')) data['info.title'] = title;
    return data;
  }

  scalars(): Record<string, Float64Array> {
    return this.times.length === 0 ? {} : { time: this.times.slice(0, this.count) };
  }

  warnings(): readonly string[] {
    const { name } = this.source;
    const odd = this.frames.values.filter(({ meaning }) => meaning?.isKnownUnit === false);
    return [
      noElements(name),
      ...odd.map(
        ({ variable, meaning }) =>
          `${name} gives ${variable.name} in "${meaning?.unit}", which is not known; AMBER's own unit was taken.`,
      ),
    ];
  }

  serialise(head: Record<string, unknown>): Uint8Array {
    return emptyIndex(head);
  }

  private rangeOf(variable: CdfVariable, index: number): ByteRange {
    if (variable.isRecord) {
      const start = variable.begin + index * this.header.recordByteLength;
      return { start, end: start + variable.byteLength };
    }
    const length = variable.byteLength / (this.frames.fixedCount ?? 1);
    const start = variable.begin + index * length;
    return { start, end: start + length };
  }

  private checkWhole(length: number): void {
    for (const { variable } of this.frames.values) {
      const end = variable.begin + variable.byteLength;
      if (end <= length) continue;
      this.count = 0;
      throw new ByteProblem(length, `${variable.name} ends at byte ${end}; the file ends before`);
    }
  }

  /** Times of all frames, where a read costs little. */
  private async gatherTimes(onPiece: (offset: number) => void, signal: AbortSignal | undefined): Promise<void> {
    const time = this.frames.values.find(({ key }) => key === 'time');
    if (time === undefined || this.source.jumpByteLength !== undefined) return;
    const known = this.times.length;
    const times = new Float64Array(this.count).fill(Number.NaN);
    times.set(this.times.subarray(0, this.count));
    this.times = times;
    const window = new ByteWindow(this.source);
    for (let index = known; index < this.count; index += 1) {
      const { start, end } = this.rangeOf(time.variable, index);
      const bytes = await window.at(start, end - start, signal);
      if (bytes.length < end - start) throw new ByteProblem(start, 'the file ends within the frame');
      times[index] = cdfValues(time.variable, bytes, time.meaning?.factor)[0];
      onPiece(end);
    }
  }
}
