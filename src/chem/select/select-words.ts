/** A word of the language: what it does in a few words, and an example that is whole. */
export interface SelectWord {
  readonly word: string;
  readonly does: string;
  readonly example: string;
}

/** Words an expression may begin with. */
export const SELECT_WORDS: readonly SelectWord[] = [
  { word: 'element', does: 'by symbol', example: 'element O,N' },
  { word: 'index', does: 'by number, from 0', example: 'index 0:10,15' },
  { word: 'residue', does: 'by name or number', example: 'residue ALA,10:20' },
  { word: 'chain', does: 'by letter', example: 'chain A' },
  { word: 'name', does: 'by atom name', example: 'name CA' },
  { word: 'within', does: 'closer than (\u00c5)', example: 'within 3.5 of (element O)' },
  { word: 'bonded', does: 'has a bond', example: 'bonded to (element O)' },
  { word: 'grow', does: 'and what is bonded to it', example: 'grow 2 of (index 0)' },
  { word: 'same', does: 'everything alike', example: 'same residue as (index 0)' },
  { word: 'not', does: 'all others', example: 'not element H' },
  { word: 'all', does: 'every atom', example: 'all' },
  { word: 'none', does: 'no atom', example: 'none' },
];

/** Words that join two expressions. */
export const JOINING_WORDS: readonly SelectWord[] = [
  { word: 'and', does: 'both', example: 'element O and z < 3' },
  { word: 'or', does: 'either', example: 'element O or element N' },
];

/** Everything that cannot be the name of a property. */
export const RESERVED: ReadonlySet<string> = new Set([
  ...[...SELECT_WORDS, ...JOINING_WORDS].map(({ word }) => word),
  'of',
  'to',
  'as',
]);

/** The word that was probably meant: one or two letters away. */
export function nearestWord(typed: string, words: Iterable<string>): string | undefined {
  const wanted = typed.toLowerCase().slice(0, 32);
  let best: string | undefined;
  let least = wanted.length > 4 ? 2.5 : 1.5;
  for (const word of words) {
    const distance = editDistance(wanted, word.toLowerCase());
    if (distance >= least) continue;
    least = distance;
    best = word;
  }
  return best;
}

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Infinity;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(a[i - 1] !== b[j - 1])));
    row = next;
  }
  return row[b.length];
}
