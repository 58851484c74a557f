import { CovalenceError } from '../protocol/errors.ts';
import {
  DTYPES,
  type FrameArray,
  type FrameData,
  type FrameKeyRule,
  type FrameValue,
  dtypeOf,
  isFrameArray,
} from '../protocol/frames.ts';
import { LIMITS } from '../protocol/limits.ts';
import { emptyRecord, frameKeyProblem, frameKeyRule, isPerAtom, normaliseFrameKey } from './frame-key.ts';

/** How strictly {@link checkFrameData} looks. */
export interface CheckFrameOptions {
  /** Atoms the frame must have: of the base frame for a write of some keys. Left out, the values themselves decide. */
  atomCount?: number | undefined;
  /** Accepts NaN and infinity. */
  allowNotFinite?: boolean | undefined;
}

/**
 * Checks values before they are written and returns them under their stored names (aliases resolved). Throws
 * `frame/shape-invalid` naming key, expected and found type and shape, or `frame/not-finite` naming key and element.
 * Arrays are not copied.
 */
export function checkFrameData(data: FrameData, options: CheckFrameOptions = {}): FrameData {
  const checked = emptyRecord<FrameValue>();
  const count = Object.keys(data).length;
  if (count > LIMITS.keysPerFrame) {
    throw new CovalenceError(
      'frame/shape-invalid',
      `The frame cannot be stored: it has ${count} values, at most ${LIMITS.keysPerFrame} are allowed. Put numbers of one kind into one array.`,
      { limit: LIMITS.keysPerFrame },
    );
  }
  for (const [given, value] of Object.entries(data)) {
    const problem = frameKeyProblem(given);
    if (problem !== undefined)
      throw new CovalenceError('frame/shape-invalid', `The frame cannot be stored: ${problem}.`, { key: given });
    const key = normaliseFrameKey(given);
    if (key in checked) throw invalid(key, 'one value', 'two, under its name and under an alias');
    if (isFrameArray(value)) checkArray(key, value);
    else checkScalar(key, value);
    checked[key] = value;
  }
  const atomCount = checkAtomCount(checked, options.atomCount);
  for (const [key, value] of Object.entries(checked)) {
    const rule = frameKeyRule(key);
    if (rule !== undefined) checkRule(key, rule, value, atomCount);
    if (key === 'bonds' && isFrameArray(value) && atomCount !== undefined) checkBonds(value, atomCount);
    if (options.allowNotFinite !== true) checkFinite(key, value);
  }
  return checked;
}

/** Atoms of a frame: rows of its positions, else of any per-atom array; undefined when it has none. */
export function atomCountOf(data: FrameData): number | undefined {
  const perAtom = Object.keys(data).filter((key) => isPerAtom(key) && isFrameArray(data[key]));
  const key = perAtom.includes('positions') ? 'positions' : perAtom[0];
  const value = key === undefined ? undefined : data[key];
  return isFrameArray(value) ? value.shape[0] : undefined;
}

function checkArray(key: string, array: FrameArray): void {
  if (!DTYPES.includes(array.dtype)) throw invalid(key, `one of the types ${DTYPES.join(' ')}`, array.dtype);
  const { shape, data, table } = array;
  if (
    !Array.isArray(shape) ||
    shape.length > 8 ||
    shape.some((length) => !Number.isSafeInteger(length) || length < 0)
  ) {
    throw invalid(key, 'a shape of at most 8 whole numbers', JSON.stringify(shape));
  }
  if (!ArrayBuffer.isView(data) || data instanceof DataView || dtypeOf(data) !== array.dtype) {
    throw invalid(key, `data of type ${array.dtype}`, Object.prototype.toString.call(data).slice(8, -1));
  }
  const length = shape.reduce((product: number, dimension: number) => product * dimension, 1);
  if (data.length !== length) throw invalid(key, `${length} elements for shape ${text(shape)}`, `${data.length}`);
  if (table === undefined) return;
  if (array.dtype !== '<i4') throw invalid(key, 'codes of type <i4 beside a table of texts', array.dtype);
  if (!Array.isArray(table) || table.some((entry) => typeof entry !== 'string' || isIllFormed(entry))) {
    throw invalid(key, 'a table of well-formed texts', 'something else');
  }
  for (const code of data) {
    if (code < 0 || code >= table.length) throw invalid(key, `codes from 0 to ${table.length - 1}`, `${code}`);
  }
}

function checkScalar(key: string, value: unknown): void {
  if (typeof value === 'number' || typeof value === 'boolean') return;
  if (typeof value !== 'string') throw invalid(key, 'an array, a number, a truth value or a text', describe(value));
  if (isIllFormed(value)) throw invalid(key, 'a well-formed text', 'half a surrogate pair');
}

function checkAtomCount(data: FrameData, expected: number | undefined): number | undefined {
  const atomCount = expected ?? atomCountOf(data);
  if (atomCount !== undefined && atomCount > LIMITS.atomsPerFrame) {
    throw invalid('positions', `at most ${LIMITS.atomsPerFrame} atoms`, `${atomCount}`);
  }
  for (const [key, value] of Object.entries(data)) {
    if (!isPerAtom(key)) continue;
    if (!isFrameArray(value)) throw invalid(key, 'one entry for each atom', describe(value));
    if (value.shape[0] !== atomCount) {
      const rest = value.shape.slice(1);
      throw invalid(key, `shape ${text([atomCount ?? 0, ...rest])} (${atomCount ?? 0} atoms)`, text(value.shape));
    }
  }
  return atomCount;
}

function checkRule(key: string, rule: FrameKeyRule, value: FrameValue, atomCount: number | undefined): void {
  const shape = rule.shape.map((length) => (length === 'N' ? (atomCount ?? 'N') : length));
  const expected = `${rule.dtypes.join(' or ')} of shape [${shape.join(', ')}]`;
  const found = describe(value);
  if (!isFrameArray(value)) {
    if (rule.shape.length > 0 || typeof value !== 'number') throw invalid(key, expected, found);
    return;
  }
  const fits =
    value.table === undefined &&
    rule.dtypes.includes(value.dtype) &&
    value.shape.length === shape.length &&
    shape.every((length, axis) => typeof length !== 'number' || length === value.shape[axis]);
  if (!fits) throw invalid(key, expected, found);
}

function checkBonds(bonds: FrameArray, atomCount: number): void {
  for (const index of bonds.data) {
    if (index < 0 || index >= atomCount) throw invalid('bonds', `atoms from 0 to ${atomCount - 1}`, `atom ${index}`);
  }
}

function checkFinite(key: string, value: FrameValue): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw notFinite(key, value);
  if (!isFrameArray(value) || !(value.data instanceof Float32Array || value.data instanceof Float64Array)) return;
  const { data } = value;
  for (let i = 0; i < data.length; i += 1) if (!Number.isFinite(data[i])) throw notFinite(key, data[i], i);
}

function notFinite(key: string, value: number, element?: number): CovalenceError {
  const place = element === undefined ? '' : ` at element ${element}`;
  const message = `"${key}" holds ${value}${place}; a frame holds finite numbers. Leave the value out when it is not known.`;
  return new CovalenceError('frame/not-finite', message, { key, element });
}

function invalid(key: string, expected: string, found: string): CovalenceError {
  const message = `"${key}" cannot be stored: expected ${expected}, found ${found}.`;
  return new CovalenceError('frame/shape-invalid', message, { key, expected, found });
}

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : `a ${typeof value}`;
  if (!('dtype' in value) || !('shape' in value)) return Array.isArray(value) ? 'a list' : 'a map';
  return `${String(value.dtype)} of shape ${text(value.shape as readonly number[])}${'table' in value && value.table !== undefined ? ' with a table' : ''}`;
}

function text(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

function isIllFormed(value: string): boolean {
  return /\p{Surrogate}/u.test(value);
}
