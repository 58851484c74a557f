import type { FrameData } from '../../../protocol/frames.ts';
import { writtenFrame } from './written-frame.ts';

/** Digits that GROMACS writes: 0.001 nm and 0.0001 nm/ps. */
const DECIMALS = 3;

/**
 * A frame in GROMACS' format: nm, nm/ps; fields as wide as the largest coordinate needs. Residues, names of atoms, title,
 * time and step are kept; without names an atom has that of its element and belongs to residue 1 MOL. Numbers go on from
 * 99,999 with 0. Throws `file/unwritable` without finite positions.
 */
export function writeGroFrame(data: FrameData): string {
  const frame = writtenFrame(data, 'GRO');
  const { atomCount, positions, velocities, cell } = frame;
  const title = typeof data['info.title'] === 'string' ? data['info.title'].replaceAll(/\s+/g, ' ').trim() : '';
  const time = typeof data.time === 'number' && !/t=/.test(title) ? ` t= ${data.time.toFixed(5)}` : '';
  const step = typeof data.step === 'number' && !/step=/.test(title) ? ` step= ${data.step}` : '';
  let largest = 0;
  for (const value of positions) largest = Math.max(largest, Math.abs(value) / 10);
  const width = Math.max(8, Math.floor(largest).toString().length + DECIMALS + 3);
  const lines = [`${title === '' ? 'molecules' : title}${time}${step}`, String(atomCount).padStart(5)];
  for (let atom = 0; atom < atomCount; atom += 1) {
    const residue = (frame.number('arrays.residue_numbers', atom) ?? 1) % 100_000;
    const residueName = field(frame.word('arrays.residue_names', atom) ?? 'MOL');
    const atomName = field(frame.word('arrays.atom_names', atom) ?? frame.symbol(atom)) || 'X';
    let line = `${String(residue).padStart(5)}${residueName.padEnd(5)}${atomName.padStart(5)}${String((atom + 1) % 100_000).padStart(5)}`;
    for (let axis = 0; axis < 3; axis += 1) line += (positions[3 * atom + axis] / 10).toFixed(DECIMALS).padStart(width);
    for (const value of velocities?.subarray(3 * atom, 3 * atom + 3) ?? []) {
      line += (value * 100).toFixed(DECIMALS + 1).padStart(width);
    }
    lines.push(line);
  }
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = cell ?? new Float64Array(9);
  const tilts = [xy, xz, yx, yz, zx, zy];
  const box = tilts.every((part) => part === 0) ? [xx, yy, zz] : [xx, yy, zz, ...tilts];
  lines.push(box.map((part) => (part / 10).toFixed(5).padStart(10)).join(''));
  return `${lines.join('\n')}\n`;
}

function field(text: string): string {
  return text.replaceAll(/\s/g, '_').slice(0, 5);
}
