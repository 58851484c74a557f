import { atomicNumber, elementSymbol } from '../../../chem/elements.ts';
import { CovalenceError } from '../../../protocol/errors.ts';
import {
  FRAME_KEY_ALIASES,
  FRAME_KEYS,
  frameArray,
  isFrameArray,
  type FrameData,
  type FrameKeyInfo,
  type FrameKeyRule,
  type FrameValue,
} from '../../../protocol/frames.ts';
import type { IndexProgress, Trajectory } from '../format.ts';
import { isAboutElements } from '../no-elements.ts';
import { keyInfosOf } from '../key-infos.ts';

/** How the values of a file are to be understood where the file does not say. */
export interface Adaptation {
  /** Element symbols of the atom types 1, 2, 3 ..., for files that only number them. */
  elements?: readonly string[];
  /** Names of the file and what they mean, e.g. `{ dft_force: 'forces' }`; `arrays.` and `info.` may be left out. */
  map?: Readonly<Record<string, string>>;
}

/** Where readers put the numbers of atom types. */
const TYPE_KEY = 'arrays.types';

/**
 * The frames of a file with the elements of its atom types and other names for its values. A name that is mapped is
 * gone; unmapped ones pass through. Rejects with `file/mismatch` for an element nobody knows, a type without element, a
 * name the first frame does not have, or a value that cannot be what it is said to be. Closes `trajectory`.
 */
export async function adaptedTrajectory(
  trajectory: Trajectory,
  adaptation: Adaptation,
  file: string,
): Promise<Trajectory> {
  const adapted = new AdaptedTrajectory(trajectory, adaptation, file);
  await adapted.check();
  return adapted;
}

class AdaptedTrajectory implements Trajectory {
  readonly #trajectory: Trajectory;
  readonly #file: string;
  readonly #numbers: readonly number[] | undefined;
  readonly #wanted: Readonly<Record<string, string>>;
  /** New names by the names of the file, in full. */
  #renamed: ReadonlyMap<string, string> = new Map();

  constructor(trajectory: Trajectory, { elements, map = {} }: Adaptation, file: string) {
    this.#trajectory = trajectory;
    this.#file = file;
    this.#wanted = map;
    this.#numbers = elements?.map((symbol) => {
      const number = atomicNumber(symbol);
      if (number > 0 && elementSymbol(number).toLowerCase() === symbol.toLowerCase()) return number;
      throw this.#refusal(`"${symbol}" is no element symbol.`, 'Give the symbols in the order of the types: Si,O.');
    });
  }

  get format(): string {
    return this.#trajectory.format;
  }

  get count(): number {
    return this.#trajectory.count;
  }

  get isComplete(): boolean {
    return this.#trajectory.isComplete;
  }

  async check(): Promise<void> {
    const first = await this.#trajectory.read(0);
    const renamed = new Map<string, string>();
    for (const [name, key] of Object.entries(this.#wanted)) {
      const found = [name, `arrays.${name}`, `info.${name}`].find((full) => full in first);
      if (found === undefined) {
        throw this.#refusal(`there is no "${name}" in its first frame.`, `It has ${Object.keys(first).join(', ')}.`);
      }
      renamed.set(found, FRAME_KEY_ALIASES[key] ?? key);
    }
    this.#renamed = renamed;
    this.#adapt(first);
  }

  index(onProgress?: (progress: IndexProgress) => void, signal?: AbortSignal): Promise<void> {
    return this.#trajectory.index(onProgress, signal);
  }

  async read(index: number, keys?: readonly string[], signal?: AbortSignal): Promise<FrameData> {
    if (keys === undefined) return this.#adapt(await this.#trajectory.read(index, undefined, signal));
    const wanted = new Set(keys.map((key) => FRAME_KEY_ALIASES[key] ?? key));
    const asked = new Set(wanted);
    for (const [from, to] of this.#renamed) if (wanted.has(to)) asked.add(from);
    if (this.#numbers !== undefined && wanted.has('numbers')) asked.add(TYPE_KEY);
    const data = this.#adapt(await this.#trajectory.read(index, [...asked, 'positions'], signal));
    return Object.fromEntries(Object.entries(data).filter(([key]) => wanted.has(key)));
  }

  async keys(): Promise<FrameKeyInfo[]> {
    const units = new Map((await this.#trajectory.keys()).map((info) => [info.name, info]));
    return keyInfosOf(await this.read(0)).map((info) => units.get(info.name) ?? info);
  }

  scalars(): Readonly<Record<string, Float64Array>> {
    const scalars = this.#trajectory.scalars();
    return Object.fromEntries(Object.entries(scalars).map(([key, values]) => [this.#renamed.get(key) ?? key, values]));
  }

  atomCounts(): Float64Array | undefined {
    return this.#trajectory.atomCounts?.();
  }

  warnings(): readonly string[] {
    const sentences = this.#trajectory.warnings?.() ?? [];
    return this.#numbers === undefined ? sentences : sentences.filter((sentence) => !isAboutElements(sentence));
  }

  serialiseIndex(): Uint8Array {
    return this.#trajectory.serialiseIndex();
  }

  close(): Promise<void> {
    return this.#trajectory.close();
  }

  #adapt(data: FrameData): FrameData {
    const { positions } = data;
    const atomCount = isFrameArray(positions) ? positions.shape[0] : undefined;
    const adapted: FrameData = {};
    for (const [key, value] of Object.entries(data)) if (!this.#renamed.has(key)) adapted[key] = value;
    for (const [from, to] of this.#renamed) {
      if (!(from in data)) continue;
      const rule = FRAME_KEYS[to] as FrameKeyRule | undefined;
      if (rule !== undefined && !fits(data[from], rule, atomCount)) {
        throw this.#refusal(`"${from}" cannot be ${to}.`, `${to} has the shape (${rule.shape.join(', ')}).`);
      }
      adapted[to] = data[from];
    }
    const types = data[TYPE_KEY];
    if (this.#numbers !== undefined && isFrameArray(types)) adapted['numbers'] = this.#elementsOf(types.data);
    return adapted;
  }

  #elementsOf(types: ArrayLike<number>): FrameValue {
    const numbers = this.#numbers ?? [];
    return frameArray(
      Uint8Array.from(types, (type) => {
        const number = numbers[type - 1] as number | undefined;
        if (number !== undefined) return number;
        throw this.#refusal(
          `it has atoms of type ${type}, and ${numbers.length} elements were given.`,
          'Give one for each type.',
        );
      }),
    );
  }

  #refusal(found: string, todo: string): CovalenceError {
    return new CovalenceError('file/mismatch', `${this.#file}: ${found} ${todo}`, { file: this.#file });
  }
}

function fits(value: FrameValue, rule: FrameKeyRule, atomCount: number | undefined): boolean {
  if (!isFrameArray(value)) return typeof value === 'number' && rule.shape.length === 0;
  if (value.table !== undefined || value.shape.length !== rule.shape.length) return false;
  return rule.shape.every((size, axis) => {
    if (size === 'N') return atomCount === undefined || value.shape[axis] === atomCount;
    return size === 'M' || value.shape[axis] === size;
  });
}
