import { LIMITS } from '../../../protocol/limits.ts';
import { ByteProblem } from '../binary/byte-problem.ts';
import { type AmberMeaning, meaningOf } from './amber-names.ts';
import type { CdfHeader, CdfVariable } from './cdf-header.ts';

/** One value of each frame. */
export interface AmberValue {
  variable: CdfVariable;
  key: string;
  /** Shape within a frame. */
  shape: readonly number[];
  meaning: AmberMeaning | undefined;
}

/** How the frames of an AMBER file lie in it. */
export interface AmberFrames {
  atomCount: number;
  values: readonly AmberValue[];
  lengths: CdfVariable | undefined;
  angles: CdfVariable | undefined;
  /** Frames where they are no records; undefined where they are. */
  fixedCount: number | undefined;
  title: string;
}

/** Numbers that go along with a frame and are neither of atoms nor of the cell: at most so many. */
const MOST_OTHER_NUMBERS = 1000;

/** Finds the frames of a file that follows AMBER's conventions; throws {@link ByteProblem} when it does not. */
export function amberFrames(header: CdfHeader): AmberFrames {
  const { variables } = header;
  const main = ['coordinates', 'velocities', 'forces'].map((name) => variables.get(name)).find(Boolean);
  if (main === undefined) {
    const names = [...variables.keys()].slice(0, 8).join(', ');
    throw new ByteProblem(4, `the file has no coordinates as AMBER writes them; it has ${names || 'no variable'}`);
  }
  const hasFrames = main.dimensions.length === 3;
  const [atoms, space] = main.dimensions.slice(hasFrames ? 1 : 0);
  if (atoms === undefined || space?.length !== 3) {
    const shape = main.dimensions.map(({ name, length }) => `${name} ${length}`).join(', ');
    throw new ByteProblem(4, `expected ${main.name} of frames, atoms and three numbers, found (${shape})`);
  }
  if (atoms.length > LIMITS.atomsPerFrame) {
    throw new ByteProblem(4, `the file has ${atoms.length} atoms, more than the limit of ${LIMITS.atomsPerFrame}`);
  }
  const frame = hasFrames ? main.dimensions[0] : undefined;
  const belongs = ({ dimensions, type }: CdfVariable): boolean =>
    type.isText !== true && (frame === undefined || dimensions[0] === frame);
  const restOf = (variable: CdfVariable): number[] =>
    variable.dimensions.slice(frame === undefined ? 0 : 1).map(({ length }) => length);
  const values = [...variables.values()].filter(belongs).flatMap((variable): AmberValue[] => {
    const shape = restOf(variable);
    const meaning = meaningOf(variable);
    if (variable.name === 'cell_lengths' || variable.name === 'cell_angles') return [];
    if (meaning !== undefined)
      return isShape(meaning.key, shape, atoms.length) ? [{ variable, key: meaning.key, shape, meaning }] : [];
    const isPerAtom = variable.dimensions[frame === undefined ? 0 : 1] === atoms;
    const size = shape.reduce((product, length) => product * length, 1);
    if ((!isPerAtom && size > MOST_OTHER_NUMBERS) || !/^[\w.-]+$/.test(variable.name)) return [];
    return [{ variable, key: `${isPerAtom ? 'arrays' : 'info'}.${variable.name}`, shape, meaning }];
  });
  const three = (name: string): CdfVariable | undefined => {
    const variable = variables.get(name);
    return variable !== undefined && belongs(variable) && String(restOf(variable)) === '3' ? variable : undefined;
  };
  return {
    atomCount: atoms.length,
    values,
    lengths: three('cell_lengths'),
    angles: three('cell_angles'),
    fixedCount: frame === undefined ? 1 : frame.isRecord ? undefined : frame.length,
    title: String(header.attributes.get('title') ?? '')
      .replaceAll('\0', '')
      .trim(),
  };
}

function isShape(key: string, shape: readonly number[], atomCount: number): boolean {
  return key === 'time' ? shape.length === 0 : shape.length === 2 && shape[0] === atomCount && shape[1] === 3;
}
