import type { NamedOption, VisualiserRecord } from './visualiser.ts';

/** A way to draw atoms, with the parameters it takes and their defaults. */
export interface RenderPreset {
  readonly name: string;
  /** Other spellings, as Narupa and its clients accept them. */
  readonly aliases: readonly string[];
  /** By parameter; lengths in angstrom. */
  readonly defaults: Readonly<Record<string, number | string>>;
  /** The chain the render follows, when it needs one and the record names none. */
  readonly sequence?: 'entities';
}

/** The renders of the Narupa grammar; the lengths that it gives in nanometres are in angstrom here. */
export const RENDER_PRESETS: readonly RenderPreset[] = [
  {
    name: 'ball and stick',
    aliases: ['ball & stick'],
    defaults: { color: 'white', 'particle.scale': 1, 'bond.scale': 0.5, opacity: 1 },
  },
  { name: 'liquorice', aliases: ['licorice'], defaults: { color: 'white', scale: 0.5 } },
  {
    name: 'spheres',
    aliases: ['sphere', 'ball', 'balls', 'space filling'],
    defaults: { color: 'white', 'particle.scale': 1 },
  },
  { name: 'cycles', aliases: ['cycle', 'rings'], defaults: { color: 'white', scale: 1 } },
  { name: 'noodles', aliases: [], defaults: { color: 'white', scale: 1 } },
  { name: 'goodsell', aliases: ['goodsel'], defaults: { color: 'goodsell', scale: 6 } },
  {
    name: 'hyperballs',
    aliases: ['hyperball'],
    defaults: { color: 'white', scale: 1, tension: 0.5, sharpness: 0 },
  },
  {
    name: 'spline',
    aliases: ['circular spline', 'cylindrical spline'],
    defaults: { color: 'white', scale: 1 },
    sequence: 'entities',
  },
  {
    name: 'geometric spline',
    aliases: ['tetrahedral spline', 'geometric'],
    defaults: { color: 'white', scale: 1, width: 1 },
    sequence: 'entities',
  },
  {
    name: 'elliptic spline',
    aliases: ['ribbon', 'ribbon spline'],
    defaults: { color: 'white', scale: 1, width: 1 },
    sequence: 'entities',
  },
  { name: 'cartoon', aliases: [], defaults: { color: 'secondary structure', scale: 1 }, sequence: 'entities' },
  { name: 'surface', aliases: [], defaults: { color: 'white', opacity: 1 } },
];

/** The render of a visualiser that names none. */
export const DEFAULT_RENDER = 'ball and stick';

const BY_NAME = new Map(RENDER_PRESETS.flatMap((preset) => [preset.name, ...preset.aliases].map((n) => [n, preset])));

/** The preset of this name or alias, without regard to case; undefined when there is none. */
export function renderPreset(name: string): RenderPreset | undefined {
  return BY_NAME.get(name.trim().toLowerCase());
}

function optionName(option: NamedOption | undefined): string | undefined {
  if (typeof option === 'string') return option;
  return typeof option === 'object' ? option.type : undefined;
}

/** A render and the parameters it is drawn with. */
export interface ResolvedRender {
  /** Name of a preset, or the unknown name as it was given. */
  readonly name: string;
  readonly isKnown: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * The render of a visualiser: parameters are looked up in the render's own object, then in the record, then in the
 * preset. A record without `render` and `visualiser` is drawn as {@link DEFAULT_RENDER}.
 */
export function resolveRender(record: VisualiserRecord): ResolvedRender {
  const option = record.render ?? record.visualiser;
  const given = optionName(option) ?? DEFAULT_RENDER;
  const preset = renderPreset(given);
  const own = typeof option === 'object' ? option : {};
  const parameters: Record<string, unknown> = {};
  for (const [name, fallback] of Object.entries(preset?.defaults ?? {})) {
    parameters[name] = own[name] ?? record[name] ?? fallback;
  }
  return { name: preset?.name ?? given, isKnown: preset !== undefined, parameters };
}
