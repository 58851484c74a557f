import { frameArray, stringArray, type FrameData } from '../../../protocol/frames.ts';
import { excerpt } from '../damage.ts';
import { numberOfText } from '../text/parse-number.ts';
import { LineReader, wordsOf } from '../text/words.ts';
import { numberOfSpecies, numbersOfSpecies } from '../xyz/species.ts';
import { atomCapacity, headerData, readVaspHeader, toAngstrom, type VaspHeader } from './vasp-header.ts';

/** Reads a POSCAR or CONTCAR of VASP 4 or 5. Throws {@link LineProblem}. */
export function readPoscar(bytes: Uint8Array, isWanted: (key: string) => boolean): FrameData {
  const lines: LineReader = new LineReader(bytes);
  const header = readVaspHeader(lines);
  let mode = lines.need('Direct or Cartesian').trim();
  const isSelective = /^s/i.test(mode);
  if (isSelective) mode = lines.need('Direct or Cartesian').trim();
  if (mode === '' || numberOfText(wordsOf(mode)[0]) !== undefined) {
    lines.refuse(`expected Direct or Cartesian, found ${excerpt(mode)}`);
  }
  const { atomCount } = header;
  const capacity = atomCapacity(atomCount, bytes);
  const coordinates = new Float64Array(3 * capacity);
  const moves = new Uint8Array(isSelective ? 3 * capacity : 0);
  const labels: string[] = [];
  for (let atom = 0; atom < atomCount; atom += 1) {
    const what = `atom ${atom + 1} of ${atomCount}`;
    const text = lines.need(what);
    coordinates.set(lines.numbersOf(text, 3, what), 3 * atom);
    const words = wordsOf(text).slice(3);
    for (let axis = 0; axis < (isSelective ? 3 : 0); axis += 1) {
      const flag = /^\.?([tf])/i.exec(words[axis] ?? '')?.[1].toLowerCase();
      if (flag === undefined)
        lines.refuse(`expected T or F for the three directions of ${what}, found ${excerpt(text)}`);
      moves[3 * atom + axis] = flag === 't' ? 1 : 0;
    }
    const label = words[isSelective ? 3 : 0] ?? '';
    if (numberOfSpecies(label) !== 0 && !/^\d/.test(label)) labels.push(label);
  }
  const data = headerData(header);
  data.positions = frameArray(toAngstrom(header, !/^[ck]/i.test(mode), coordinates), [atomCount, 3]);
  if (isSelective) data['arrays.move_mask'] = frameArray(moves, [atomCount, 3]);
  // Of a file without a line of species the symbols behind the coordinates are believed, if every atom has one.
  if (header.labels === undefined && labels.length === atomCount && atomCount > 0) {
    const { numbers, symbols } = numbersOfSpecies(stringArray(labels), undefined, atomCount);
    delete data['arrays.types'];
    Object.assign(data, { numbers }, symbols === undefined ? {} : { 'arrays.symbols': symbols });
  }
  const velocities = readVelocities(lines, header);
  if (velocities !== undefined) data.velocities = frameArray(velocities, [atomCount, 3]);
  for (const key of Object.keys(data)) if (!isWanted(key)) delete data[key];
  return data;
}

/**
 * Velocities (angstrom/fs) behind the atoms. Velocities in fractions per time step have no unit and are left out, and
 * so is what stands behind the atoms of other files that begin like a POSCAR.
 */
function readVelocities(lines: LineReader, { atomCount }: VaspHeader): Float64Array | undefined {
  let text = lines.next();
  if (text !== undefined && /^\s*l/i.test(text)) {
    for (let row = 0; row < 7; row += 1) lines.need('the velocities of the lattice');
    text = lines.next();
  }
  if (text === undefined || /^\s*d/i.test(text)) return undefined;
  const first = lines.peek();
  if (first === undefined || wordsOf(first).length === 0 || /^[\d\s]+$/.test(first)) return undefined;
  const velocities: number[] = [];
  for (let atom = 0; atom < atomCount; atom += 1) {
    velocities.push(...lines.numbers(3, `the velocity of atom ${atom + 1} of ${atomCount}`));
  }
  return Float64Array.from(velocities);
}
