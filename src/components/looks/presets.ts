import { renderPreset, resolveRender } from '../../protocol/records/visualiser-presets.ts';
import type { VisualiserRecord } from '../../protocol/records/visualiser.ts';
import type { SceneShape } from '../scene/scene-view.ts';

/** Ways of drawing that follow a chain instead of atoms. */
export type RibbonKind = 'cartoon' | 'spline' | 'geometric spline' | 'elliptic spline';

/** What a record asks to be drawn as. */
export interface Look {
  /** Name of the preset, or what was written. */
  readonly name: string;
  /** Atoms and sticks in numbers; undefined for ribbons and for what is not known. */
  readonly shape?: SceneShape | undefined;
  readonly ribbon?: RibbonKind | undefined;
  /** True when a surface goes around the atoms. */
  readonly hasSurface?: boolean | undefined;
  /** Thickness of ribbons, 1 being the usual one. */
  readonly scale?: number | undefined;
  /** What draws the bonds, when sticks do not. */
  readonly bonds?: 'hyperballs' | 'noodles' | undefined;
  /** True when rings are filled. */
  readonly hasRings?: boolean | undefined;
  /** Why it is drawn otherwise than asked. */
  readonly problem?: string | undefined;
}

const RIBBONS: ReadonlySet<string> = new Set(['cartoon', 'spline', 'geometric spline', 'elliptic spline']);

/** Names besides those of the grammar. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    vdw: 'spheres',
    spacefill: 'spheres',
    'space fill': 'spheres',
    sticks: 'liquorice',
    stick: 'liquorice',
    'ball-and-stick': 'ball and stick',
    tube: 'spline',
    trace: 'spline',
  }),
);

const number = (value: unknown, fallback: number): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : fallback;

/** What a record asks to be drawn as; undefined when it names nothing. */
export function lookOf(record: VisualiserRecord): Look | undefined {
  const option = record.render ?? record.visualiser;
  const given = typeof option === 'object' ? option.type : option;
  if (typeof given !== 'string') return undefined;
  const name = ALIASES.get(given.trim().toLowerCase()) ?? given;
  const preset = renderPreset(name);
  if (preset === undefined) return { name: given, problem: unknownSentence(given) };
  const own = typeof option === 'object' ? option : {};
  const { parameters } = resolveRender({ ...record, render: { ...own, type: preset.name } });
  // A length in the render's own words is one; outside it is how many times the usual.
  const times = (key: string): number =>
    typeof own[key] === 'number' ? number(own[key], 1) / number(preset.defaults[key], 1) : 1;
  const scale = times('scale');
  if (RIBBONS.has(preset.name))
    return { name: preset.name, ribbon: preset.name as RibbonKind, scale: scale * number(record.scale, 1) };
  switch (preset.name) {
    case 'spheres':
      return { name: preset.name, shape: { vdw: times('particle.scale') * scale } };
    case 'goodsell':
      return { name: preset.name, shape: { vdw: scale, flat: 1 } };
    case 'liquorice':
      return { name: preset.name, shape: { plus: 0.24 * scale, stick: 0.24 * scale, hasOrders: true } };
    case 'cycles':
      return { name: preset.name, shape: { plus: 0.16 * scale, stick: 0.16 * scale }, hasRings: true };
    case 'noodles':
      return { name: preset.name, shape: { plus: 0.3 * scale, stick: 0.3 * scale, waist: -1 }, bonds: 'noodles' };
    case 'hyperballs': {
      const tension = Math.min(0.95, Math.max(0, Number(parameters.tension)));
      const shape = { vdw: 0.3 * scale, stick: 0.3 * scale, waist: 1 - (Number.isFinite(tension) ? tension : 0.5) };
      return { name: preset.name, shape, bonds: 'hyperballs' };
    }
    case 'surface':
      return {
        name: preset.name,
        shape: { vdw: scale, flat: -1 },
        hasSurface: true,
        scale: scale * number(record.scale, 1),
      };
    default:
      return {
        name: preset.name,
        shape: {
          vdw: 0.27 * times('particle.scale') * scale,
          stick: 0.12 * times('bond.scale') * scale,
          hasOrders: true,
        },
      };
  }
}

function unknownSentence(name: string): string {
  const short = name.length > 40 ? `${name.slice(0, 40)}…` : name;
  return `“${short}” is no way of drawing known here, so it is drawn as usual; known are ball and stick, liquorice, spheres, hyperballs, noodles, cycles, goodsell, cartoon, ribbon, spline, geometric spline and surface`;
}
