import type { FrameArray } from '../../protocol/frames.ts';
import { kindColor } from './color-maps.ts';

/** Keys whose numbers are names of kinds: what one is called, and the number of the first. */
const NUMBERED: Readonly<Record<string, { word: string; first: number }>> = {
  'arrays.types': { word: 'type', first: 1 },
  tags: { word: 'tag', first: 0 },
};

/** Types of atoms as values of a picture. */
interface NumberedKinds {
  label: string;
  unit: string;
  kinds: readonly string[];
  colors: readonly (readonly [number, number, number])[];
  /** The place of an atom's kind in `kinds`. */
  at(atom: number): number;
}

/** More than these are amounts after all. */
const MOST = 64;

/** Types seldom change from frame to frame. */
const known = new WeakMap<object, readonly number[] | undefined>();

/** The different numbers, lowest first; undefined when one is no integer, or there are too many. */
function distinct(data: FrameArray['data']): readonly number[] | undefined {
  if (known.has(data)) return known.get(data);
  const seen = new Set<number>();
  let last: number | undefined;
  for (let atom = 0; atom < data.length && seen.size <= MOST; atom += 1) {
    if (data[atom] !== last) seen.add((last = data[atom]));
  }
  const numbers = [...seen].sort((a, b) => a - b);
  const areKinds = seen.size <= MOST && numbers.every((number) => Number.isInteger(number));
  known.set(data, areKinds ? numbers : undefined);
  return areKinds ? numbers : undefined;
}

/**
 * The values of a key whose numbers are types of atoms, as kinds: `type 1`, `type 2`. The same type has the same colour
 * in every frame. Undefined for other keys, and where the numbers are amounts.
 */
export function numberedKinds(key: string, data: FrameArray['data']): NumberedKinds | undefined {
  if (!Object.hasOwn(NUMBERED, key)) return undefined;
  const numbers = distinct(data);
  if (numbers === undefined) return undefined;
  const { word, first } = NUMBERED[key];
  const places = new Map(numbers.map((number, place) => [number, place]));
  return {
    label: `${word}s`,
    unit: '',
    kinds: numbers.map((number) => `${word} ${number}`),
    colors: numbers.map((number) => kindColor(number - first)),
    at: (atom) => places.get(data[atom]) ?? Number.NaN,
  };
}
