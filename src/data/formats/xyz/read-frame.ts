import { FRAME_KEYS, frameArray, type FrameArray, type FrameData } from '../../../protocol/frames.ts';
import { countAlone, lineAt, lineEnd, textOf } from '../text/bytes-text.ts';
import { excerpt } from '../damage.ts';
import { readAtomColumns } from './atom-columns.ts';
import { readComment } from './comment.ts';
import { keyOfColumn } from './columns.ts';
import { LineProblem } from '../text/line-problem.ts';
import { numbersOfSpecies } from './species.ts';

/**
 * Reads one frame of (extended) XYZ from its bytes, from the line with its count to before the next one. Throws
 * {@link LineProblem} with the line from 0 within the frame.
 */
export function readXyzFrame(bytes: Uint8Array, isWanted: (key: string) => boolean): FrameData {
  const countLine = lineAt(bytes, 0);
  const atomCount = countAlone(bytes, countLine.start, countLine.end);
  if (atomCount < 0) {
    throw new LineProblem(0, `expected the number of atoms, found ${excerpt(textOf(bytes, 0, countLine.end))}`);
  }
  const commentLine = lineAt(bytes, countLine.next);
  const comment = readComment(bytes, commentLine.start, lineEnd(bytes, commentLine.start, commentLine.end));
  if (typeof comment === 'string') throw new LineProblem(1, comment);
  const { arrays, end } = readAtomColumns(bytes, commentLine.next, bytes.length, atomCount, comment.columns, (name) =>
    name === 'species' || name === 'Z'
      ? isWanted('numbers') || isWanted('arrays.symbols')
      : isWanted(keyOfColumn(name)),
  );
  const data: FrameData = {};
  addAtoms(data, arrays, atomCount);
  Object.assign(data, comment.data);
  addCellVectors(data, bytes, end, atomCount);
  for (const key of Object.keys(data)) if (!isWanted(key)) delete data[key];
  return data;
}

function addAtoms(data: FrameData, arrays: Map<string, FrameArray>, atomCount: number): void {
  const position = arrays.get('pos');
  if (position !== undefined) data.positions = position;
  const species = arrays.get('species');
  const given = arrays.get('Z');
  if (species !== undefined || given !== undefined) {
    const { numbers, symbols } = numbersOfSpecies(species, given, atomCount);
    data.numbers = numbers;
    if (symbols !== undefined) data['arrays.symbols'] = symbols;
  }
  for (const [name, array] of arrays) {
    if (name === 'pos' || name === 'species' || name === 'Z') continue;
    const key = keyOfColumn(name);
    const fitting = fitted(key, array);
    if (fitting !== undefined && data[key] === undefined) data[key] = fitting;
    else data[name.startsWith('arrays.') ? name : `arrays.${name}`] = array;
  }
}

/** The array in a type that its key may have; undefined when it cannot be one. */
function fitted(key: string, array: FrameArray): FrameArray | undefined {
  const rule = FRAME_KEYS[key];
  if (rule === undefined) return array;
  if (array.table !== undefined || array.shape.length !== rule.shape.length) return undefined;
  if (rule.shape.some((size, axis) => typeof size === 'number' && size !== array.shape[axis])) return undefined;
  if (rule.dtypes.includes(array.dtype)) return array;
  const isReal = rule.dtypes.includes('<f8');
  return isReal && array.dtype === '<i4' ? frameArray(Float64Array.from(array.data), array.shape) : undefined;
}

/** Cell vectors given as `VEC1 x y z` lines after the atoms, which make their directions periodic. */
function addCellVectors(data: FrameData, bytes: Uint8Array, from: number, atomCount: number): void {
  const cell = new Float64Array(9);
  const periodic = new Uint8Array(3);
  let at = from;
  let count = 0;
  while (at < bytes.length) {
    const line = lineAt(bytes, at);
    const words = textOf(bytes, line.start, line.end).trim().split(/\s+/);
    at = line.next;
    if (words[0] === '') continue;
    if (!words[0].startsWith('VEC')) {
      throw new LineProblem(
        2 + atomCount,
        `the frame says ${atomCount} atoms and has more lines, ${excerpt(words.join(' '))}`,
      );
    }
    const vector = words.slice(1).map(Number);
    if (words[0] !== `VEC${count + 1}` || count > 2 || vector.length !== 3 || vector.some(Number.isNaN)) {
      throw new LineProblem(
        2 + atomCount + count,
        `expected VEC${count + 1} and three numbers, found ${excerpt(words.join(' '))}`,
      );
    }
    cell.set(vector, 3 * count);
    periodic[count] = 1;
    count += 1;
  }
  if (count === 0) return;
  data.cell = frameArray(cell, [3, 3]);
  data.pbc = frameArray(periodic);
}
