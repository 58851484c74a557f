import { dtypeOf, frameArray, type FrameData } from '../../../protocol/frames.ts';
import type { BinaryReader, IsWanted } from '../binary/binary-trajectory.ts';
import { ByteProblem } from '../binary/byte-problem.ts';
import { lengthOf } from '../binary/byte-window.ts';
import { noElements } from '../no-elements.ts';
import { emptyIndex } from '../binary/offset-index.ts';
import type { ByteSource } from '../format.ts';
import { h5mdCell } from './h5md-cell.ts';
import { type H5mdLayout, h5mdLayout, shapeOf } from './h5md-layout.ts';
import { Hdf5Reader, type Hdf5Numbers } from './hdf5-reader.ts';
import { checkSuperblock } from './superblock.ts';

/** Frames of an H5MD file, read through HDF5. */
export class H5mdReader implements BinaryReader {
  readonly format = 'h5md';
  count = 0;
  private readonly source: ByteSource;
  private file: Hdf5Reader;
  private layout: H5mdLayout;
  private openedLength: number;
  private series: Record<string, Float64Array> = {};

  private constructor(source: ByteSource, file: Hdf5Reader, layout: H5mdLayout, byteLength: number) {
    this.source = source;
    this.file = file;
    this.layout = layout;
    this.openedLength = byteLength;
  }

  /** Opens the file and reads what it holds; throws {@link ByteProblem}. */
  static async open(source: ByteSource, signal?: AbortSignal): Promise<H5mdReader> {
    const byteLength = await lengthOf(source, signal);
    await checkSuperblock(source, byteLength, signal);
    const file = await Hdf5Reader.open(source, byteLength, signal);
    try {
      return new H5mdReader(source, file, await h5mdLayout(file, signal), byteLength);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  get sourceUnits(): Readonly<Record<string, string>> {
    return this.layout.sourceUnits;
  }

  async find(onPiece: (offset: number) => void, signal?: AbortSignal): Promise<number> {
    if (this.source.byteLength !== this.openedLength) await this.reopen(signal);
    const { layout } = this;
    this.count = layout.count;
    onPiece(this.openedLength);
    const { times, steps } = layout.positions;
    const series: Record<string, Float64Array> = {};
    if (times !== undefined) series.time = times.map((time) => time * layout.timeFactor);
    if (steps !== undefined) series.step = steps;
    for (const {
      key,
      series: { values, length },
      factor,
      rowOf,
    } of layout.values) {
      if (values.shape.length !== 1 || length === undefined) continue;
      const all = await this.file.read(values, 0, length, signal);
      series[key] = Float64Array.from({ length: this.count }, (_, row) => (all[rowOf(row)] ?? Number.NaN) * factor);
    }
    this.series = series;
    return this.openedLength;
  }

  async read(index: number, isWanted: IsWanted, signal?: AbortSignal): Promise<FrameData> {
    const { layout } = this;
    const data: FrameData = {};
    for (const { key, series, factor, rowOf } of layout.values) {
      const row = isWanted(key) ? rowOf(index) : -1;
      if (row < 0) continue;
      const numbers = await this.rowOf(series.length === undefined, series.values, row, signal);
      const shape = shapeOf(series);
      const isPosition = key === 'positions' && shape[1] !== 3;
      const values = isPosition ? inSpace(numbers, shape[1]) : numbers;
      if (factor !== 1) for (let k = 0; k < values.length; k += 1) values[k] *= factor;
      if (shape.length === 0) data[key] = values[0];
      else data[key] = frameArray(fitting(key, values), isPosition ? [shape[0], 3] : shape);
    }
    await this.readSpecies(index, isWanted, data, signal);
    await this.readBox(index, isWanted, data, signal);
    const { times, steps } = layout.positions;
    if (times !== undefined && isWanted('time')) data.time = times[index] * layout.timeFactor;
    if (steps !== undefined && isWanted('step')) data.step = steps[index];
    return data;
  }

  scalars(): Record<string, Float64Array> {
    return this.series;
  }

  warnings(): readonly string[] {
    const { name } = this.source;
    const sentences = this.layout.warnings.map((sentence) => `${name}: ${sentence}`);
    return this.layout.species === undefined ? [noElements(name), ...sentences] : sentences;
  }

  serialise(head: Record<string, unknown>): Uint8Array {
    return emptyIndex(head);
  }

  close(): Promise<void> {
    this.file.close();
    return Promise.resolve();
  }

  private rowOf(
    isFixed: boolean,
    values: Parameters<Hdf5Reader['read']>[0],
    row: number,
    signal: AbortSignal | undefined,
  ): Promise<Hdf5Numbers> {
    return isFixed
      ? this.file.read(values, 0, values.shape[0] ?? 1, signal)
      : this.file.read(values, row, row + 1, signal);
  }

  private async readSpecies(
    index: number,
    isWanted: IsWanted,
    data: FrameData,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { species } = this.layout;
    const row = species?.rowOf(index) ?? -1;
    if (species === undefined || row < 0 || !(isWanted('numbers') || isWanted('arrays.species'))) return;
    const { values, length } = species.series;
    const numbers = await this.rowOf(length === undefined, values, row, signal);
    const elements = species.numbersOf(numbers);
    if (elements === undefined) {
      if (isWanted('arrays.species')) data['arrays.species'] = frameArray(numbers);
    } else if (isWanted('numbers')) data.numbers = frameArray(elements);
  }

  private async readBox(
    index: number,
    isWanted: IsWanted,
    data: FrameData,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { box, periodic } = this.layout;
    const row = box?.rowOf(index) ?? -1;
    if (box === undefined || row < 0 || !(isWanted('cell') || isWanted('pbc'))) return;
    const edges = await this.rowOf(box.series.length === undefined, box.series.values, row, signal);
    const cell = h5mdCell(edges, box.factor);
    if (cell === undefined) return;
    if (isWanted('cell')) data.cell = cell;
    if (isWanted('pbc')) data.pbc = frameArray(Uint8Array.from(periodic, Number));
  }

  private async reopen(signal: AbortSignal | undefined): Promise<void> {
    const next = await H5mdReader.open(this.source, signal);
    if (next.layout.count < this.count) {
      next.file.close();
      throw new ByteProblem(0, `the file has ${next.layout.count} frames and had ${this.count}`);
    }
    this.file.close();
    this.file = next.file;
    this.layout = next.layout;
    this.openedLength = next.openedLength;
  }
}

/** Points of one or two dimensions in space. */
function inSpace(numbers: Hdf5Numbers, space: number): Float32Array | Float64Array {
  const count = (numbers.length / space) * 3;
  const placed = numbers instanceof Float32Array ? new Float32Array(count) : new Float64Array(count);
  for (let k = 0; k < numbers.length; k += 1) placed[Math.floor(k / space) * 3 + (k % space)] = numbers[k];
  return placed;
}

/** Numbers in a type that the key allows. */
function fitting(key: string, numbers: Hdf5Numbers): Hdf5Numbers {
  if (key === 'ids') return dtypeOf(numbers) === '<i4' ? numbers : Int32Array.from(numbers);
  const isFloat = numbers instanceof Float32Array || numbers instanceof Float64Array;
  return isFloat || key.includes('.') ? numbers : Float64Array.from(numbers);
}
