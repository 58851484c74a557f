import { ByteProblem } from '../binary/byte-problem.ts';
import { readAhead } from '../binary/byte-window.ts';
import { excerpt } from '../damage.ts';
import type { ByteSource } from '../format.ts';
import { textOf } from '../text/bytes-text.ts';
import { type CdfType, cdfTypeOf } from './cdf-types.ts';

/** A variable of a classic NetCDF file. */
export interface CdfVariable {
  name: string;
  /** Names and lengths of its dimensions; that of the records has no length of its own. */
  dimensions: readonly CdfDimension[];
  type: CdfType;
  attributes: ReadonlyMap<string, string | number>;
  /** Where it, or its part of the first record, begins. */
  begin: number;
  /** Bytes of it, or of its part of one record, without padding. */
  byteLength: number;
  isRecord: boolean;
}

/** A dimension; the records' has length 0. */
export interface CdfDimension {
  name: string;
  length: number;
  isRecord: boolean;
}

/** What the beginning of a classic NetCDF file says. */
export interface CdfHeader {
  attributes: ReadonlyMap<string, string | number>;
  variables: ReadonlyMap<string, CdfVariable>;
  /** Records as the header says; undefined while a program is writing them. */
  recordCount: number | undefined;
  recordByteLength: number;
  /** Where the first record begins. */
  recordsBegin: number;
}

const FIRST_READ = 64 * 1024;
const LONGEST_HEADER = 16 * 1024 * 1024;

/** Thrown while a header is read of which not all bytes are there yet. */
class NeedsMore extends Error {}

/** Reads the header; throws {@link ByteProblem}. */
export async function readCdfHeader(source: ByteSource, signal?: AbortSignal): Promise<CdfHeader> {
  for (let length = FIRST_READ; ; length *= 4) {
    const bytes = await readAhead(source, 0, 4, length, signal);
    try {
      return parseCdfHeader(bytes);
    } catch (error) {
      if (!(error instanceof NeedsMore)) throw error;
      if (bytes.length < length) throw new ByteProblem(bytes.length, 'the file ends within its header');
      if (length >= LONGEST_HEADER) throw new ByteProblem(length, `the header is longer than ${LONGEST_HEADER} bytes`);
    }
  }
}

function parseCdfHeader(bytes: Uint8Array): CdfHeader {
  const cursor = new HeaderCursor(bytes);
  const recordCount = cursor.recordCount();
  const dimensions = cursor.list(10, () => {
    const name = cursor.name();
    const length = cursor.count();
    return { name, length, isRecord: length === 0 };
  });
  const attributes = cursor.attributes();
  const variables = cursor.list(11, () => cursor.variable(dimensions));
  const records = variables.filter(({ isRecord }) => isRecord);
  const padded = ({ byteLength }: CdfVariable): number => Math.ceil(byteLength / 4) * 4;
  return {
    attributes,
    variables: new Map(variables.map((variable) => [variable.name, variable])),
    recordCount,
    // A single variable is not padded.
    recordByteLength:
      records.length === 1 ? records[0].byteLength : records.reduce((sum, variable) => sum + padded(variable), 0),
    recordsBegin: Math.min(...records.map(({ begin }) => begin)),
  };
}

/** Reads the parts of a header one after the other. */
class HeaderCursor {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly version: number;
  private at = 4;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const magic = textOf(bytes, 0, Math.min(3, bytes.length));
    if (textOf(bytes, 1, Math.min(4, bytes.length)) === 'HDF') {
      const found = 'this is NetCDF-4, which is HDF5; write it as classic NetCDF, e.g. with nccopy -k classic';
      throw new ByteProblem(0, found);
    }
    if (bytes.length < 4 || magic !== 'CDF') {
      const found = excerpt(textOf(bytes, 0, Math.min(bytes.length, 24)));
      throw new ByteProblem(0, `expected CDF, with which a NetCDF file begins, found ${found}`);
    }
    this.version = bytes[3];
    if (![1, 2, 5].includes(this.version)) {
      throw new ByteProblem(3, `expected version 1, 2 or 5 of NetCDF, found ${this.version}`);
    }
  }

  recordCount(): number | undefined {
    const isStreaming = this.peek(4) === 0xff_ff_ff_ff;
    const count = this.count();
    return isStreaming ? undefined : count;
  }

  /** A whole number that is not negative. */
  count(): number {
    const at = this.at;
    const high = this.version === 5 ? this.integer() : 0;
    const count = high * 2 ** 32 + this.integer();
    if (!Number.isSafeInteger(count)) throw new ByteProblem(at, `${count} is too large a number`);
    return count;
  }

  name(): string {
    const length = this.count();
    const at = this.take(length);
    return textOf(this.bytes, at, at + length);
  }

  /** Elements after their tag and number; nothing at all is written as two zeros. */
  list<T>(tag: number, read: () => T): T[] {
    const at = this.at;
    const found = this.integer();
    const length = this.count();
    if (found !== tag && (found !== 0 || length !== 0)) {
      throw new ByteProblem(at, `expected a list with number ${tag} in the header, found ${found}`);
    }
    const elements: T[] = [];
    while (elements.length < length) elements.push(read());
    return elements;
  }

  attributes(): Map<string, string | number> {
    return new Map<string, string | number>(
      this.list(12, (): [string, string | number] => {
        const name = this.name();
        const type = this.type();
        const length = this.count();
        const at = this.take(length * type.byteLength);
        if (type.isText) return [name, textOf(this.bytes, at, at + length)];
        return [name, length > 0 ? type.read(this.view, at) : Number.NaN];
      }),
    );
  }

  variable(all: readonly CdfDimension[]): CdfVariable {
    const name = this.name();
    const at = this.at;
    const rank = this.count();
    if (rank > 32) throw new ByteProblem(at, `${name} is said to have ${rank} dimensions`);
    const dimensions = Array.from({ length: rank }, () => {
      const place = this.at;
      const index = this.count();
      if (index >= all.length) throw new ByteProblem(place, `${name} has dimension ${index} of ${all.length}`);
      return all[index];
    });
    const attributes = this.attributes();
    const type = this.type();
    // The size that is written here is too small a number for large variables.
    this.count();
    const begin = this.version === 1 ? this.integer() : this.integer() * 2 ** 32 + this.integer();
    const isRecord = dimensions[0]?.isRecord ?? false;
    const byteLength = dimensions
      .slice(isRecord ? 1 : 0)
      .reduce((product, { length }) => product * length, type.byteLength);
    if (!Number.isSafeInteger(begin + byteLength)) throw new ByteProblem(at, `${name} is said to be too large`);
    return { name, dimensions, type, attributes, begin, byteLength, isRecord };
  }

  private type(): CdfType {
    const at = this.at;
    const code = this.integer();
    const type = cdfTypeOf(code);
    if (type === undefined) throw new ByteProblem(at, `${code} is no type of numbers`);
    return type;
  }

  private integer(): number {
    const at = this.take(4);
    return this.view.getUint32(at);
  }

  private peek(length: number): number {
    if (this.at + length > this.bytes.length) throw new NeedsMore();
    return this.view.getUint32(this.at);
  }

  /** Passes over `length` bytes and their padding, and answers where they begin. */
  private take(length: number): number {
    const { at } = this;
    const end = at + Math.ceil(length / 4) * 4;
    if (end > this.bytes.length) throw new NeedsMore();
    this.at = end;
    return at;
  }
}
