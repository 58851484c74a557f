import type { CSSResult, nothing, TemplateResult } from 'lit';
import { CovalenceError } from '../../protocol/errors.ts';
import type { Frame } from '../../protocol/frames.ts';
import type { VisualiserRecord } from '../../protocol/records/visualiser.ts';
import type { SceneStyle, SceneVectors, SceneView } from '../scene/scene-view.ts';
import { vectorLayers } from '../scene/vector-layer.ts';
import { type VisualiserLayer } from '../viewer/scene-styles.ts';
import { atomValues, isIndex, keyOf, plainName, unitOf, vectorsOf } from './atom-values.ts';
import { CHAIN_KEYS } from './chain-looks.ts';
import { isColorMap } from './color-maps.ts';
import { labelNames, labelsTemplate, labelTexts, type Label } from './labels.ts';
import { legendTemplate, type LegendEntry } from './legend.ts';
import { kindsWords, noColorText } from './element-words.ts';
import { looksStyles } from './looks.styles.ts';
import { chainColorValues, colorAtoms, colorNameOf, isChainColor } from './named-colors.ts';
import { SceneLook } from './scene-look.ts';
import { ShapeLooks } from './shape-looks.ts';
import { isBeside } from './surface-looks.ts';
import { trailWish, Trails, type TrailWish } from './trails.ts';
import { formatPlural } from '../format-number.ts';
import { clearTints, extentOf, roundRange, roundUp, writeTints } from './tints.ts';

/** Who shows looks that depend on data. */
export interface LooksOwner {
  readonly scene: SceneView | undefined;
  /** Asks for these keys with each frame, besides those every picture needs. */
  want(keys: readonly string[]): void;
  /** Other atoms are shown than the first view was made for. */
  refit(): void;
  /** Legend or labels are others now. */
  changed(): void;
  /** `isShown` when a sentence in the picture says so already. */
  fail(error: unknown, isShown?: boolean): void;
  /** Takes styles into the element's own. */
  adopt(styles: CSSResult): void;
}

/** The longest arrow is about this long, angstrom, unless a record says how long one is. */
const ARROW_LENGTH = 2.5;
/** More arrows than this make a hedgehog that hides its atoms, but are drawn. */
const ARROW_COLORS = ['#ff7a1a', '#19a7e0', '#c2569b', '#5c9a2f'];

type Named = string | { readonly [setting: string]: unknown };

function named(value: unknown): { name: string; settings: { readonly [setting: string]: unknown } } | undefined {
  if (typeof value === 'string') return value === '' ? undefined : { name: value, settings: {} };
  if (typeof value !== 'object' || value === null) return undefined;
  const settings = value as Exclude<Named, string>;
  const name = settings.type ?? settings.key ?? settings.input;
  return typeof name === 'string' ? { name: name.replace(/^\$/, ''), settings } : undefined;
}

const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/**
 * What visualisers ask for that needs more of a frame than where its atoms are: colours by value, arrows, labels, and
 * the legend that explains them. A pure function of the records and the frame, so that everybody sees the same.
 */
export class DataLooks {
  readonly #owner: LooksOwner;
  readonly #restyle: () => void;
  readonly #shapes = new ShapeLooks(() => this.#draw());
  readonly #told = new Set<string>();
  readonly #trails = new Trails();
  readonly #sceneLook = new SceneLook();
  #layers: readonly VisualiserLayer[] = [];
  #frame: Frame | undefined;
  #atomCount = 0;
  #tints: Uint8Array = new Uint8Array(0);
  legend: readonly LegendEntry[] = [];
  labels: readonly Label[] = [];

  /** `restyle` is called when the styles of atoms are to be asked for again. */
  constructor(owner: LooksOwner, restyle: () => void) {
    this.#owner = owner;
    this.#restyle = restyle;
    owner.adopt(looksStyles);
  }

  /** Whether the unit cell is drawn, where a setting of the room says. */
  get isCellShown(): boolean | undefined {
    return this.#sceneLook.isCellShown;
  }

  /** Whether the frame's chains are known. */
  get hasChains(): boolean {
    return this.#shapes.hasChains;
  }

  /** Takes the settings of the room's picture. */
  setScene(settings: Readonly<Record<string, unknown>>): void {
    const before = this.isCellShown;
    this.#sceneLook.apply(settings, this.#owner.scene);
    if (before !== this.isCellShown) this.#owner.changed();
  }

  /** How these records draw atoms, lowest first; `keys` are those of the trajectory. */
  styles(layers: readonly VisualiserLayer[], keys: readonly string[]): SceneStyle[] {
    const styles = this.#shapes.styles(layers, keys);
    for (const problem of this.#shapes.problems) this.#tell(problem, 'render/unknown', problem);
    return styles;
  }

  /** Once for each `topic`. */
  #tell(topic: string, code: 'render/unknown' | 'frame/not-finite', text: string): void {
    if (this.#told.has(topic)) return;
    this.#told.add(topic);
    this.#owner.fail(new CovalenceError(code, `${text}.`), true);
  }

  /** Draws what these records ask for, lowest first. `keys` are those of the trajectory. */
  setLayers(layers: readonly VisualiserLayer[], keys: readonly string[]): void {
    this.#layers = layers;
    const known = new Set(keys);
    const wanted = new Set<string>();
    for (const { record } of layers)
      for (const name of namesOf(record, this.#frame)) {
        if (isChainColor(name)) for (const key of CHAIN_KEYS) if (known.has(key)) wanted.add(key);
        const key = keyOf(name, known);
        if (key !== undefined && !isIndex(name)) wanted.add(key);
      }
    if (this.#shapes.needsChains) for (const key of CHAIN_KEYS) if (known.has(key)) wanted.add(key);
    this.#owner.want([...wanted].sort());
    this.#draw();
  }

  setFrame(frame: Frame | undefined, atomCount: number): void {
    this.#frame = frame;
    this.#atomCount = atomCount;
    if (this.#shapes.setFrame(frame, atomCount)) this.#restyle();
    this.#draw();
  }

  /** Words at atoms, for the overlay. */
  labelsTemplate(): TemplateResult[] {
    return labelsTemplate(this.labels);
  }

  legendTemplate(): TemplateResult | typeof nothing {
    return legendTemplate(this.legend);
  }

  #draw(): void {
    const { scene } = this.#owner;
    const frame = this.#frame;
    const legend: LegendEntry[] = [];
    const vectors: SceneVectors[] = [];
    const labels: Label[] = [];
    const before = this.#tints;
    if (before.length !== 4 * this.#atomCount) this.#tints = new Uint8Array(4 * this.#atomCount);
    else before.fill(0);
    const trails: TrailWish[] = [];
    let isTinted = false;
    if (frame !== undefined)
      for (const layer of this.#layers) {
        if (this.#paint(frame, layer, legend)) isTinted = true;
        this.#point(frame, layer, vectors, legend);
        const wish = layer.record.hide === true ? undefined : trailWish(layer.record.trails, layer.atoms);
        if (wish !== undefined) trails.push(wish);
        if (layer.record.hide !== true) this.#name(frame, layer, labels, legend);
      }
    for (const text of this.#shapes.problems) legend.push({ kind: 'missing', text });
    for (const { text, lasts } of this.#shapes.surfaceProblems) {
      legend.push({ kind: 'missing', text });
      if (lasts) this.#tell(text, 'render/unknown', text);
    }
    const problems: string[] = [];
    const placeless = scene?.placeless ?? 0;
    if (frame !== undefined && placeless > 0) {
      const text = `${formatPlural(placeless, 'atom')} of this frame ${placeless === 1 ? 'has' : 'have'} no place: the position is not a number`;
      problems.push(text);
      this.#tell(frame.id, 'frame/not-finite', text);
    }
    if (trails.length > 0 && frame !== undefined) this.#trails.pass(frame);
    else this.#trails.clear();
    scene?.setStrokes(frame === undefined ? undefined : this.#trails.strokes(frame, trails, problems));
    for (const text of problems) legend.push({ kind: 'missing', text });
    scene?.setTints(isTinted ? this.#tints : undefined);
    scene?.setLayers((renderer, uniforms) => [
      ...this.#shapes.layers(renderer, uniforms),
      ...vectorLayers(renderer, uniforms, vectors),
    ]);
    this.legend = legend;
    this.labels = labels;
    this.#owner.changed();
  }

  /** True when it coloured something. */
  #paint(frame: Frame, { record, atoms: covered }: VisualiserLayer, legend: LegendEntry[]): boolean {
    // A plain colour of a surface beside its atoms is its own.
    if (isBeside(record) && colorNameOf(record, frame) === undefined) return false;
    const atoms = colorAtoms(record, frame, covered);
    const name = colorNameOf(record, frame);
    if (name === undefined) {
      // Whoever says a plain colour above means it.
      if (record.color !== undefined) clearTints(this.#tints, atoms);
      return false;
    }
    const values = isChainColor(name) ? chainColorValues(frame, name) : atomValues(frame, name, this.#atomCount);
    if (values === undefined) {
      if (record.color === undefined) return false;
      legend.push({ kind: 'missing', text: noColorText(record, name) });
      return false;
    }
    const settings = named(record.color)?.settings ?? {};
    const extent = extentOf(values, atoms, this.#atomCount);
    if (extent === undefined) return false;
    const isEven = extent.low < 0 && extent.high > 0 && values.kinds === undefined;
    const round = isIndex(name) ? extent : roundRange(extent, isEven);
    const range = { low: number(settings.minimum) ?? round.low, high: number(settings.maximum) ?? round.high };
    const map = isColorMap(settings.gradient) ? settings.gradient : isEven ? 'rdbu' : 'viridis';
    writeTints(this.#tints, values, { atoms, atomCount: this.#atomCount, range, map });
    if (values.label === '') return true;
    if (values.kinds === undefined) legend.push({ kind: 'range', label: values.label, unit: values.unit, range, map });
    else
      legend.push({
        kind: 'kinds',
        ...kindsWords(frame, record, values),
        kinds: values.kinds,
        colors: values.colors,
      });
    return true;
  }

  #point(frame: Frame, { record, atoms }: VisualiserLayer, vectors: SceneVectors[], legend: LegendEntry[]): void {
    const asked = named(record.vectors);
    if (asked === undefined || record.hide === true) return;
    const found = vectorsOf(frame, asked.name, this.#atomCount);
    if (found === undefined) {
      legend.push({ kind: 'missing', text: `This frame has no vectors “${asked.name}”` });
      return;
    }
    const lengths = atomValues(frame, found.key, this.#atomCount);
    const most = lengths && extentOf(lengths, atoms, this.#atomCount)?.high;
    const scale = number(asked.settings.scale) ?? (most !== undefined && most > 0 ? ARROW_LENGTH / roundUp(most) : 1);
    const plain = asked.settings.color;
    const color = typeof plain === 'string' ? plain : ARROW_COLORS[vectors.length % ARROW_COLORS.length];
    vectors.push({ vectors: found.data, atoms, scale, color });
    legend.push({ kind: 'arrow', label: plainName(found.key), unit: unitOf(found.key), perAngstrom: 1 / scale, color });
  }

  #name(frame: Frame, { record, atoms }: VisualiserLayer, labels: Label[], legend: LegendEntry[]): void {
    const asked = named(record.labels);
    if (asked === undefined) return;
    const problem = labelTexts(labels, frame, asked.name, atoms, this.#atomCount);
    if (problem !== undefined) legend.push({ kind: 'missing', text: problem });
  }
}

function namesOf(record: VisualiserRecord, frame: Frame | undefined): string[] {
  const labels = named(record.labels)?.name;
  const names = [
    colorNameOf(record, frame),
    named(record.vectors)?.name,
    ...(labels === undefined ? [] : labelNames(labels)),
  ];
  return names.filter((name): name is string => name !== undefined);
}
