import { numberOfText } from '../text/parse-number.ts';
import { cellOfLengths } from '../unit-cell.ts';

const NAMES = ['length_a', 'length_b', 'length_c', 'angle_alpha', 'angle_beta', 'angle_gamma'];

/** The number of a value that may have its uncertainty behind it: `5.9170(3)`; undefined when it is none. */
export function cifNumber(text: string): number | undefined {
  const bracket = text.indexOf('(');
  return numberOfText(bracket < 0 ? text : text.slice(0, bracket));
}

/** The cell of the items of a block; undefined when it says none, and for the unit cube that means none. */
export function cellOfItems(items: Readonly<Record<string, string>>): Float64Array | undefined {
  const given = NAMES.map((name) => cifNumber(items[`_cell_${name}`] ?? ''));
  const [a, b, c, alpha = 90, beta = 90, gamma = 90] = given;
  if (a === undefined || b === undefined || c === undefined) return undefined;
  if (a === 1 && b === 1 && c === 1) return undefined;
  return cellOfLengths([a, b, c, alpha, beta, gamma]);
}
