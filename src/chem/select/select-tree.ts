/** How two values are compared in `charges > 0.5`. */
export type Comparison = '<' | '<=' | '>' | '>=' | '=' | '!=';

/** Both ends are included; an open end is undefined. */
export interface IndexRange {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** What `same ... as` may compare. */
export type SameKind = 'residue' | 'element' | 'chain' | 'name' | 'molecule';

/** An expression as it was understood. Lengths in angstrom; indices begin at 0. */
export type SelectTree =
  | { readonly kind: 'all' | 'none' | 'bonded' }
  | { readonly kind: 'element'; readonly numbers: readonly number[] }
  | { readonly kind: 'index'; readonly ranges: readonly IndexRange[] }
  | { readonly kind: 'residue'; readonly names: readonly string[]; readonly ranges: readonly IndexRange[] }
  | { readonly kind: 'name' | 'chain'; readonly names: readonly string[] }
  | { readonly kind: 'property'; readonly property: string; readonly is: Comparison; readonly value: number | string }
  | { readonly kind: 'within'; readonly distance: number; readonly of: SelectTree }
  | { readonly kind: 'bonded-to' | 'not'; readonly of: SelectTree }
  | { readonly kind: 'grow'; readonly steps: number; readonly of: SelectTree }
  | { readonly kind: 'same'; readonly as: SameKind; readonly of: SelectTree }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly SelectTree[] };
