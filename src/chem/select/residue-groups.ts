import type { FrameData } from '../../protocol/frames.ts';
import { NAME_KEYS, countAtoms, needAtoms, perAtom } from './atom-columns.ts';

/** Numbers of formats with few digits begin again; a fall this deep within a chain is such a beginning. */
const WRAP = 9_000;

/** A number for each atom that all atoms of its residue share: same chain, number, insertion code and name. */
export function residueGroups(data: FrameData): Uint32Array {
  const numbers = needAtoms(data, NAME_KEYS.residueNumber, 'residue numbers').data;
  const names = perAtom(data, NAME_KEYS.residueName)?.data;
  const chains = perAtom(data, NAME_KEYS.chain)?.data;
  const codes = perAtom(data, NAME_KEYS.insertion)?.data;
  const groups = new Uint32Array(countAtoms(data));
  const known = new Map<string, number>();
  let lap = 0;
  for (let atom = 0; atom < groups.length; atom += 1) {
    const isFollower = atom > 0 && chains?.[atom] === chains?.[atom - 1];
    if (isFollower && numbers[atom - 1] - numbers[atom] >= WRAP) lap += 1;
    const isSame =
      isFollower &&
      numbers[atom] === numbers[atom - 1] &&
      names?.[atom] === names?.[atom - 1] &&
      codes?.[atom] === codes?.[atom - 1];
    if (isSame) {
      groups[atom] = groups[atom - 1];
      continue;
    }
    const key = `${lap} ${chains?.[atom] ?? ''} ${numbers[atom]} ${codes?.[atom] ?? ''} ${names?.[atom] ?? ''}`;
    let group = known.get(key);
    if (group === undefined) known.set(key, (group = known.size));
    groups[atom] = group;
  }
  return groups;
}
