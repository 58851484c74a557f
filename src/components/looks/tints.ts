import type { AtomValues } from './atom-values.ts';
import { colorTable, kindColor, TABLE_LENGTH, type ColorMap } from './color-maps.ts';

/** From where to where a map goes. */
export interface ValueRange {
  low: number;
  high: number;
}

/** The lowest and highest finite value of some atoms; undefined when none is finite. */
export function extentOf(
  values: AtomValues,
  atoms: Uint32Array | undefined,
  atomCount: number,
): ValueRange | undefined {
  let [low, high] = [Infinity, -Infinity];
  const count = atoms?.length ?? atomCount;
  for (let i = 0; i < count; i += 1) {
    const value = values.at(atoms === undefined ? i : atoms[i]);
    if (value < low && value > -Infinity) low = value;
    if (value > high && value < Infinity) high = value;
  }
  return low <= high ? { low, high } : undefined;
}

/** A range of round numbers around another, so that it does not change with every frame; even about zero if `isEven`. */
export function roundRange({ low, high }: ValueRange, isEven: boolean): ValueRange {
  if (isEven) {
    const most = roundUp(Math.max(-low, high));
    return { low: -most, high: most };
  }
  if (low >= 0 && low < high * 0.5) return { low: 0, high: roundUp(high) };
  const span = high - low;
  if (!(span > 1e-12 * Math.max(Math.abs(low), Math.abs(high)))) return { low, high };
  const step = roundUp(span) / 10;
  return { low: Math.floor(low / step + 1e-9) * step, high: Math.ceil(high / step - 1e-9) * step };
}

/** The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten. */
export function roundUp(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((each) => each >= value / power - 1e-9) ?? 10;
  return Number((step * power).toPrecision(3));
}

/** Writes the colours of `atoms` (all when absent) into four bytes each; what has no value keeps its style's colour. */
export function writeTints(
  tints: Uint8Array,
  values: AtomValues,
  {
    atoms,
    atomCount,
    range,
    map,
  }: { atoms: Uint32Array | undefined; atomCount: number; range: ValueRange; map: ColorMap },
): void {
  const table = colorTable(map);
  const span = range.high - range.low;
  const perValue = span > 0 ? (TABLE_LENGTH - 1) / span : 0;
  const middle = span > 0 ? 0 : TABLE_LENGTH / 2;
  const count = atoms?.length ?? atomCount;
  for (let i = 0; i < count; i += 1) {
    const atom = atoms === undefined ? i : atoms[i];
    const value = values.at(atom);
    const at = 4 * atom;
    tints[at + 3] = value === value ? 255 : 0;
    if (values.kinds !== undefined) {
      const color = values.colors?.[value] ?? kindColor(value);
      tints[at] = color[0];
      tints[at + 1] = color[1];
      tints[at + 2] = color[2];
      continue;
    }
    const entry = 3 * Math.round(Math.min(TABLE_LENGTH - 1, Math.max(0, (value - range.low) * perValue + middle)));
    tints[at] = table[entry];
    tints[at + 1] = table[entry + 1];
    tints[at + 2] = table[entry + 2];
  }
}

/** Takes the colours of `atoms` (all when absent) away again. */
export function clearTints(tints: Uint8Array, atoms: Uint32Array | undefined): void {
  if (atoms === undefined) tints.fill(0);
  else for (const atom of atoms) tints[4 * atom + 3] = 0;
}
