import { isFrameArray, type Frame } from '../../protocol/frames.ts';
import type { VisualiserRecord } from '../../protocol/records/visualiser.ts';
import { dataColorOf } from '../viewer/scene-styles.ts';
import type { AtomValues } from './atom-values.ts';
import { frameChains, structureValues } from './chain-looks.ts';
import { lookOf } from './presets.ts';

/** Colours of chains as illustrations have them: pale, their atoms other than carbon darker. */
const PASTELS = [
  [242, 178, 160],
  [160, 196, 232],
  [178, 220, 170],
  [240, 214, 150],
  [206, 180, 226],
  [240, 186, 208],
  [164, 218, 212],
  [222, 204, 178],
  [190, 200, 236],
  [214, 226, 160],
  [232, 170, 178],
] as const;
const DARKER = 0.82;

/** Colour names that mean more than one key of a frame. */
export function isChainColor(name: string): boolean {
  return name === 'secondary structure' || name === 'goodsell';
}

/** The values of such a name. */
export function chainColorValues(frame: Frame, name: string): AtomValues | undefined {
  return name === 'goodsell' ? pastels(frame) : structureValues(frame);
}

/** The name a record's atoms are coloured by: its own, or what its way of drawing is usually coloured by. */
export function colorNameOf(record: VisualiserRecord, frame: Frame | undefined): string | undefined {
  const own = dataColorOf(record);
  if (own !== undefined || record.color !== undefined) return own;
  const look = lookOf(record);
  if (look?.name === 'goodsell') return 'goodsell';
  if (look?.ribbon === undefined) return undefined;
  if (look.ribbon === 'cartoon') return 'secondary structure';
  return chainCount(frame) > 1 ? 'chain' : 'residue index';
}

/** Atoms such a colour is for: where it is the usual one of a ribbon, those the ribbon runs along. */
export function colorAtoms(
  record: VisualiserRecord,
  frame: Frame,
  atoms: Uint32Array | undefined,
): Uint32Array | undefined {
  if (record.color !== undefined || lookOf(record)?.ribbon === undefined) return atoms;
  const carriers = frameChains(frame)?.trace.carriers ?? new Uint32Array(0);
  if (atoms === undefined) return carriers;
  const all = new Set(carriers);
  return atoms.filter((atom) => all.has(atom));
}

function chainCount(frame: Frame | undefined): number {
  const chains = frame?.data['arrays.chain_ids'];
  return isFrameArray(chains) ? (chains.table?.length ?? 0) : 0;
}

function pastels({ data }: Frame): AtomValues | undefined {
  const { 'arrays.chain_ids': chains, numbers } = data;
  if (!isFrameArray(chains) || !isFrameArray(numbers)) return undefined;
  const colors = PASTELS.flatMap(
    ([r, g, b]) =>
      [
        [r, g, b],
        [r * DARKER, g * DARKER, b * DARKER],
      ] as const,
  );
  return {
    label: '',
    unit: '',
    kinds: colors.map(() => ''),
    colors,
    at: (atom) => 2 * (chains.data[atom] % PASTELS.length) + Number(numbers.data[atom] !== 6),
  };
}
