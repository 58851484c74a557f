import { CovalenceError } from '../../../protocol/errors.ts';
import {
  FRAME_KEY_ALIASES,
  isFrameArray,
  type FrameData,
  type FrameKeyInfo,
  type FrameValue,
} from '../../../protocol/frames.ts';
import type { IndexProgress, Trajectory } from '../format.ts';
import { isAboutElements } from '../no-elements.ts';
import { keyInfosOf } from '../key-infos.ts';

/** What changes from frame to frame and is therefore never taken from a topology. */
const MOVING: ReadonlySet<string> = new Set([
  'positions',
  'velocities',
  'forces',
  'energy',
  'stress',
  'cell',
  'pbc',
  'time',
  'step',
]);

/** Names of the two files, for error sentences. */
export interface PairNames {
  topology: string;
  trajectory: string;
}

/**
 * Frames of one file with the elements, names, residues, charges, masses and bonds of the first frame of another. Where
 * both have a value, the trajectory's counts; a cell is taken from the topology only where the trajectory has none.
 * Closes both. A frame whose number of atoms differs rejects with `file/mismatch`, naming both files and counts.
 */
export async function pairedTrajectory(
  topology: Trajectory,
  trajectory: Trajectory,
  names: PairNames,
): Promise<Trajectory> {
  const first = await topology.read(0);
  const still: FrameData = {};
  for (const [key, value] of Object.entries(first)) {
    if (!MOVING.has(key) && !key.startsWith('info.')) still[key] = value;
  }
  const box: FrameData = {};
  for (const key of ['cell', 'pbc']) if (key in first) box[key] = first[key];
  const atomCount = atomCountOf(first);
  if (atomCount === undefined) {
    throw new CovalenceError('file/mismatch', `${names.topology} names no atoms, so it cannot be the topology.`, {
      file: names.topology,
    });
  }
  const paired = new PairedTrajectory(topology, trajectory, names, still, box, atomCount);
  await paired.check();
  return paired;
}

/** True for the elements of a file that knows none. */
function isUnknown(numbers: FrameValue): boolean {
  return isFrameArray(numbers) && numbers.data.every((number) => number === 0);
}

function atomCountOf(data: FrameData): number | undefined {
  for (const key of ['positions', 'numbers']) {
    const value = data[key];
    if (isFrameArray(value)) return value.shape[0];
  }
  return undefined;
}

class PairedTrajectory implements Trajectory {
  readonly #topology: Trajectory;
  readonly #trajectory: Trajectory;
  readonly #names: PairNames;
  readonly #still: FrameData;
  readonly #box: FrameData;
  readonly #atomCount: number;

  constructor(
    topology: Trajectory,
    trajectory: Trajectory,
    names: PairNames,
    still: FrameData,
    box: FrameData,
    atomCount: number,
  ) {
    this.#topology = topology;
    this.#trajectory = trajectory;
    this.#names = names;
    this.#still = still;
    this.#box = box;
    this.#atomCount = atomCount;
  }

  get format(): string {
    return `${this.#topology.format} + ${this.#trajectory.format}`;
  }

  get count(): number {
    return this.#trajectory.count;
  }

  get isComplete(): boolean {
    return this.#trajectory.isComplete;
  }

  /** Files that do not belong together are told so at opening, not at the first picture. */
  async check(): Promise<void> {
    await this.read(0, ['positions']);
  }

  index(onProgress?: (progress: IndexProgress) => void, signal?: AbortSignal): Promise<void> {
    return this.#trajectory.index(onProgress, signal);
  }

  async read(index: number, keys?: readonly string[], signal?: AbortSignal): Promise<FrameData> {
    const wanted = keys === undefined ? undefined : new Set(keys.map((key) => FRAME_KEY_ALIASES[key] ?? key));
    const isWanted = (key: string): boolean => wanted === undefined || wanted.has(key);
    // Positions come along so that the counts can be compared, whatever is asked for.
    const moving = await this.#trajectory.read(
      index,
      wanted === undefined ? undefined : [...wanted, 'positions'],
      signal,
    );
    const atomCount = atomCountOf(moving);
    if (atomCount !== undefined && atomCount !== this.#atomCount) throw this.#mismatch(index, atomCount);
    const data: FrameData = {};
    for (const source of [this.#box, this.#still, moving]) {
      for (const [key, value] of Object.entries(source)) {
        if (isWanted(key) && !(key === 'numbers' && key in data && isUnknown(value))) data[key] = value;
      }
    }
    return data;
  }

  async keys(): Promise<FrameKeyInfo[]> {
    const units = new Map((await this.#trajectory.keys()).map((info) => [info.name, info]));
    return keyInfosOf(await this.read(0)).map((info) => units.get(info.name) ?? info);
  }

  scalars(): Readonly<Record<string, Float64Array>> {
    return this.#trajectory.scalars();
  }

  atomCounts(): Float64Array | undefined {
    return this.#trajectory.atomCounts?.();
  }

  warnings(): readonly string[] {
    // That a trajectory names no elements is no news here.
    const own = (this.#trajectory.warnings?.() ?? []).filter((sentence) => !isAboutElements(sentence));
    return [...(this.#topology.warnings?.() ?? []), ...own];
  }

  serialiseIndex(): Uint8Array {
    return this.#trajectory.serialiseIndex();
  }

  async close(): Promise<void> {
    await Promise.all([this.#topology.close(), this.#trajectory.close()]);
  }

  #mismatch(frame: number, atomCount: number): CovalenceError {
    const { topology, trajectory } = this.#names;
    return new CovalenceError(
      'file/mismatch',
      `${topology} has ${this.#atomCount} atoms, frame ${frame} of ${trajectory} has ${atomCount}: they do not belong together. ` +
        'Give the topology that was used to write the trajectory.',
      { file: trajectory, topology, atoms: this.#atomCount, found: atomCount, frame },
    );
  }
}
