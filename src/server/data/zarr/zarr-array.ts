import type { Dtype, FrameValue } from '../../../protocol/frames.ts';
import { dtypeByteLength, isFrameArray, type NumericArray, viewAs } from '../../../protocol/frames.ts';

/** Element types that a store shows; whole numbers beyond 32 bits are needed for steps only. */
export type ZarrDtype = Dtype | '<i8';

/** One array of a virtual Zarr store. */
export interface ZarrArraySpec {
  /** Path below the root, without slashes at its ends. */
  path: string;
  dtype: ZarrDtype;
  shape: readonly number[];
  chunk: readonly number[];
  /** What stands where there is nothing: NaN, or -1. */
  fill: number;
  /** Names of the dimensions, for xarray. */
  dimensions: readonly string[];
  attributes?: Readonly<Record<string, unknown>>;
  /** The bytes of the chunk at this place of the first dimension; all other dimensions are in one chunk. */
  read(place: number, signal?: AbortSignal): Promise<Uint8Array>;
}

/** Bytes of one element. */
export function zarrByteLength(dtype: ZarrDtype): number {
  return dtype === '<i8' ? 8 : dtypeByteLength(dtype);
}

/** The element type that can hold all of `types` and a value that stands for nothing. */
export function paddedDtype(types: Iterable<Dtype>): Dtype {
  const met = new Set(types);
  const [only] = met;
  if (met.size !== 1) return '<f8';
  // Without a sign there is no -1, so that the next wider type is taken.
  if (only === '|u1') return '<i2';
  if (only === '<u2') return '<i4';
  return only === '<u4' ? '<f8' : only;
}

/** What stands for nothing in arrays of this type. */
export function fillOf(dtype: ZarrDtype): number {
  return dtype === '<f4' || dtype === '<f8' ? Number.NaN : -1;
}

/** `values` as `length` elements of `dtype`, filled up with `fill`; theirs, not a copy, where nothing is to be changed. */
export function paddedBytes(
  values: FrameValue | undefined,
  dtype: Dtype,
  length: number,
  fill: number,
): Uint8Array<ArrayBuffer> {
  if (isFrameArray(values) && values.dtype === dtype && values.data.length === length) {
    const { buffer, byteOffset, byteLength } = values.data;
    return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  }
  const bytes = new Uint8Array(length * dtypeByteLength(dtype));
  const target = viewAs(dtype, bytes);
  const given = numbersOf(values);
  if (given.length < length) target.fill(fill, given.length);
  target.set(given);
  return bytes;
}

/** `values` from `start` on as a chunk of `length` elements; the last chunk of an array is filled up. */
export function column(values: ArrayLike<number>, dtype: ZarrDtype, start: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length * zarrByteLength(dtype));
  const count = Math.min(length, values.length - start);
  if (dtype === '<i8') {
    const wide = new BigInt64Array(bytes.buffer).fill(-1n);
    for (let i = 0; i < count; i += 1) wide[i] = Number.isNaN(values[start + i]) ? -1n : BigInt(values[start + i]);
    return bytes;
  }
  const target = viewAs(dtype, bytes).fill(fillOf(dtype));
  for (let i = 0; i < count; i += 1) target[i] = values[start + i];
  return bytes;
}

function numbersOf(value: FrameValue | undefined): NumericArray | readonly number[] {
  if (isFrameArray(value)) return value.data;
  if (typeof value === 'number' || typeof value === 'boolean') return [Number(value)];
  return [];
}
