import { frameArray, type FrameData } from '../../../protocol/frames.ts';
import type { TrajectoryFormat } from '../format.ts';
import { textOf } from '../text/bytes-text.ts';
import { numberOfText } from '../text/parse-number.ts';
import { TextTrajectory, type TextFormat } from '../text/text-trajectory.ts';
import { WholeFileScanner } from '../text/whole-file-scanner.ts';
import { LineReader, wordsOf } from '../text/words.ts';
import { readPoscar } from './read-poscar.ts';
import { atomCapacity, headerData, readVaspHeader, toAngstrom } from './vasp-header.ts';
import { configurationOf, XdatcarScanner } from './xdatcar-scanner.ts';

/** Reads one configuration, with the header of its own or the one it shares. Throws {@link LineProblem}. */
function readXdatcarFrame(
  bytes: Uint8Array,
  isWanted: (key: string) => boolean,
  shared: string | undefined,
): FrameData {
  const lines: LineReader = new LineReader(bytes);
  const isShared = configurationOf(lines.peek() ?? '') !== undefined && shared !== undefined;
  const header = readVaspHeader(isShared ? new LineReader(new TextEncoder().encode(shared)) : lines);
  const mode = lines.need('a configuration');
  const step = configurationOf(mode);
  if (step === undefined) lines.refuse('expected a line such as "Direct configuration= 1"');
  const { atomCount } = header;
  const coordinates = new Float64Array(3 * atomCapacity(atomCount, bytes));
  for (let atom = 0; atom < atomCount; atom += 1) {
    lines.numbersInto(coordinates, 3 * atom, 3, () => `atom ${atom + 1} of ${atomCount}`);
  }
  const data = headerData(header);
  data.positions = frameArray(toAngstrom(header, !/^\s*[ck]a/i.test(mode), coordinates), [atomCount, 3]);
  if (!Number.isNaN(step)) data.step = step;
  for (const key of Object.keys(data)) if (!isWanted(key)) delete data[key];
  return data;
}

const xdatcar: TextFormat = {
  name: 'xdatcar',
  scanner: (index, state) => new XdatcarScanner(index, state),
  readFrame: (bytes, isWanted, scanner, frame) =>
    readXdatcarFrame(bytes, isWanted, (scanner as XdatcarScanner).headerOf(frame)),
};

/** VASP's XDATCAR, of fixed and of variable cells. */
export const xdatcarFormat: TrajectoryFormat = {
  name: 'xdatcar',
  extensions: ['xdatcar'],
  sniff: (head) => beginsAsVasp(head) === 'xdatcar',
  open: (source, options) => Promise.resolve(new TextTrajectory(xdatcar, source, options)),
};

/** VASP's POSCAR and CONTCAR. */
export const poscarFormat: TrajectoryFormat = {
  name: 'poscar',
  extensions: ['poscar', 'contcar', 'vasp'],
  sniff: (head) => beginsAsVasp(head) === 'poscar',
  open: (source, options) =>
    Promise.resolve(
      new TextTrajectory(
        {
          name: 'poscar',
          scanner: (index) => new WholeFileScanner(index),
          readFrame: readPoscar,
        },
        source,
        options,
      ),
    ),
};

const COUNTS = /^\s*\d+(?:\s+\d+)*\s*$/;

function beginsAsVasp(head: Uint8Array): 'poscar' | 'xdatcar' | undefined {
  const lines = textOf(head, 0, Math.min(head.length, 8192)).split(/\r?\n/).slice(0, 10);
  const numbers = (at: number): number => {
    const words = wordsOf(lines[at] ?? '');
    return words.every((word) => numberOfText(word) !== undefined) ? words.length : 0;
  };
  if ((numbers(1) !== 1 && numbers(1) !== 3) || ![2, 3, 4].every((at) => numbers(at) === 3)) return undefined;
  const [, , , , , species = '', counts = ''] = lines;
  const isVasp4 = COUNTS.test(species) && /^\s*[sdck]/i.test(counts);
  if (!isVasp4 && !(/^\s*[A-Z]/i.test(species) && COUNTS.test(counts))) return undefined;
  return lines.slice(6).some((line) => configurationOf(line) !== undefined) ? 'xdatcar' : 'poscar';
}
