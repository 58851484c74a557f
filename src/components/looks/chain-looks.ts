import { polymerTrace, TRACE_KEYS, type PolymerTrace } from '../../chem/polymer/polymer-trace.ts';
import { joinedResidues, secondaryStructure, STRUCTURE_NAMES } from '../../chem/polymer/secondary-structure.ts';
import { isFrameArray, type Frame, type FrameValue } from '../../protocol/frames.ts';
import type { AtomValues } from './atom-values.ts';

/** What is known about the chains of one frame. */
export interface FrameChains {
  readonly trace: PolymerTrace;
  readonly positions: ArrayLike<number>;
  readonly joined: Uint8Array;
  readonly structure: Uint8Array;
}

/** Colours of coil, helix and strand. */
const STRUCTURE_COLORS = [
  [214, 216, 222],
  [216, 76, 132],
  [240, 178, 50],
] as const;

/** Letters of DSSP and words that programs write, as kinds. */
const GIVEN: ReadonlyMap<string, number> = new Map(
  Object.entries({ H: 1, G: 1, I: 1, P: 1, E: 2, B: 2, helix: 1, strand: 2, sheet: 2 }),
);
const GIVEN_KEY = 'arrays.secondary_structure';

/** Keys of a frame that chains and their structure are found from. */
export const CHAIN_KEYS: readonly string[] = [...TRACE_KEYS, GIVEN_KEY];

const chainsOfFrame = new WeakMap<Frame, FrameChains | null>();
/** Names seldom change from frame to frame: what was found from them is used again. */
let lastTrace: { parts: readonly unknown[]; trace: PolymerTrace | undefined } | undefined;

/** The chains of a frame; undefined where it has none or names none. */
export function frameChains(frame: Frame): FrameChains | undefined {
  const known = chainsOfFrame.get(frame);
  if (known !== undefined) return known ?? undefined;
  const trace = traceOf(frame);
  const { positions: places } = frame.data;
  let chains: FrameChains | null = null;
  if (trace !== undefined && isFrameArray(places)) {
    const positions = places.data;
    const joined = joinedResidues(trace, positions);
    const structure = givenStructure(frame, trace) ?? secondaryStructure(trace, positions, joined);
    chains = { trace, positions, joined, structure };
  }
  chainsOfFrame.set(frame, chains);
  return chains ?? undefined;
}

/** The secondary structure as a value of each atom of a chain. */
export function structureValues(frame: Frame): AtomValues | undefined {
  const chains = frameChains(frame);
  if (chains === undefined) return undefined;
  const { trace, structure } = chains;
  return {
    label: 'secondary structure',
    unit: '',
    kinds: STRUCTURE_NAMES,
    colors: STRUCTURE_COLORS,
    at: (atom) => (trace.residueOf[atom] < 0 ? Number.NaN : structure[trace.residueOf[atom]]),
  };
}

function traceOf({ data }: Frame): PolymerTrace | undefined {
  const bytes = (value: FrameValue | undefined): unknown => (isFrameArray(value) ? value.data : value);
  const parts = [...TRACE_KEYS, 'numbers'].map((key) => bytes(data[key]));
  if (lastTrace === undefined || parts.some((part, i) => part !== lastTrace?.parts[i]))
    lastTrace = { parts, trace: polymerTrace(data) };
  return lastTrace.trace;
}

function givenStructure({ data }: Frame, { carriers }: PolymerTrace): Uint8Array | undefined {
  const given = data[GIVEN_KEY];
  if (!isFrameArray(given) || given.table === undefined) return undefined;
  const kinds = given.table.map((word) => GIVEN.get(word.trim()) ?? 0);
  return Uint8Array.from(carriers, (atom) => kinds[given.data[atom]] ?? 0);
}
