import { isFrameArray, type Frame, type FrameArray } from '../../protocol/frames.ts';
import { elementOf } from '../../chem/elements.ts';
import { formatNumber } from '../format-number.ts';

/** One line about an atom. */
export interface AtomFact {
  name: string;
  value: string;
}

/** What is known about one atom of a frame. */
export interface AtomFacts {
  /** Symbol and index, `O 1043`. */
  title: string;
  symbol: string;
  /** Element's name, `Oxygen`. */
  element: string;
  facts: AtomFact[];
}

/** Units of per-atom values that have one. */
const UNITS: Readonly<Record<string, string>> = {
  velocities: 'Å/fs',
  forces: 'eV/Å',
  charges: 'e',
  masses: 'u',
};

const SKIPPED: ReadonlySet<string> = new Set(['positions', 'numbers', 'bonds', 'cell', 'pbc', 'stress']);

/** Lines a card has room for. */
const MAX_FACTS = 10;

function plainName(key: string): string {
  return key.replace(/^arrays\./, '').replaceAll('_', ' ');
}

function valueOf({ data, shape, table }: FrameArray, atom: number): { text: string; isMagnitude: boolean } | undefined {
  const width = shape.slice(1).reduce((product, length) => product * length, 1);
  if (shape.length === 1) {
    const value = data[atom];
    return { text: table === undefined ? formatNumber(value) : (table[value] ?? ''), isMagnitude: false };
  }
  if (table !== undefined || width < 1 || width > 9) return undefined;
  const parts = data.subarray(atom * width, (atom + 1) * width);
  if (width === 3) return { text: formatNumber(Math.hypot(...parts)), isMagnitude: true };
  return { text: [...parts].map(formatNumber).join('  '), isMagnitude: false };
}

/** What a frame says about atom `atom`; undefined when the frame has no such atom. */
export function atomFacts(frame: Frame, atom: number): AtomFacts | undefined {
  const { positions, numbers } = frame.data;
  if (!isFrameArray(positions) || atom < 0 || atom >= (positions.shape[0] ?? 0)) return undefined;
  const element = elementOf(isFrameArray(numbers) ? numbers.data[atom] : 0);
  const at = [0, 1, 2].map((axis) => positions.data[atom * 3 + axis].toFixed(3).replace('-', '\u2212'));
  const facts: AtomFact[] = [{ name: 'position', value: `${at.join('  ')} Å` }];
  for (const [key, value] of Object.entries(frame.data)) {
    if (SKIPPED.has(key) || !isFrameArray(value) || value.shape[0] !== positions.shape[0]) continue;
    const found = valueOf(value, atom);
    if (found === undefined || found.text === '') continue;
    const name = plainName(key);
    const unit = UNITS[key] === undefined ? '' : ` ${UNITS[key]}`;
    facts.push({ name: found.isMagnitude ? `|${name}|` : name, value: found.text + unit });
    if (facts.length === MAX_FACTS) break;
  }
  return { title: `${element.symbol} ${atom}`, symbol: element.symbol, element: element.name, facts };
}

/** `H2O`-like composition in Hill order, e.g. `C6 H12 O6`, as parts of symbol and count. */
export function composition(numbers: ArrayLike<number>): { symbol: string; count: number }[] {
  const counts = new Map<string, number>();
  const byNumber = new Uint32Array(256);
  for (let i = 0; i < numbers.length; i++) byNumber[numbers[i]]++;
  byNumber.forEach((count, number) => {
    if (count > 0) counts.set(elementOf(number).symbol, count);
  });
  const rank = (symbol: string): string => (counts.has('C') ? { C: '0', H: '1' }[symbol] : undefined) ?? `2${symbol}`;
  return [...counts]
    .map(([symbol, count]) => ({ symbol, count }))
    .sort((a, b) => (rank(a.symbol) < rank(b.symbol) ? -1 : 1));
}
