import * as v from 'valibot';

const named = v.union([v.string(), v.number(), v.looseObject({ type: v.optional(v.string()) })]);
const color = v.union([v.string(), v.array(v.number()), v.looseObject({ type: v.optional(v.string()) })]);

/**
 * `visualiser.<id>`: how a selection is drawn, in the grammar of Narupa with lengths in angstrom. `visualiser` is an
 * alias of `render`. Of the visualisers of one layer that cover an atom, the one of highest priority draws it.
 */
export const visualiserSchema = v.looseObject({
  display_name: v.optional(v.string()),
  /** Key of a selection; all atoms when absent. */
  selection: v.optional(v.nullable(v.string())),
  layer: v.optional(v.number()),
  priority: v.optional(v.number()),
  /** `ball and stick`, `liquorice`, `spheres`, ... */
  render: v.optional(named),
  visualiser: v.optional(named),
  /** CSS colour, `element`, a frame key such as `charges`, or `{type, ...}`. */
  color: v.optional(color),
  scale: v.optional(named),
  width: v.optional(named),
  sequence: v.optional(named),
  hide: v.optional(v.boolean()),
  opacity: v.optional(v.number()),
});
/** See {@link visualiserSchema}. */
export type VisualiserRecord = v.InferOutput<typeof visualiserSchema>;
