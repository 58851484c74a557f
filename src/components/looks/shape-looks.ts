import type { PolymerTrace } from '../../chem/polymer/polymer-trace.ts';
import type { Frame } from '../../protocol/frames.ts';
import type { VisualiserRecord } from '../../protocol/records/visualiser.ts';
import { hyperballLayer } from '../scene/hyperball-layer.ts';
import { noodleLayer } from '../scene/noodles.ts';
import { ribbonLayer } from '../scene/ribbon-layer.ts';
import { ringLayer } from '../scene/ring-layer.ts';
import type { MakeLayers, SceneLayer } from '../scene/scene-layer.ts';
import type { SceneShape, SceneStyle } from '../scene/scene-view.ts';
import type { Sweep } from '../scene/sweep-layer.ts';
import { BASE_STYLE, styleOf, type VisualiserLayer } from '../viewer/scene-styles.ts';
import { chainParts } from './chain-parts.ts';
import { CHAIN_KEYS, frameChains } from './chain-looks.ts';
import { lookOf, type Look } from './presets.ts';
import { RibbonBuilder, type RibbonPlan } from './ribbons.ts';
import { isBeside, SurfaceLooks } from './surface-looks.ts';

/** Atoms of ribbons are not drawn; under a point they are found as spheres of this radius, angstrom. */
const CARRIER: SceneShape = { plus: -1.2 };
/** What stands beside a ribbon: ligands and ions, and the bases of nucleic acids. */
const BESIDE: SceneShape = { vdw: 0.27, stick: 0.12, hasOrders: true };
const BASES: SceneShape = { plus: 0.2, stick: 0.2 };

/** What the records of a room mean for atoms, bonds and chains. A pure function of records and frame. */
export class ShapeLooks {
  /** Why something is drawn otherwise than asked; one sentence each. */
  problems: readonly string[] = [];
  /** True when a record asks for what only the names of residues tell. */
  needsChains = false;
  private frame: Frame | undefined;
  private atomCount = 0;
  private readonly builder = new RibbonBuilder();
  private plan: RibbonPlan | undefined;
  private bonds: ReadonlySet<Look['bonds']> = new Set();
  private ringAtoms: Uint8Array | undefined;
  private readonly surfaces: SurfaceLooks;

  /** `changed` is called when a surface came, or was found not to come soon. */
  constructor(changed: () => void) {
    this.surfaces = new SurfaceLooks(changed);
  }

  /** Why no surface is drawn just now, and whether that lasts. */
  get surfaceProblems(): SurfaceLooks['problems'] {
    return this.surfaces.problems;
  }

  /** Takes a frame; true when its chains are made of other atoms, so that styles are to be found again. */
  setFrame(frame: Frame | undefined, atomCount: number): boolean {
    const before = this.trace;
    this.frame = frame;
    this.atomCount = atomCount;
    return this.trace !== before;
  }

  /** Styles for these records, lowest first; `keys` are those of the trajectory. */
  styles(layers: readonly VisualiserLayer[], keys: readonly string[]): SceneStyle[] {
    const styles: SceneStyle[] = [BASE_STYLE];
    const problems = new Set<string>();
    const bonds = new Set<Look['bonds']>();
    const ribbons = new RibbonCover(layers.some(({ record }) => lookOf(record)?.ribbon) ? this.trace : undefined);
    const rings = new RingCover(this.atomCount);
    this.surfaces.begin(this.atomCount);
    let lowest: VisualiserRecord = {};
    this.needsChains = false;
    for (const { record, atoms } of layers) {
      const own = lookOf(record);
      if (isBeside(record)) {
        this.surfaces.add(record, atoms);
        continue;
      }
      const look = own ?? lookOf(lowest);
      const style: SceneStyle = styleOf(record, styles[0]);
      if (own?.problem !== undefined) problems.add(own.problem);
      const shape = look?.ribbon === undefined ? look?.shape : BESIDE;
      if (shape === undefined) delete style.shape;
      else style.shape = shape;
      if (look?.bonds !== undefined) bonds.add(look.bonds);
      if (look?.ribbon !== undefined) this.needsChains = true;
      if (atoms !== undefined) styles.push({ ...style, atoms });
      else if (styles.length === 1) {
        styles[0] = style;
        lowest = record;
      } else styles.push(style);
      this.surfaces.cover(record, look, atoms);
      rings.take(look?.hasRings === true && record.hide !== true, atoms);
      const parts = ribbons.take(record, look, atoms);
      if (parts === undefined) continue;
      styles.push({ ...style, atoms: parts.rest, hide: true });
      styles.push({ ...style, atoms: parts.bases, shape: BASES });
      styles.push({ ...style, atoms: parts.carriers, shape: CARRIER });
    }
    // Names are asked for with the first ribbon and come with the next reading.
    const isComing = CHAIN_KEYS.some((key) => keys.includes(key) && this.frame?.data[key] === undefined);
    if (this.needsChains && this.frame !== undefined && this.trace === undefined && !isComing)
      problems.add(
        'This frame names no residues that make a chain, so there is no ribbon; its atoms are shown as balls and sticks',
      );
    this.problems = [...problems];
    this.bonds = bonds;
    this.plan = ribbons.plan;
    this.ringAtoms = rings.mask;
    this.surfaces.end();
    return styles;
  }

  /** What draws it, besides atoms and sticks. */
  readonly layers: MakeLayers = (renderer, uniforms) => {
    const layers: SceneLayer[] = [];
    if (this.bonds.has('hyperballs')) layers.push(hyperballLayer(uniforms));
    if (this.bonds.has('noodles')) layers.push(noodleLayer(renderer, uniforms));
    if (this.ringAtoms !== undefined) layers.push(ringLayer(renderer, uniforms, this.ringAtoms));
    const sweep = this.sweep();
    if (sweep !== undefined) layers.push(ribbonLayer(renderer, uniforms, sweep));
    layers.push(...this.surfaces.layers(uniforms));
    return layers;
  };

  /** Whether the frame's chains are known. */
  get hasChains(): boolean {
    return this.trace !== undefined;
  }

  private get trace(): PolymerTrace | undefined {
    return this.frame === undefined ? undefined : frameChains(this.frame)?.trace;
  }

  private sweep(): Sweep | undefined {
    const { plan, frame } = this;
    const chains = frame === undefined ? undefined : frameChains(frame);
    if (plan === undefined || chains === undefined || chains.trace.count !== plan.of.length) return undefined;
    return this.builder.build(chains.trace, chains.positions, { ...chains, plan });
  }
}

/** Which residues are drawn as which ribbon: the topmost record of a layer decides, others lie beside it. */
class RibbonCover {
  plan: RibbonPlan | undefined;
  private readonly trace: PolymerTrace | undefined;
  private readonly of: Uint8Array;
  private readonly layerOf: Float64Array;
  private readonly kinds: RibbonPlan['kinds'][number][] = [];

  constructor(trace: PolymerTrace | undefined) {
    this.trace = trace;
    this.of = new Uint8Array(trace?.count ?? 0);
    this.layerOf = new Float64Array(trace?.count ?? 0);
  }

  /** Takes the next record; for a ribbon the atoms it is made of. */
  take(
    record: VisualiserRecord,
    look: Look | undefined,
    atoms: Uint32Array | undefined,
  ): ReturnType<typeof chainParts> | undefined {
    const { trace } = this;
    if (trace === undefined) return undefined;
    const isRibbon = look?.ribbon !== undefined && record.hide !== true;
    const layer = record.layer ?? 0;
    const parts = chainParts(trace, atoms);
    if (isRibbon) this.kinds.push({ kind: look.ribbon, scale: look.scale ?? 1 });
    for (const residue of parts.residues) {
      if (isRibbon) {
        this.of[residue] = Math.min(255, this.kinds.length);
        this.layerOf[residue] = layer;
      } else if (record.hide === true || this.layerOf[residue] === layer) this.of[residue] = 0;
    }
    if (!isRibbon) return undefined;
    this.plan = { of: this.of, kinds: this.kinds };
    return parts;
  }
}

/** Atoms whose rings are filled. */
class RingCover {
  mask: Uint8Array | undefined;
  private readonly atomCount: number;

  constructor(atomCount: number) {
    this.atomCount = atomCount;
  }

  take(isFilled: boolean, atoms: Uint32Array | undefined): void {
    if (!isFilled && this.mask === undefined) return;
    this.mask ??= new Uint8Array(this.atomCount);
    if (atoms === undefined) this.mask.fill(Number(isFilled));
    else for (const atom of atoms) if (atom < this.atomCount) this.mask[atom] = Number(isFilled);
  }
}
