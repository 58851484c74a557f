import { LIMITS } from '../../../protocol/limits.ts';
import { excerpt } from '../damage.ts';
import { numberOfText } from '../text/parse-number.ts';
import { wordsOf, type LineReader } from '../text/words.ts';
import { Molecule } from './molecule.ts';

const PREFIX = 'M  V30 ';

/** Reads a connection table V3000. Throws {@link LineProblem}. */
export function readV3000(lines: LineReader): Molecule {
  const molecule = new Molecule();
  const atoms = new Map<string, number>();
  let block = '';
  let counts: number[] | undefined;
  let bonds = 0;
  for (;;) {
    const text = nextLine(lines);
    if (text === undefined) break;
    const words = wordsOf(text);
    if (words[0] === 'COUNTS') {
      counts = words.slice(1, 3).map(Number);
      if (counts.length < 2 || !counts.every((count) => Number.isInteger(count) && count >= 0)) {
        lines.refuse(`expected the numbers of atoms and bonds, found ${excerpt(text)}`);
      }
      if (counts[0] > LIMITS.atomsPerFrame) {
        lines.refuse(`the frame has ${counts[0]} atoms, more than the limit of ${LIMITS.atomsPerFrame}`);
      }
    } else if (words[0] === 'BEGIN') block = words[1] ?? '';
    else if (words[0] === 'END') block = '';
    else if (block === 'ATOM') {
      const position = words.slice(2, 5).map(numberOfText);
      if (words.length < 5 || position.includes(undefined)) lines.refuse(`expected an atom, found ${excerpt(text)}`);
      const charge = words.find((word) => word.startsWith('CHG='));
      atoms.set(words[0], molecule.atomCount + 1);
      const [x, y, z] = position as number[];
      molecule.addAtom(words[1], x, y, z, Number(charge?.slice(4) ?? 0) || 0);
    } else if (block === 'BOND') {
      const order = Number(words[1]);
      const [first, second] = [words[2], words[3]].map((word) => atoms.get(word));
      if (!Number.isInteger(order) || first === undefined || second === undefined) {
        lines.refuse(`expected order and two atoms of a bond, found ${excerpt(text)}`);
      }
      bonds += 1;
      const problem = molecule.addBond(first, second, order);
      if (problem !== undefined) lines.refuse(problem);
    }
  }
  if (counts === undefined) lines.refuse('the molecule has no COUNTS');
  const [atomCount, bondCount] = counts;
  if (molecule.atomCount !== atomCount || bonds !== bondCount) {
    lines.refuse(
      `the molecule says ${atomCount} atoms and ${bondCount} bonds and has ${molecule.atomCount} and ${bonds}`,
    );
  }
  return molecule;
}

/** The next line of the table, those it goes on in included; undefined after `M  END`. */
function nextLine(lines: LineReader): string | undefined {
  let text = '';
  for (;;) {
    const line = lines.need('M  END');
    if (line.startsWith('M  END')) return undefined;
    if (!line.startsWith(PREFIX))
      lines.refuse(`expected a line that begins with ${PREFIX.trim()}, found ${excerpt(line)}`);
    text += line.slice(PREFIX.length).trimEnd();
    if (!text.endsWith('-')) return text;
    text = text.slice(0, -1);
  }
}
