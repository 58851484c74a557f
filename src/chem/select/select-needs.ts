import { NAME_KEYS, propertyKeys } from './atom-columns.ts';
import type { SelectTree } from './select-tree.ts';

const PLACES = ['positions', 'cell', 'pbc'] as const;
const BONDING = [...PLACES, 'numbers', 'bonds', 'info.links'] as const;
const RESIDUE = [NAME_KEYS.residueName, NAME_KEYS.residueNumber, NAME_KEYS.chain, NAME_KEYS.insertion] as const;

/**
 * Keys of a frame that an expression reads. Two frames with as many atoms and equal values under these keys have equal
 * answers, whatever else changed: without `positions` among them an answer holds for a whole trajectory.
 */
export function selectNeeds(tree: SelectTree): ReadonlySet<string> {
  const needs = new Set<string>();
  collect(tree, needs);
  return needs;
}

function collect(tree: SelectTree, needs: Set<string>): void {
  for (const key of keysOf(tree)) needs.add(key);
  if ('of' in tree) collect(tree.of, needs);
  if ('parts' in tree) for (const part of tree.parts) collect(part, needs);
}

function keysOf(tree: SelectTree): readonly string[] {
  switch (tree.kind) {
    case 'element':
      return ['numbers'];
    case 'name':
      return [NAME_KEYS.name];
    case 'chain':
      return [NAME_KEYS.chain];
    case 'residue':
      return RESIDUE;
    case 'property':
      return propertyKeys(tree.property);
    case 'within':
      return PLACES;
    case 'bonded':
    case 'bonded-to':
    case 'grow':
      return BONDING;
    case 'same':
      return {
        residue: RESIDUE,
        element: ['numbers'],
        chain: [NAME_KEYS.chain],
        name: [NAME_KEYS.name],
        molecule: BONDING,
      }[tree.as];
    default:
      return [];
  }
}
