import { ELEMENTS } from '../../chem/elements.ts';
import { SurfaceScratch, surfaceInSlices } from '../../chem/surface/molecular-surface.ts';
import type { SurfaceInput } from '../../chem/surface/surface-grid.ts';
import type { SurfaceMesh } from '../../chem/surface/surface-mesh.ts';
import type { LayerAtoms } from './scene-layer.ts';

/** Up to this many atoms the surface of a frame is found before it is drawn. */
const EACH_FRAME_UP_TO = 300;
/** How long frames must stop coming before the surface of a larger structure is found. */
const SETTLED_MS = 150;
/** Longest stretch of work between two chances for the page to react. */
const SLICE_MS = 6;
/** Who waits longer is told so. */
const PATIENCE_MS = 500;

/** What a surface goes around, and how it looks. */
export interface SurfaceWish {
  /** Not 0 for each atom of the frame that it goes around. */
  readonly mask: Uint8Array;
  /** Times the van der Waals radius. */
  readonly scale: number;
  /** CSS colour; that of the atoms when absent. */
  readonly color?: string | undefined;
  /** 0 to 1; that of the atoms when absent. */
  readonly opacity?: number | undefined;
}

/**
 * Keeps the surface around atoms of the frame shown: of few atoms found at once with each frame, of many in slices once
 * frames have stopped coming. A surface of other positions is never given.
 */
export class SurfaceKeeper {
  /** The surface of the atoms asked for last; undefined while it is not found. */
  mesh: SurfaceMesh | undefined;
  /** Why there is none, when that lasts. */
  trouble: 'late' | 'too large' | undefined;
  private wish: SurfaceWish;
  private readonly changed: () => void;
  private readonly now: () => number;
  private readonly scratch = new SurfaceScratch();
  private seen: { positions: number; mask: Uint8Array; scale: number; count: number } | undefined;
  private work: ReturnType<typeof surfaceInSlices> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private patience: ReturnType<typeof setTimeout> | undefined;
  private settledAt = -Infinity;

  /** `changed` is called when a surface was found later than asked for, or when `trouble` is other; `now` gives milliseconds. */
  constructor(wish: SurfaceWish, changed: () => void, now: () => number) {
    this.wish = wish;
    this.changed = changed;
    this.now = now;
  }

  get look(): SurfaceWish {
    return this.wish;
  }

  /** Goes around other atoms, or looks otherwise, from the next {@link follow} on. */
  take(wish: SurfaceWish): void {
    const { mask } = this.wish;
    this.wish = isEqual(wish.mask, mask) ? { ...wish, mask } : wish;
  }

  /** Takes the atoms that are about to be drawn. */
  follow(atoms: LayerAtoms): void {
    const { mask, scale } = this.wish;
    const { seen } = this;
    const positions = atoms.positionsVersion;
    if (seen?.positions === positions && seen.mask === mask && seen.scale === scale && seen.count === atoms.count)
      return;
    this.seen = { positions, mask, scale, count: atoms.count };
    this.stop();
    this.mesh = undefined;
    const input = inputOf(atoms, this.wish);
    if (input.atoms.length <= EACH_FRAME_UP_TO) {
      this.work = surfaceInSlices(input, this.scratch);
      this.advance(Infinity);
      return;
    }
    // Whoever waits for the first time sees what there is at once; while frames come, each is another start.
    const isFirst = this.now() - this.settledAt > 2 * SETTLED_MS;
    this.settledAt = this.now();
    this.timer = setTimeout(
      () => {
        // Positions may lie in an array that the next frame is written into.
        this.work = surfaceInSlices({ ...input, positions: input.positions.slice() }, this.scratch);
        this.run();
      },
      isFirst ? 0 : SETTLED_MS,
    );
    this.patience ??= setTimeout(() => this.say('late'), PATIENCE_MS);
  }

  /** Looks for nothing any more. */
  cancel(): void {
    this.stop();
    clearTimeout(this.patience);
    this.patience = undefined;
    this.seen = undefined;
    this.mesh = undefined;
    this.trouble = undefined;
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.work = undefined;
  }

  private run(): void {
    if (this.advance(this.now() + SLICE_MS)) this.changed();
    else this.timer = setTimeout(() => this.run(), 0);
  }

  /** Works until a time; true when the end was reached. */
  private advance(until: number): boolean {
    const { work } = this;
    if (work === undefined) return true;
    for (;;) {
      const step = work.next();
      if (step.done === true) {
        this.work = undefined;
        this.mesh = step.value;
        clearTimeout(this.patience);
        this.patience = undefined;
        const isNone = step.value === undefined && this.wish.mask.some(Boolean);
        this.say(isNone ? 'too large' : undefined);
        return true;
      }
      if (until !== Infinity && this.now() >= until) return false;
    }
  }

  private say(trouble: SurfaceKeeper['trouble']): void {
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    queueMicrotask(this.changed);
  }
}

/** Atoms, wherever they are drawn, whose own is in the mask. */
function inputOf(
  { count, positions, states }: LayerAtoms,
  { mask, scale }: SurfaceWish,
): SurfaceInput & { positions: Float32Array } {
  const found = new Uint32Array(count);
  let next = 0;
  const { length } = mask;
  if (length > 0) for (let atom = 0; atom < count; atom += 1) if (mask[atom % length] !== 0) found[next++] = atom;
  const atoms = found.subarray(0, next);
  const radii = Float32Array.from(atoms, (atom) => scale * (ELEMENTS[states[4 * atom]] ?? ELEMENTS[0]).vdwRadius);
  return { positions, atoms, radii };
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
