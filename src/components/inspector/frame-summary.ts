import { FRAME_KEYS, isFrameArray, type Frame } from '../../protocol/frames.ts';
import { formatNumber } from '../format-number.ts';
import { atomCountOf } from '../viewer/scene-frame.ts';

/** Lengths in angstrom, angles in degrees. */
export interface CellSummary {
  lengths: [number, number, number];
  angles: [number, number, number];
  volume: number;
  periodic: [boolean, boolean, boolean];
}

const UNITS: Readonly<Record<string, string>> = { angstrom: 'Å', 'eV/angstrom': 'eV/Å', 'eV/angstrom^3': 'eV/Å³' };

/** Numbers that name something, such as `info.PUBCHEM_COMPOUND_CID`, and are read digit by digit. */
const ID = /(?:^|[._ ])(?:c|s|u)?ids?$/i;

/** Edges, angles and volume of the cell of a frame; undefined when it has none. */
export function cellSummary(frame: Frame): CellSummary | undefined {
  const { cell, pbc } = frame.data;
  if (!isFrameArray(cell) || cell.data.length !== 9) return undefined;
  const rows = [0, 1, 2].map((row) => [...cell.data.subarray(row * 3, row * 3 + 3)]);
  const lengths = rows.map((row) => Math.hypot(...row)) as [number, number, number];
  if (lengths.every((length) => length === 0)) return undefined;
  const angle = (i: number, j: number): number => {
    const product = rows[i].reduce((sum, value, axis) => sum + value * rows[j][axis], 0);
    const cosine = product / (lengths[i] * lengths[j]);
    return (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
  };
  const [a, b, c] = rows;
  const volume = Math.abs(
    a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]),
  );
  const periodic = [0, 1, 2].map((axis) => isFrameArray(pbc) && pbc.data[axis] !== 0) as [boolean, boolean, boolean];
  return { lengths, angles: [angle(1, 2), angle(0, 2), angle(0, 1)], volume, periodic };
}

/** Numbers, truth values and texts of a frame, with units, under plain names; the energy first. */
export function frameValues(frame: Frame): { name: string; value: string; unit: string }[] {
  const found = Object.entries(frame.data).flatMap(([key, value]) => {
    if (isFrameArray(value)) return [];
    const unit = FRAME_KEYS[key]?.unit ?? '';
    const text =
      typeof value === 'number'
        ? ID.test(key)
          ? String(value)
          : formatNumber(value)
        : typeof value === 'boolean'
          ? value
            ? 'yes'
            : 'no'
          : value;
    return [{ name: key.replace(/^info\./, '').replaceAll('_', ' '), value: text, unit: UNITS[unit] ?? unit }];
  });
  return found.sort((a, b) => Number(b.name === 'energy') - Number(a.name === 'energy'));
}

/** Largest and root mean square length of the forces of a frame, eV/angstrom; undefined when it has none. */
export function forceSummary(frame: Frame): { max: number; rms: number } | undefined {
  const { forces } = frame.data;
  const count = atomCountOf(frame);
  if (!isFrameArray(forces) || forces.data.length !== count * 3 || count === 0) return undefined;
  let max = 0;
  let sum = 0;
  for (let i = 0; i < forces.data.length; i += 3) {
    const squared = forces.data[i] ** 2 + forces.data[i + 1] ** 2 + forces.data[i + 2] ** 2;
    sum += squared;
    if (squared > max) max = squared;
  }
  return { max: Math.sqrt(max), rms: Math.sqrt(sum / count) };
}
