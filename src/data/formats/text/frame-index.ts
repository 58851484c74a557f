import { CovalenceError } from '../../../protocol/errors.ts';
import { GrowableNumbers } from './growable-numbers.ts';

/** Different scalars that are kept; further ones are left out. */
const MOST_SCALARS = 256;

/** Under this name, which no file can use, the column of scalars that counts the atoms of each frame. */
const ATOM_COUNTS = '\u0000atoms';

/** Where the frames of a text file are, and their one-number values. */
export class FrameIndex {
  /** Offset of the first byte of each frame, and one more: the end of the last. */
  private readonly offsets = new GrowableNumbers();
  /** Number of the first line of each frame, and one more. */
  private readonly lines = new GrowableNumbers();
  private readonly columns = new Map<string, GrowableNumbers>();

  constructor() {
    this.offsets.push(0);
    this.lines.push(1);
  }

  get count(): number {
    return this.offsets.length - 1;
  }

  /** Where the next frame begins: offset and line. */
  get end(): { offset: number; line: number } {
    return { offset: this.offsets.at(this.count), line: this.lines.at(this.count) };
  }

  /** Adds a frame that begins at the end of the one before and ends before `offset` and `line`. */
  add(offset: number, line: number, atomCount?: number): void {
    if (atomCount !== undefined) this.setScalar(ATOM_COUNTS, atomCount);
    this.offsets.push(offset);
    this.lines.push(line);
  }

  /** Sets a scalar of the frame that is added next; the last value given wins. */
  setScalar(key: string, value: number): void {
    let column = this.columns.get(key);
    if (column === undefined) {
      const counted = this.columns.has(ATOM_COUNTS) ? 1 : 0;
      if (key !== ATOM_COUNTS && this.columns.size - counted >= MOST_SCALARS) return;
      this.columns.set(key, (column = new GrowableNumbers()));
    }
    if (column.length > this.count) column.view()[this.count] = value;
    else {
      column.padTo(this.count, Number.NaN);
      column.push(value);
    }
  }

  /** Bytes and first line of frame `frame`. */
  span(frame: number): { start: number; end: number; line: number } {
    return { start: this.offsets.at(frame), end: this.offsets.at(frame + 1), line: this.lines.at(frame) };
  }

  /** Atoms of each frame; undefined when the pass did not count them. */
  atomCounts(): Float64Array | undefined {
    return this.all()[ATOM_COUNTS];
  }

  /** All scalars, each as long as there are frames. */
  scalars(): Record<string, Float64Array> {
    const { [ATOM_COUNTS]: _counts, ...scalars } = this.all();
    return scalars;
  }

  private all(): Record<string, Float64Array> {
    const scalars: Record<string, Float64Array> = {};
    for (const [key, column] of this.columns) {
      column.padTo(this.count, Number.NaN);
      scalars[key] = column.view().subarray(0, this.count);
    }
    return scalars;
  }

  /** The index as bytes; `head` travels along. */
  serialise(head: Record<string, unknown>): Uint8Array {
    const scalars = Object.entries(this.all());
    const numbers = [this.offsets.view(), this.lines.view(), ...scalars.map(([, values]) => values)];
    const text = JSON.stringify({ ...head, count: this.count, scalars: scalars.map(([key]) => key) });
    const headBytes = new TextEncoder().encode(text.padEnd(text.length + 8));
    const headLength = headBytes.length - (headBytes.length % 8);
    const bytes = new Uint8Array(16 + headLength + 8 * numbers.reduce((sum, array) => sum + array.length, 0));
    const view = new DataView(bytes.buffer);
    view.setUint32(0, MAGIC, true);
    view.setUint32(8, headLength, true);
    bytes.set(headBytes.subarray(0, headLength), 16);
    let at = 16 + headLength;
    for (const array of numbers) {
      for (const value of array) {
        view.setFloat64(at, value, true);
        at += 8;
      }
    }
    return bytes;
  }

  /** Replaces this index by a serialised one and answers what travelled along. */
  restore(bytes: Uint8Array): Record<string, unknown> {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const headLength = bytes.length >= 16 ? view.getUint32(8, true) : 0;
    if (headLength === 0 || view.getUint32(0, true) !== MAGIC || 16 + headLength > bytes.length) throw notAnIndex();
    let head: { count: number; scalars: string[] } & Record<string, unknown>;
    try {
      head = JSON.parse(new TextDecoder().decode(bytes.subarray(16, 16 + headLength))) as typeof head;
    } catch {
      throw notAnIndex();
    }
    let at = 16 + headLength;
    const take = (length: number): Float64Array => {
      const values = new Float64Array(length);
      for (let k = 0; k < length; k += 1, at += 8) values[k] = view.getFloat64(at, true);
      return values;
    };
    const { count, scalars } = head;
    if (bytes.length !== at + 8 * (2 * (count + 1) + scalars.length * count)) throw notAnIndex();
    this.offsets.assign(take(count + 1));
    this.lines.assign(take(count + 1));
    this.columns.clear();
    for (const key of scalars) {
      const column = new GrowableNumbers();
      column.assign(take(count));
      this.columns.set(key, column);
    }
    return head;
  }
}

/** "CVX1" */
const MAGIC = 0x31585643;

function notAnIndex(): CovalenceError {
  return new CovalenceError(
    'request/invalid',
    'The given bytes are not an index of a trajectory; open the file without one.',
  );
}
