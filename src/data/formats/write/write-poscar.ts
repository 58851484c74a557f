import { isFrameArray, type FrameData } from '../../../protocol/frames.ts';
import { writeFloat, writeFloat32 } from '../xyz/write-value.ts';
import { unwritable, writtenFrame } from './written-frame.ts';

/**
 * A frame as a POSCAR of VASP 5: Cartesian, atoms in their order, so that a species may be named more than once;
 * `arrays.move_mask` becomes selective dynamics, velocities (angstrom/fs) follow. What VASP has no place for is left out.
 * Throws `file/unwritable` without a cell, for a POSCAR must have one.
 */
export function writePoscarFrame(data: FrameData): string {
  const frame = writtenFrame(data, 'POSCAR');
  const { atomCount, positions, velocities, cell } = frame;
  if (cell === undefined) throw unwritable('POSCAR', 'it has no cell');
  if (atomCount === 0) throw unwritable('POSCAR', 'it has no atoms');
  const write = positions instanceof Float32Array ? writeFloat32 : writeFloat;
  const triple = (values: ArrayLike<number>, at: number, one: (value: number) => string): string =>
    `${one(values[3 * at])} ${one(values[3 * at + 1])} ${one(values[3 * at + 2])}`;
  const species: { symbol: string; count: number }[] = [];
  for (let atom = 0; atom < atomCount; atom += 1) {
    const symbol = frame.symbol(atom);
    const last = species.at(-1);
    if (last?.symbol === symbol) last.count += 1;
    else species.push({ symbol, count: 1 });
  }
  const mask = data['arrays.move_mask'];
  const moves = isFrameArray(mask) && mask.data.length === 3 * atomCount ? mask.data : undefined;
  const comment = data['info.comment'] ?? data['info.title'];
  const lines = [
    typeof comment === 'string'
      ? comment.replaceAll(/\s+/g, ' ')
      : species
          .map(({ symbol }) => symbol)
          .join(' ')
          .slice(0, 200),
    '1.0',
    ...[0, 1, 2].map((row) => triple(cell, row, writeFloat)),
    species.map(({ symbol }) => symbol).join(' '),
    species.map(({ count }) => count).join(' '),
    ...(moves === undefined ? [] : ['Selective dynamics']),
    'Cartesian',
  ];
  for (let atom = 0; atom < atomCount; atom += 1) {
    const flags =
      moves === undefined ? '' : [0, 1, 2].map((axis) => (moves[3 * atom + axis] === 0 ? ' F' : ' T')).join('');
    lines.push(triple(positions, atom, write) + flags);
  }
  if (velocities !== undefined) {
    const writeVelocity = velocities instanceof Float32Array ? writeFloat32 : writeFloat;
    lines.push('');
    for (let atom = 0; atom < atomCount; atom += 1) lines.push(triple(velocities, atom, writeVelocity));
  }
  return `${lines.join('\n')}\n`;
}
