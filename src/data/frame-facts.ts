import { CovalenceError } from '../protocol/errors.ts';
import { type Frame, type FrameData, type FrameKeyInfo, type FrameValue, isFrameArray } from '../protocol/frames.ts';
import { emptyRecord, frameKeyRule, isPerAtom, normaliseFrameKeys } from './frame-key.ts';
import { type Hasher, canonicalBytes } from './hash.ts';

/** What can be said about the keys of a trajectory from one frame of it. */
export function frameKeyInfos(data: FrameData): FrameKeyInfo[] {
  return Object.entries(data).map(([name, value]) => {
    const unit = frameKeyRule(name)?.unit;
    return { name, ...typeAndShape(name, value), ...(unit === undefined ? {} : { unit }) };
  });
}

function typeAndShape(name: string, value: FrameValue): Pick<FrameKeyInfo, 'dtype' | 'shape'> {
  if (!isFrameArray(value)) return { dtype: typeof value as 'number' | 'boolean' | 'string', shape: [] };
  const shape = value.shape.map((length, axis) => (axis === 0 && isPerAtom(name) ? null : length));
  return { dtype: value.table === undefined ? value.dtype : 'string', shape };
}

/** The values of `data` under `keys`, aliases resolved; all when left out. Keys that it lacks are left out. */
export function selectKeys<T>(
  data: Readonly<Record<string, T>>,
  keys: readonly string[] | undefined,
): Record<string, T> {
  const selected = emptyRecord<T>();
  for (const key of normaliseFrameKeys(keys) ?? Object.keys(data)) {
    if (Object.hasOwn(data, key)) selected[key] = data[key];
  }
  return selected;
}

/** sha256 of every value. */
export async function hashData(data: FrameData, hasher: Hasher): Promise<Record<string, string>> {
  const entries = Object.entries(data);
  const found = await Promise.all(entries.map(async ([, value]) => hasher(canonicalBytes(value))));
  const hashes = emptyRecord<string>();
  for (const [i, [key]] of entries.entries()) hashes[key] = found[i];
  return hashes;
}

/** Arrays of one number a frame, NaN where a frame has none; keys default to all that hold a number somewhere. */
export function scalarsOf(
  frames: readonly FrameData[],
  keys: readonly string[] | undefined,
): Record<string, Float64Array> {
  const names = new Set(normaliseFrameKeys(keys));
  if (keys === undefined) {
    for (const data of frames)
      for (const [key, value] of Object.entries(data)) if (typeof value === 'number') names.add(key);
  }
  const scalars = emptyRecord<Float64Array>();
  for (const name of names) {
    scalars[name] = Float64Array.from(frames, (data) => {
      const value = Object.hasOwn(data, name) ? data[name] : undefined;
      return typeof value === 'number' ? value : Number.NaN;
    });
  }
  return scalars;
}

/** The refusal of an index outside the trajectory, or of an id that is not in it. */
export function frameNotFound(asked: number | string, count: number): CovalenceError {
  const what = typeof asked === 'number' ? `frame ${asked}` : `frame "${asked}"`;
  const range = count === 0 ? 'the trajectory is empty' : `the trajectory has frames 0 to ${count - 1}`;
  return new CovalenceError('frame/not-found', `There is no ${what}; ${range}.`, { asked, count });
}

/** True for an index of a frame among `count`. */
export function isFrameIndex(index: number, count: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < count;
}

/** `frame` with only the values under `keys`. */
export function selectFrame(frame: Frame, keys: readonly string[] | undefined): Frame {
  if (keys === undefined) return frame;
  return { ...frame, hashes: selectKeys(frame.hashes, keys), data: selectKeys(frame.data, keys) };
}

/** Throws `frame/range-invalid` unless `[start, stop)` is a range of indices. */
export function assertRange(start: number, stop: number): void {
  if (Number.isInteger(start) && Number.isInteger(stop) && start >= 0 && stop >= start) return;
  const message = `${start}:${stop} is no range of frames; give whole numbers with 0 <= start <= stop.`;
  throw new CovalenceError('frame/range-invalid', message, { start, stop });
}
