import { elementOf } from '../../chem/elements.ts';
import { isFrameArray, type Frame } from '../../protocol/frames.ts';
import { parseCssColor, type Rgba } from '../scene/css-color.ts';
import type { SceneStrokes } from '../scene/scene-view.ts';

/** What a record asks for. */
export interface TrailWish {
  /** All when absent. */
  readonly atoms: Uint32Array | undefined;
  /** How many frames back. */
  readonly frames: number;
  /** CSS pixels. */
  readonly width: number;
  /** CSS colour; that of the element when absent. */
  readonly color: string | undefined;
}

/** Stretches of one picture: each costs twelve numbers at every frame. */
const MOST_STRETCHES = 20_000;
/** Frames kept for trails, and places in all of them. */
const MOST_FRAMES = 500;
const MOST_PLACES = 4_000_000;
const USUAL = { frames: 20, width: 2 };

/** The trails a record asks for: a number of frames, `true`, or `{frames, width, color}`; undefined for none. */
export function trailWish(value: unknown, atoms: Uint32Array | undefined): TrailWish | undefined {
  if (value === undefined || value === null || value === false || value === 0) return undefined;
  const settings = typeof value === 'object' ? (value as Record<string, unknown>) : { frames: value };
  const positive = (given: unknown, usual: number): number =>
    typeof given === 'number' && given > 0 && given < 1e6 ? given : usual;
  return {
    atoms,
    frames: Math.round(positive(settings.frames, USUAL.frames)),
    width: Math.min(20, positive(settings.width, USUAL.width)),
    color: typeof settings.color === 'string' ? settings.color : undefined,
  };
}

interface Passed {
  readonly id: string;
  readonly version: number;
  readonly positions: Float32Array | Float64Array;
}

/** Where atoms were in the frames that were shown: nothing is fetched for a trail. */
export class Trails {
  private readonly passed = new Map<number, Passed>();
  private atomCount = 0;
  private records: Float32Array = new Float32Array(0);

  /** Takes note of a frame that is shown; its arrays are kept, not copied. */
  pass(frame: Frame): void {
    const { positions } = frame.data;
    if (!isFrameArray(positions)) return;
    const { data } = positions;
    if (!(data instanceof Float32Array || data instanceof Float64Array)) return;
    if (data.length !== 3 * this.atomCount) this.clear();
    this.atomCount = data.length / 3;
    this.passed.delete(frame.index);
    this.passed.set(frame.index, { id: frame.id, version: frame.version, positions: data });
    const most = Math.max(2, Math.min(MOST_FRAMES, Math.floor(MOST_PLACES / Math.max(1, this.atomCount))));
    // The one that was shown longest ago goes first.
    for (const index of this.passed.keys()) {
      if (this.passed.size <= most) break;
      this.passed.delete(index);
    }
  }

  clear(): void {
    this.passed.clear();
  }

  /** The trails that end in a frame, fading with age; `problems` gets a sentence when they are too many. */
  strokes(frame: Frame, wishes: readonly TrailWish[], problems: string[]): SceneStrokes | undefined {
    const indices = [...this.passed.keys()].filter((index) => index <= frame.index).sort((a, b) => b - a);
    const { numbers } = frame.data;
    const longest = longestStep(frame);
    let count = 0;
    let room = MOST_STRETCHES;
    for (const { atoms, frames, width, color } of wishes) {
      const atomCount = atoms?.length ?? this.atomCount;
      const back = indices.filter((index) => index >= frame.index - frames);
      const steps = Math.min(back.length - 1, Math.floor(room / Math.max(1, atomCount)));
      if (steps < Math.min(1, back.length - 1))
        problems.push(`Trails are drawn for up to ${MOST_STRETCHES} atoms; select fewer`);
      if (steps < 1) continue;
      room -= steps * atomCount;
      this.reserve(12 * (count + steps * atomCount));
      const fixed = color === undefined ? undefined : parseCssColor(color);
      for (let i = 0; i < atomCount; i += 1) {
        const atom = atoms === undefined ? i : atoms[i];
        if (atom >= this.atomCount) continue;
        const tone = fixed ?? elementTone(isFrameArray(numbers) ? numbers.data[atom] : 0);
        for (let step = 0; step < steps; step += 1) {
          const from = this.passed.get(back[step])?.positions;
          const to = this.passed.get(back[step + 1])?.positions;
          const age = (frame.index - back[step]) / frames;
          if (from !== undefined && to !== undefined && this.add(count, atom, { from, to, longest, width, tone, age }))
            count += 1;
        }
      }
    }
    return count === 0 ? undefined : { records: this.records, count };
  }

  /** False when the atom jumped, through the cell or out of it. */
  private add(
    at: number,
    atom: number,
    {
      from,
      to,
      longest,
      width,
      tone,
      age,
    }: { from: ArrayLike<number>; to: ArrayLike<number>; longest: number; width: number; tone: Rgba; age: number },
  ): boolean {
    const [x, y, z] = [from[3 * atom], from[3 * atom + 1], from[3 * atom + 2]];
    const [u, v, w] = [to[3 * atom], to[3 * atom + 1], to[3 * atom + 2]];
    const step = Math.hypot(u - x, v - y, w - z);
    if (!(step > 1e-6 && step < longest)) return false;
    const { records } = this;
    const start = 12 * at;
    records[start] = x;
    records[start + 1] = y;
    records[start + 2] = z;
    records[start + 3] = width;
    records[start + 4] = u;
    records[start + 5] = v;
    records[start + 6] = w;
    records[start + 7] = 0;
    for (let part = 0; part < 3; part += 1) records[start + 8 + part] = tone[part];
    records[start + 11] = 0.85 * tone[3] * (1 - age) ** 1.5;
    return true;
  }

  private reserve(length: number): void {
    if (this.records.length >= length) return;
    const records = new Float32Array(Math.ceil(1.5 * length));
    records.set(this.records);
    this.records = records;
  }
}

/** Longer steps than half the narrowest side of the cell are jumps through it. */
function longestStep({ data }: Frame): number {
  const { cell, pbc } = data;
  if (!isFrameArray(cell) || !isFrameArray(pbc)) return Infinity;
  const sides = [0, 3, 6]
    .filter((row) => pbc.data[row / 3] !== 0)
    .map((row) => Math.hypot(cell.data[row], cell.data[row + 1], cell.data[row + 2]));
  return Math.min(Infinity, ...sides) / 2;
}

function elementTone(number: number): Rgba {
  const { color } = elementOf(number);
  return [((color >> 16) & 255) / 255, ((color >> 8) & 255) / 255, (color & 255) / 255, 1];
}
