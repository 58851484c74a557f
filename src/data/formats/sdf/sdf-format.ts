import type { FrameData } from '../../../protocol/frames.ts';
import { excerpt } from '../damage.ts';
import type { TrajectoryFormat } from '../format.ts';
import { textOf } from '../text/bytes-text.ts';
import { numberOfText } from '../text/parse-number.ts';
import { TextTrajectory, type TextFormat } from '../text/text-trajectory.ts';
import { LineReader } from '../text/words.ts';
import { readV2000 } from './read-v2000.ts';
import { readV3000 } from './read-v3000.ts';
import { itemName, SdfScanner } from './sdf-scanner.ts';

/** Reads one record: a molfile and its data items. Throws {@link LineProblem}. */
function readSdfFrame(bytes: Uint8Array, isWanted: (key: string) => boolean): FrameData {
  const lines: LineReader = new LineReader(bytes);
  const title = lines.need('the name of the molecule').trim();
  lines.need('the line of the program');
  lines.need('the comment');
  const counts = lines.need('the numbers of atoms and bonds');
  const isV3000 = /V3000/.test(counts);
  const [atoms, bonds] = [0, 3].map((column) => counts.slice(column, column + 3).trim());
  if (!isV3000 && !(/^\d+$/.test(atoms) && /^\d+$/.test(bonds))) {
    lines.refuse(`expected the numbers of atoms and bonds, found ${excerpt(counts)}`);
  }
  const molecule = isV3000 ? readV3000(lines) : readV2000(lines, Number(atoms), Number(bonds));
  const data = molecule.data();
  if (title !== '') data['info.title'] = title;
  addItems(data, lines);
  for (const key of Object.keys(data)) if (!isWanted(key)) delete data[key];
  return data;
}

/** Data items: a number where it is one, else text, several lines joined. */
function addItems(data: FrameData, lines: LineReader): void {
  for (let text = lines.next(); text !== undefined && !text.startsWith('$$$$'); text = lines.next()) {
    if (!text.startsWith('>')) continue;
    const key = itemName(text);
    const value: string[] = [];
    for (let ahead = lines.peek(); ahead !== undefined; ahead = lines.peek()) {
      if (ahead.trim() === '' || ahead.startsWith('$$$$')) break;
      value.push(ahead);
      lines.next();
    }
    if (key !== undefined)
      data[key] = (value.length === 1 ? numberOfText(value[0].trim()) : undefined) ?? value.join('\n');
  }
}

const means: TextFormat = {
  name: 'sdf',
  scanner: (index) => new SdfScanner(index),
  readFrame: readSdfFrame,
};

/** MDL molfiles V2000 and V3000, and SDF files of many. */
export const sdfFormat: TrajectoryFormat = {
  name: 'sdf',
  extensions: ['sdf', 'mol', 'sd', 'mdl'],
  sniff: (head) => /V[23]000\s*$/.test(textOf(head, 0, Math.min(head.length, 4096)).split('\n')[3] ?? ''),
  open: (source, options) => Promise.resolve(new TextTrajectory(means, source, options)),
};
