import { evaluateSelect } from '../../chem/select/evaluate-select.ts';
import { selectNeeds } from '../../chem/select/select-needs.ts';
import type { IndexRange, SelectTree } from '../../chem/select/select-tree.ts';
import type { Frame } from '../../protocol/frames.ts';
import type { Room } from '../../room/room.ts';

/** Ways from one selection to the next. */
export type SelectionStep = 'grow' | 'shrink' | 'invert' | 'bonded' | 'element' | 'residue' | 'molecule';

/** What each step makes of `of`. */
const TREES: Readonly<Record<SelectionStep, (of: SelectTree) => SelectTree>> = {
  grow: (of) => ({ kind: 'grow', steps: 1, of }),
  shrink: (of) => ({ kind: 'not', of: { kind: 'grow', steps: 1, of: { kind: 'not', of } } }),
  invert: (of) => ({ kind: 'not', of }),
  bonded: (of) => ({ kind: 'bonded-to', of }),
  element: (of) => ({ kind: 'same', as: 'element', of }),
  residue: (of) => ({ kind: 'same', as: 'residue', of }),
  molecule: (of) => ({ kind: 'same', as: 'molecule', of }),
};

/**
 * The atoms a step leads to from `atoms` (ascending) in `frame`, ascending; bonds and residues as in selection
 * expressions. Rejects with `select/invalid` where the frame lacks what the step reads, such as residues.
 */
export async function stepSelection(
  room: Room,
  frame: Frame,
  atoms: ArrayLike<number>,
  step: SelectionStep,
): Promise<Uint32Array> {
  const tree = TREES[step]({ kind: 'index', ranges: rangesOf(atoms) });
  const offered = room.frames.trajectory?.keys.map(({ name }) => name) ?? [];
  const missing = [...selectNeeds(tree)].filter((key) => !(key in frame.data) && offered.includes(key));
  if (missing.length === 0) return evaluateSelect(tree, frame.data);
  const more = await room.frames.read(frame.index, { data: ['positions', ...missing] });
  return evaluateSelect(tree, { ...more.data, ...frame.data });
}

function rangesOf(atoms: ArrayLike<number>): IndexRange[] {
  const ranges: { from: number; to: number }[] = [];
  for (const atom of Array.from(atoms)) {
    const last = ranges[ranges.length - 1];
    if (last !== undefined && atom === last.to + 1) last.to = atom;
    else ranges.push({ from: atom, to: atom });
  }
  return ranges;
}
