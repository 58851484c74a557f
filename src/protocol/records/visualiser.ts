import * as v from 'valibot';

/** A name such as `ball and stick`, or the same with settings. */
export type NamedOption = string | number | { readonly type?: string; readonly [setting: string]: unknown };

/**
 * `visualiser.<id>`: how a selection is drawn, in the grammar of Narupa with lengths in angstrom. `visualiser` is an
 * alias of `render`. Of the visualisers of one layer that cover an atom, the one of highest priority draws it.
 */
export interface VisualiserRecord {
  readonly display_name?: string | undefined;
  /** Key of a selection; all atoms when absent. */
  readonly selection?: string | null | undefined;
  readonly layer?: number | undefined;
  readonly priority?: number | undefined;
  /** `ball and stick`, `liquorice`, `spheres`, ... */
  readonly render?: NamedOption | undefined;
  readonly visualiser?: NamedOption | undefined;
  /** CSS colour, `element`, a frame key such as `charges`, or `{type, ...}`. */
  readonly color?: NamedOption | readonly number[] | undefined;
  readonly scale?: NamedOption | undefined;
  readonly width?: NamedOption | undefined;
  readonly sequence?: NamedOption | undefined;
  readonly hide?: boolean | undefined;
  readonly opacity?: number | undefined;
  readonly [field: string]: unknown;
}

const named = v.union([v.string(), v.number(), v.looseObject({ type: v.optional(v.string()) })]);
const color = v.union([v.string(), v.array(v.number()), v.looseObject({ type: v.optional(v.string()) })]);

/** Checks a {@link VisualiserRecord}. */
export const visualiserSchema: v.GenericSchema<VisualiserRecord> = v.looseObject({
  display_name: v.optional(v.string()),
  selection: v.optional(v.nullable(v.string())),
  layer: v.optional(v.number()),
  priority: v.optional(v.number()),
  render: v.optional(named),
  visualiser: v.optional(named),
  color: v.optional(color),
  scale: v.optional(named),
  width: v.optional(named),
  sequence: v.optional(named),
  hide: v.optional(v.boolean()),
  opacity: v.optional(v.number()),
});
