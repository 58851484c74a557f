import { elementSymbol } from '../../../chem/elements.ts';
import { CovalenceError } from '../../../protocol/errors.ts';
import { isFrameArray, type FrameArray, type FrameData } from '../../../protocol/frames.ts';

/** A frame as the writers of fixed formats look at it. */
export interface WrittenFrame {
  atomCount: number;
  positions: FrameArray['data'];
  velocities: FrameArray['data'] | undefined;
  /** Rows in angstrom; undefined without a cell. */
  cell: Float64Array | undefined;
  /** Symbol of an atom's element, `X` for the unknown one. */
  symbol(atom: number): string;
  /** Word of an atom under a key such as `arrays.atom_names`; undefined where the frame has none. */
  word(key: string, atom: number): string | undefined;
  /** Number of an atom under a key; undefined where the frame has none. */
  number(key: string, atom: number): number | undefined;
}

/** Looks at a frame for writing it as `format`. Throws `file/unwritable` when it has no positions or one is not finite. */
export function writtenFrame(data: FrameData, format: string): WrittenFrame {
  const { positions, numbers, velocities, cell } = data;
  if (!isFrameArray(positions)) throw unwritable(format, 'it has no positions');
  const atomCount = positions.shape[0];
  for (let k = 0; k < positions.data.length; k += 1) {
    if (!Number.isFinite(positions.data[k])) {
      throw unwritable(format, `coordinate ${'xyz'[k % 3]} of atom ${Math.floor(k / 3)} is ${positions.data[k]}`);
    }
  }
  const perAtom = (key: string): FrameArray | undefined => {
    const value = data[key];
    return isFrameArray(value) && value.shape[0] === atomCount && value.shape.length === 1 ? value : undefined;
  };
  const hasCell = isFrameArray(cell) && cell.data.length === 9 && cell.data.some((part) => part !== 0);
  return {
    atomCount,
    positions: positions.data,
    velocities: isFrameArray(velocities) && velocities.shape[0] === atomCount ? velocities.data : undefined,
    cell: hasCell && isFrameArray(cell) ? Float64Array.from(cell.data) : undefined,
    symbol: (atom) => elementSymbol(isFrameArray(numbers) ? numbers.data[atom] : 0),
    word(key, atom) {
      const array = perAtom(key);
      return array?.table?.[array.data[atom]];
    },
    number(key, atom) {
      const array = perAtom(key);
      return array === undefined || array.table !== undefined ? undefined : array.data[atom];
    },
  };
}

/** The refusal of a frame that a format cannot hold. */
export function unwritable(format: string, found: string): CovalenceError {
  return new CovalenceError(
    'file/unwritable',
    `The frame cannot be written as ${format}: ${found}. Extended XYZ can hold every frame.`,
    { format },
  );
}
