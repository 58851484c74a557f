import type { VisualiserRecord } from '../../protocol/records/visualiser.ts';
import { isosurfaceLayer } from '../scene/isosurface-layer.ts';
import type { MakeLayers, SceneLayer } from '../scene/scene-layer.ts';
import { SurfaceKeeper, type SurfaceWish } from '../scene/surface-keeper.ts';
import { colorOf } from '../viewer/scene-styles.ts';
import { lookOf, type Look } from './presets.ts';

/** Whether a record draws a surface of its own beside whatever else draws its atoms: one of another layer than 0. */
export function isBeside(record: VisualiserRecord): boolean {
  return (record.layer ?? 0) !== 0 && lookOf(record)?.hasSurface === true;
}

/** Why a surface is not drawn. */
interface SurfaceProblem {
  text: string;
  /** False when it only has to be waited for. */
  lasts: boolean;
}

/** The surfaces that records ask for: one around all atoms drawn as a surface, and one for each record beside them. */
export class SurfaceLooks {
  private readonly changed: () => void;
  private atomCount = 0;
  private mask: Uint8Array | undefined;
  private scale = 1;
  private wishes: SurfaceWish[] = [];
  private instead: SurfaceKeeper | undefined;
  private readonly beside: SurfaceKeeper[] = [];

  /** `changed` is called when a surface came later than it was asked for, or when {@link problems} are others. */
  constructor(changed: () => void) {
    this.changed = changed;
  }

  /** Why no surface is drawn just now, and whether that lasts. */
  get problems(): readonly SurfaceProblem[] {
    const found = [this.instead, ...this.beside].map((keeper) => problemOf(keeper, keeper === this.instead));
    return found.filter((problem) => problem !== undefined);
  }

  /** Before the records, lowest first. */
  begin(atomCount: number): void {
    this.atomCount = atomCount;
    this.wishes = [];
    this.mask = undefined;
  }

  /** A record that draws these atoms as `look` says: as a surface, or otherwise than those below. */
  cover(record: VisualiserRecord, look: Look | undefined, atoms: Uint32Array | undefined): void {
    const isSurface = look?.hasSurface === true && record.hide !== true;
    if (!isSurface && this.mask === undefined) return;
    if (isSurface) this.scale = look.scale ?? 1;
    this.mask ??= new Uint8Array(this.atomCount);
    fill(this.mask, atoms, Number(isSurface));
  }

  /** A record whose surface stands beside its atoms. */
  add(record: VisualiserRecord, atoms: Uint32Array | undefined): void {
    if (record.hide === true) return;
    const mask = new Uint8Array(this.atomCount);
    fill(mask, atoms, 1);
    const color = colorOf(record);
    const isPlain = color !== undefined && color !== 'element' && CSS.supports('color', color);
    const opacity = Math.min(1, Math.max(0, record.opacity ?? 1));
    this.wishes.push({ mask, scale: lookOf(record)?.scale ?? 1, opacity, color: isPlain ? color : undefined });
  }

  /** After the records. */
  end(): void {
    const { mask, scale, wishes, beside } = this;
    if (mask === undefined) this.instead?.cancel();
    this.instead = mask && this.kept(this.instead, { mask, scale });
    for (const keeper of beside.splice(wishes.length)) keeper.cancel();
    for (const [i, wish] of wishes.entries()) beside[i] = this.kept(beside[i], wish);
  }

  /** What draws them. */
  layers(uniforms: Parameters<MakeLayers>[1]): SceneLayer[] {
    const { instead, beside } = this;
    const layers = beside.map((keeper) => isosurfaceLayer(uniforms, keeper, false));
    return instead === undefined ? layers : [isosurfaceLayer(uniforms, instead, true), ...layers];
  }

  private kept(keeper: SurfaceKeeper | undefined, wish: SurfaceWish): SurfaceKeeper {
    keeper?.take(wish);
    return keeper ?? new SurfaceKeeper(wish, this.changed, () => performance.now());
  }
}

function problemOf(keeper: SurfaceKeeper | undefined, isInstead: boolean): SurfaceProblem | undefined {
  const meanwhile = isInstead ? 'they are shown as spheres' : 'it is left out';
  switch (keeper?.trouble) {
    case 'late':
      return { text: `The surface of so many atoms is found when frames rest; until then ${meanwhile}`, lasts: false };
    case 'too large':
      return { text: `These atoms are too far apart for a surface around them; ${meanwhile}`, lasts: true };
    case undefined:
      return undefined;
  }
}

function fill(mask: Uint8Array, atoms: Uint32Array | undefined, value: number): void {
  if (atoms === undefined) mask.fill(value);
  else for (const atom of atoms) if (atom < mask.length) mask[atom] = value;
}
