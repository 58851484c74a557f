import {
  frameArray,
  isFrameArray,
  type FrameArray,
  type FrameData,
  type FrameValue,
} from '../../../protocol/frames.ts';
import { textOf } from '../text/bytes-text.ts';
import { hasAssignment, visitComment } from './comment-tokens.ts';
import { commentValue, truthOfText, unescaped, wordsOf } from './comment-value.ts';
import { parseProperties, PLAIN_COLUMNS, type Column } from './columns.ts';

/** What the comment line of a frame says. */
export interface Comment {
  columns: readonly Column[];
  /** Values under their frame keys. */
  data: FrameData;
}

/** Keys of the comment that are frame keys of the same name: results of ASE's calculators, and the frame's place in time. */
export const TOP_LEVEL_INFO: ReadonlySet<string> = new Set([
  'energy',
  'free_energy',
  'stress',
  'dipole',
  'magmom',
  'time',
  'step',
]);

/** Keys that are text whatever they look like, as in ASE. */
const RAW_KEYS: ReadonlySet<string> = new Set(['uid']);

/** The step in the comment of LAMMPS' dump style xyz. */
const LAMMPS_STEP = /^\s*Atoms\. Timestep: (\d+)\s*$/;

/** The frame key of a comment key. */
export function keyOfInfo(name: string): string {
  return TOP_LEVEL_INFO.has(name) || name.startsWith('info.') ? name : `info.${name}`;
}

/** Voigt order xx yy zz yz xz xy of a symmetric 3x3; undefined when it is not symmetric. */
function voigt(nine: FrameArray): FrameArray | undefined {
  const s = Float64Array.from(nine.data);
  const noise = 1e-9 * Math.max(0, ...s.filter(Number.isFinite).map(Math.abs));
  const isSymmetric = [1, 2, 5].every((upper, k) => {
    const lower = [3, 6, 7][k];
    return Object.is(s[upper], s[lower]) || Math.abs(s[upper] - s[lower]) <= noise;
  });
  if (!isSymmetric) return undefined;
  return frameArray(Float64Array.from([s[0], s[4], s[8], s[5], s[2], s[1]]));
}

function asFloats(array: FrameArray): FrameArray {
  return frameArray(Float64Array.from(array.data), array.shape);
}

function isNumbers(value: FrameValue, length: number): value is FrameArray {
  return isFrameArray(value) && value.table === undefined && value.data.length === length;
}

/** Adds one key to the frame; answers what is wrong with it, if anything. */
function addInfo(data: FrameData, name: string, value: FrameValue, text: string): string | undefined {
  if (name === 'Lattice') {
    if (!isNumbers(value, 9) || value.data instanceof Uint8Array) {
      return `Lattice has ${wordsOf(text).length} values, expected 9 numbers`;
    }
    data.cell = asFloats({ ...value, shape: [3, 3] });
  } else if (name === 'pbc') {
    const truths = wordsOf(text.replaceAll(/[[\]{}]/g, ' ')).map((word) =>
      word === '1' ? true : word === '0' ? false : truthOfText(word),
    );
    const three = truths.length === 1 ? [truths[0], truths[0], truths[0]] : truths;
    if (three.length !== 3 || three.includes(undefined))
      return `pbc is "${text.slice(0, 32)}", expected three of T and F`;
    data.pbc = frameArray(Uint8Array.from(three, Number));
  } else if (name === 'stress' && isNumbers(value, 9)) {
    const six = voigt(value);
    if (six === undefined) data['info.stress'] = asFloats({ ...value, shape: [3, 3] });
    else data.stress = six;
  } else if (name === 'stress' && isNumbers(value, 6)) data.stress = asFloats({ ...value, shape: [6] });
  else if (name === 'virial' && isNumbers(value, 9)) data['info.virial'] = asFloats({ ...value, shape: [3, 3] });
  else if (name === 'dipole' && isNumbers(value, 3)) data.dipole = asFloats({ ...value, shape: [3] });
  else if (name === 'connectivity' && isConnectivity(value)) addBonds(data, value);
  else if (TOP_LEVEL_INFO.has(name) && typeof value === 'number') data[name] = value;
  else if (TOP_LEVEL_INFO.has(name)) data[`info.${name}`] = value;
  else data[keyOfInfo(name)] = value;
  return undefined;
}

function isConnectivity(value: FrameValue): value is FrameArray {
  return isFrameArray(value) && value.dtype === '<i4' && value.shape.length === 2 && value.shape[1] === 2;
}

function addBonds(data: FrameData, pairs: FrameArray): void {
  data.bonds = frameArray(Int32Array.from(pairs.data), [pairs.shape[0], 2]);
}

/** Reads the comment line `bytes[start, end)`; a sentence instead when it cannot be read. */
export function readComment(bytes: Uint8Array, start: number, end: number): Comment | string {
  const data: FrameData = {};
  if (!hasAssignment(bytes, start, end)) {
    const text = textOf(bytes, start, end).trim();
    const step = LAMMPS_STEP.exec(text);
    if (text !== '') data['info.comment'] = text;
    if (step !== null) data.step = Number(step[1]);
    return { columns: PLAIN_COLUMNS, data };
  }
  let columns: readonly Column[] | string = PLAIN_COLUMNS;
  let problem: string | undefined;
  const open = visitComment(bytes, start, end, (token) => {
    const name = unescaped(textOf(bytes, token.keyStart, token.keyEnd));
    if (name === '') return;
    let text = textOf(bytes, token.valueStart, token.valueEnd);
    if (token.kind === 'quoted') text = unescaped(text);
    if (name === 'Properties') columns = parseProperties(text);
    else problem = addInfo(data, name, commentValue(text, token.kind, RAW_KEYS.has(name)), text) ?? problem;
  });
  if (open >= 0) return `the quote or bracket at column ${open - start + 1} of the comment is not closed`;
  if (problem !== undefined) return problem;
  if (typeof columns === 'string') return columns;
  if (data.cell !== undefined && data.pbc === undefined) data.pbc = frameArray(Uint8Array.of(1, 1, 1));
  return { columns, data };
}
