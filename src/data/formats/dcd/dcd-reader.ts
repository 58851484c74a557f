import { type FrameArray, frameArray, type FrameData } from '../../../protocol/frames.ts';
import type { BinaryReader, IsWanted } from '../binary/binary-trajectory.ts';
import { ByteProblem } from '../binary/byte-problem.ts';
import { lengthOf } from '../binary/byte-window.ts';
import { periodicityOf } from '../binary/cell-of-lengths.ts';
import { noElements } from '../no-elements.ts';
import { emptyIndex } from '../binary/offset-index.ts';
import type { ByteSource } from '../format.ts';
import { dcdCell } from './dcd-cell.ts';
import type { DcdHeader } from './dcd-header.ts';
import { markerAt, viewOf } from './dcd-record.ts';

/** Bytes of a cell. */
const CELL_LENGTH = 48;

/** Angstrom/fs in the unit of velocity of CHARMM. */
const AKMA_VELOCITY = 1 / 48.888_21;

/** Frames of a DCD file: all are of one size but the first, so their places follow from the length of the file. */
export class DcdReader implements BinaryReader {
  readonly format = 'dcd';
  readonly sourceUnits: Readonly<Record<string, string>>;
  count = 0;
  private readonly source: ByteSource;
  private readonly header: DcdHeader;
  private readonly key: 'positions' | 'velocities';
  /** All atoms of the first frame, once somebody needs those that are fixed. */
  private first: Promise<Float32Array[]> | undefined;
  private isWhole = false;

  constructor(source: ByteSource, header: DcdHeader) {
    this.source = source;
    this.header = header;
    this.key = header.kind === 'CORD' ? 'positions' : 'velocities';
    this.sourceUnits = header.kind === 'CORD' ? {} : { velocities: 'angstrom/AKMA' };
  }

  async find(onPiece: (offset: number) => void, signal?: AbortSignal): Promise<number> {
    const { source } = this;
    let failure: unknown;
    const length = await lengthOf(source, signal).catch((error: unknown) => {
      // A .gz that is cut off has frames up to there.
      failure = error;
      return source.byteLength;
    });
    signal?.throwIfAborted();
    const end = (frames: number): number => this.startOf(frames);
    const firstLength = end(1) - end(0);
    const stride = end(2) - end(1);
    this.count = length < end(1) ? 0 : 1 + Math.floor((length - end(1)) / stride);
    this.isWhole = failure === undefined;
    onPiece(length);
    if (failure !== undefined) throw failure;
    const rest = length - end(this.count);
    if (rest > 0) {
      throw new ByteProblem(
        length,
        `a frame has ${this.count === 0 ? firstLength : stride} bytes and only ${rest} follow`,
      );
    }
    return length;
  }

  async read(index: number, isWanted: IsWanted, signal?: AbortSignal): Promise<FrameData> {
    const { header, key } = this;
    const has4D = header.has4D && isWanted('arrays.w');
    const wantsAtoms = isWanted(key) || has4D;
    const needed = wantsAtoms ? this.startOf(index + 1) - this.startOf(index) : this.cellLength;
    const start = this.startOf(index);
    const bytes = await this.source.read(start, needed, signal);
    if (bytes.length < needed) throw new ByteProblem(start + bytes.length, 'the file ends within the frame');
    const data: FrameData = {};
    if (wantsAtoms) {
      const axes = await this.axesOf(bytes, index, start, signal);
      if (isWanted(key)) data[key] = frameArray(this.interleave(axes), [header.atomCount, 3]);
      if (has4D) data['arrays.w'] = frameArray(axes[3]);
    }
    if (header.hasCell && (isWanted('cell') || isWanted('pbc'))) {
      const cell = this.cellOf(bytes, start);
      if (cell !== undefined && isWanted('cell')) data.cell = cell;
      if (cell !== undefined && isWanted('pbc')) data.pbc = periodicityOf(cell);
    }
    if (header.timeStep > 0 && isWanted('time')) data.time = this.stepOf(index) * header.timeStep;
    if (isWanted('step')) data.step = this.stepOf(index);
    if (header.title !== '' && isWanted('info.title')) data['info.title'] = header.title;
    return data;
  }

  scalars(): Record<string, Float64Array> {
    const step = Float64Array.from({ length: this.count }, (_, index) => this.stepOf(index));
    const { timeStep } = this.header;
    return timeStep > 0 ? { time: step.map((value) => value * timeStep), step } : { step };
  }

  warnings(): readonly string[] {
    const { announced } = this.header;
    const isOther = this.isWhole && announced !== this.count && announced !== 0;
    return [
      noElements(this.source.name),
      ...(isOther
        ? [
            `The header of ${this.source.name} says ${announced} frames and the file holds ${this.count}; these are shown.`,
          ]
        : []),
    ];
  }

  serialise(head: Record<string, unknown>): Uint8Array {
    return emptyIndex(head);
  }

  private stepOf(index: number): number {
    return this.header.firstStep + index * this.header.stepsPerFrame;
  }

  private get cellLength(): number {
    return this.header.hasCell ? CELL_LENGTH + 2 * this.header.layout.marker : 0;
  }

  private atomsIn(index: number): number {
    const { free, atomCount } = this.header;
    return index === 0 || free === undefined ? atomCount : free.length;
  }

  private startOf(index: number): number {
    const { has4D, layout, byteLength } = this.header;
    const lengthOfFrame = (frame: number): number =>
      this.cellLength + (has4D ? 4 : 3) * (4 * this.atomsIn(frame) + 2 * layout.marker);
    return index === 0 ? byteLength : byteLength + lengthOfFrame(0) + (index - 1) * lengthOfFrame(1);
  }

  private cellOf(bytes: Uint8Array, start: number): FrameArray | undefined {
    const { layout, charmmVersion } = this.header;
    this.checkMarkers(bytes, 0, CELL_LENGTH, start, 'the cell');
    const view = viewOf(bytes);
    const six = Array.from({ length: 6 }, (_, k) => view.getFloat64(layout.marker + 8 * k, layout.isLittle));
    return dcdCell(six, charmmVersion);
  }

  /** x, y, z and perhaps w of all atoms. */
  private async axesOf(
    bytes: Uint8Array,
    index: number,
    start: number,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array[]> {
    const { layout, free, has4D } = this.header;
    const length = 4 * this.atomsIn(index);
    const names = ['x', 'y', 'z', ...(has4D ? ['w'] : [])];
    const found = names.map((name, axis) => {
      const at = this.cellLength + axis * (length + 2 * layout.marker);
      this.checkMarkers(bytes, at, length, start, name);
      return floatsAt(bytes, at + layout.marker, length / 4, layout.isLittle);
    });
    if (index === 0 || free === undefined) return found;
    const all = await this.firstAxes(signal);
    return found.map((values, axis) => {
      const merged = all[axis].slice();
      for (let k = 0; k < free.length; k += 1) merged[free[k]] = values[k];
      return merged;
    });
  }

  private firstAxes(signal: AbortSignal | undefined): Promise<Float32Array[]> {
    this.first ??= (async (): Promise<Float32Array[]> => {
      const start = this.startOf(0);
      return this.axesOf(await this.source.read(start, this.startOf(1) - start), 0, start, undefined);
    })().catch((error: unknown) => {
      this.first = undefined;
      throw error;
    });
    signal?.throwIfAborted();
    return this.first;
  }

  private interleave([x, y, z]: readonly Float32Array[]): Float32Array {
    const scale = this.key === 'positions' ? 1 : AKMA_VELOCITY;
    const triples = new Float32Array(x.length * 3);
    for (let atom = 0, at = 0; atom < x.length; atom += 1, at += 3) {
      triples[at] = x[atom] * scale;
      triples[at + 1] = y[atom] * scale;
      triples[at + 2] = z[atom] * scale;
    }
    return triples;
  }

  private checkMarkers(bytes: Uint8Array, at: number, length: number, start: number, what: string): void {
    const { layout } = this.header;
    const view = viewOf(bytes);
    for (const place of [at, at + layout.marker + length]) {
      const found = markerAt(view, place, layout);
      if (found === length) continue;
      throw new ByteProblem(start + place, `expected the mark of ${length} bytes of ${what}, found ${found}`);
    }
  }
}

function floatsAt(bytes: Uint8Array, at: number, count: number, isLittle: boolean): Float32Array {
  if (isLittle && (bytes.byteOffset + at) % 4 === 0) {
    return new Float32Array(bytes.buffer, bytes.byteOffset + at, count);
  }
  const view = viewOf(bytes);
  const values = new Float32Array(count);
  for (let k = 0; k < count; k += 1) values[k] = view.getFloat32(at + 4 * k, isLittle);
  return values;
}
