import { invert } from '../../../chem/cell.ts';
import { isFrameArray, type FrameData } from '../../../protocol/frames.ts';
import { cellOfLengths, lengthsOfCell } from '../unit-cell.ts';
import { unwritable, writtenFrame, type WrittenFrame } from './written-frame.ts';

/**
 * A frame as one model of a PDB file: CRYST1, MODEL, atoms, CONECT, ENDMDL. `number` is that of the model, from 1. Names,
 * residues, chains, insertion codes, alternate places, occupancies and B factors are kept; numbers beyond the columns are
 * hybrid-36. The format wants a along x and b in the plane of x and y: other cells and their atoms are turned. Throws
 * `file/unwritable` for coordinates beyond -999.999 and 9999.999.
 */
export function writePdbFrame(data: FrameData, number: number): string {
  const frame = writtenFrame(data, 'PDB');
  const { atomCount, cell } = frame;
  const turned = cell === undefined ? undefined : turn(frame.positions, cell);
  const positions = turned?.positions ?? frame.positions;
  const lines: string[] = [];
  if (turned !== undefined) {
    const [a, b, c, alpha, beta, gamma] = turned.lengths;
    lines.push(
      `CRYST1${[a, b, c].map((length) => fixed(length, 9, 3)).join('')}${[alpha, beta, gamma].map((angle) => fixed(angle, 7, 2)).join('')} P 1           1`,
    );
  }
  lines.push(`MODEL     ${String(number).padStart(4)}`);
  for (let atom = 0; atom < atomCount; atom += 1) lines.push(atomLine(frame, positions, atom));
  lines.push(...conectLines(data, atomCount), 'ENDMDL');
  return `${lines.join('\n')}\n`;
}

function atomLine(frame: WrittenFrame, positions: ArrayLike<number>, atom: number): string {
  const symbol = frame.symbol(atom);
  const name = (frame.word('arrays.atom_names', atom) ?? symbol).slice(0, 4);
  // A symbol of one letter begins in the second of the four columns.
  const nameField = name.length < 4 && symbol.length === 1 ? ` ${name.padEnd(3)}` : name.padEnd(4);
  const altloc = (frame.word('arrays.altlocs', atom) ?? '').slice(0, 1).padEnd(1);
  const residueName = (frame.word('arrays.residue_names', atom) ?? 'MOL').slice(0, 3).padStart(3);
  const chain = (frame.word('arrays.chain_ids', atom) ?? '').slice(0, 1).padEnd(1);
  const residue = hybrid36Of(frame.number('arrays.residue_numbers', atom) ?? 1, 4);
  const insertion = (frame.word('arrays.insertion_codes', atom) ?? '').slice(0, 1).padEnd(1);
  const xyz = [0, 1, 2].map((axis) => fixed(positions[3 * atom + axis], 8, 3)).join('');
  const occupancy = fixed(finite(frame.number('arrays.occupancies', atom), 1), 6, 2);
  const bFactor = fixed(Math.min(999.99, finite(frame.number('arrays.b_factors', atom), 0)), 6, 2);
  const element = (symbol === 'X' ? '' : symbol.toUpperCase()).padStart(2);
  const record = frame.word('arrays.record_names', atom) ?? 'ATOM';
  return `${record.slice(0, 6).padEnd(6)}${hybrid36Of(atom + 1, 5)} ${nameField}${altloc}${residueName} ${chain}${residue}${insertion}   ${xyz}${occupancy}${bFactor}          ${element}`;
}

function conectLines(data: FrameData, atomCount: number): string[] {
  const pairs = [data.bonds, data['info.links']].filter(isFrameArray).flatMap(({ data: atoms }) => Array.from(atoms));
  const partners = new Map<number, number[]>();
  for (let k = 0; k + 1 < pairs.length; k += 2) {
    const [first, second] = [pairs[k], pairs[k + 1]];
    if (first >= atomCount || second >= atomCount) continue;
    for (const [from, to] of [
      [first, second],
      [second, first],
    ]) {
      const known = partners.get(from);
      if (known === undefined) partners.set(from, [to]);
      else known.push(to);
    }
  }
  const lines: string[] = [];
  for (const [atom, others] of [...partners].sort(([a], [b]) => a - b)) {
    for (let from = 0; from < others.length; from += 4) {
      const four = others.slice(from, from + 4).map((other) => hybrid36Of(other + 1, 5));
      lines.push(`CONECT${hybrid36Of(atom + 1, 5)}${four.join('')}`);
    }
  }
  return lines;
}

/** Lengths, angles and positions with a along x and b in the plane of x and y. */
function turn(
  positions: WrittenFrame['positions'],
  cell: Float64Array,
): { lengths: number[]; positions: ArrayLike<number> } {
  const lengths = lengthsOfCell(cell);
  const standard = cellOfLengths(lengths);
  const inverse = invert(cell);
  if (standard === undefined || inverse === undefined) throw unwritable('PDB', 'its cell has no volume');
  if (standard.every((part, k) => Math.abs(part - cell[k]) < 1e-4)) return { lengths, positions };
  const out = new Float64Array(positions.length);
  for (let at = 0; at < out.length; at += 3) {
    const place = positions.subarray(at, at + 3);
    const fraction = [0, 1, 2].map(
      (axis) => place[0] * inverse[axis] + place[1] * inverse[3 + axis] + place[2] * inverse[6 + axis],
    );
    for (let axis = 0; axis < 3; axis += 1) {
      out[at + axis] =
        fraction[0] * standard[axis] + fraction[1] * standard[3 + axis] + fraction[2] * standard[6 + axis];
    }
  }
  return { lengths, positions: out };
}

function finite(value: number | undefined, otherwise: number): number {
  return value !== undefined && Number.isFinite(value) ? value : otherwise;
}

function fixed(value: number, width: number, decimals: number): string {
  const text = value.toFixed(decimals).padStart(width);
  if (text.length > width) throw unwritable('PDB', `${text} does not fit its ${width} columns`);
  return text;
}

/** A number in `width` columns: decimal, then A0000 to ZZZZZ, then a0000 to zzzzz. */
function hybrid36Of(value: number, width: number): string {
  const decimal = String(value);
  if (decimal.length <= width) return decimal.padStart(width);
  const span = 26 * 36 ** (width - 1);
  const beyond = value - 10 ** width;
  const offset = 10 * 36 ** (width - 1);
  if (beyond >= 0 && beyond < span) return (beyond + offset).toString(36).toUpperCase();
  if (beyond >= span && beyond < 2 * span) return (beyond - span + offset).toString(36);
  throw unwritable('PDB', `the number ${value} does not fit ${width} columns`);
}
