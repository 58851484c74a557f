import { isPerAtom } from '../../data/frame-key.ts';
import type { ValueType } from '../../data/hash.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import { type Frame, isFrameArray } from '../../protocol/frames.ts';
import { sourceFrameIndex } from './frame-order.ts';
import type { FrameReader } from './frame-reader.ts';
import type { FrameQuery } from './frame-query.ts';
import type { RoomState } from './room-state.ts';
import type { SourceFrames } from './source-frames.ts';

/** What all frames of a view have in common under one key. */
export interface KeyFacts {
  /** Types met, usually one. */
  types: Set<ValueType>;
  /** Shape without the axis of the atoms; undefined when frames differ in it. */
  inner: readonly number[] | undefined;
  isPerAtom: boolean;
}

/** What must be known of every frame before any of them can be shown as part of one array. */
export interface ViewFacts {
  /** Atoms of each frame. */
  atomCounts: Int32Array;
  keys: ReadonlyMap<string, KeyFacts>;
}

/** The trajectory as it was at one commit. */
export interface RoomView {
  readonly epoch: string;
  readonly seq: number;
  readonly count: number;
  /** Goes over all frames, without reading arrays where the log or the index of the file knows enough. Made once. */
  facts(signal?: AbortSignal): Promise<ViewFacts>;
  /** Rejects with `frame/not-found` outside `[0, count)`. */
  read(index: number, query?: FrameQuery): Promise<Frame>;
  id(index: number): string | undefined;
  version(index: number): number;
  scalars(): Record<string, Float64Array>;
}

/** The view that `state`, which is not changed any more while it is used, gives of the room's frames. */
export function roomView(state: RoomState, reader: FrameReader, source: SourceFrames | undefined): RoomView {
  const { seq, epoch } = state;
  const { count } = state.order;
  let facts: Promise<ViewFacts> | undefined;
  let scalars: Record<string, Float64Array> | undefined;
  return {
    epoch,
    seq,
    count,
    facts(signal) {
      facts ??= gatherFacts(state, reader, source, count);
      signal?.throwIfAborted();
      facts.catch(() => (facts = undefined));
      return facts;
    },
    async read(index, { data, signal } = {}) {
      const id = state.order.at(index);
      if (id !== undefined) return reader.read(reader.snapshot(id), data, signal);
      throw new CovalenceError('frame/not-found', `There is no frame ${index}; there were ${count} at commit ${seq}.`, {
        index,
        count,
      });
    },
    id: (index) => state.order.at(index),
    version: (index) => state.version(state.order.at(index) ?? '') ?? 1,
    scalars: () => (scalars ??= reader.scalars()),
  };
}

async function gatherFacts(
  state: RoomState,
  reader: FrameReader,
  source: SourceFrames | undefined,
  count: number,
): Promise<ViewFacts> {
  const keys = new Map<string, KeyFacts>();
  const atomCounts = new Int32Array(count);
  const counted = source?.atomCounts();
  let isSourceMet = false;
  for (let index = 0; index < count; index += 1) {
    const id = state.order.at(index) as string;
    const head = state.isNamed(id) ? state.head(id) : undefined;
    let atoms: number | undefined;
    for (const [key, stored] of head?.keys ?? []) {
      if (stored === null) continue;
      const ofAtoms = isPerAtom(key);
      if (ofAtoms) atoms ??= stored.shape[0];
      meet(keys, key, stored.type, ofAtoms ? stored.shape.slice(1) : stored.shape, ofAtoms);
    }
    const sourceIndex = head === undefined || head.hasSource ? sourceFrameIndex(id) : undefined;
    if (sourceIndex !== undefined) {
      isSourceMet = true;
      atoms ??= counted?.[sourceIndex];
      // The pass over the file did not count this frame's atoms, so that it has to be read.
      if (atoms === undefined || Number.isNaN(atoms)) atoms = await atomsByReading(reader, id);
    }
    atomCounts[index] = atoms ?? 0;
  }
  if (isSourceMet) {
    for (const { name, dtype, shape } of source?.keys ?? []) {
      const ofAtoms = isPerAtom(name);
      const inner = (ofAtoms ? shape.slice(1) : shape).map((length) => length ?? 0);
      meet(keys, name, dtype === 'string' && shape.length > 0 ? 'table' : dtype, inner, ofAtoms);
    }
    for (const name of Object.keys(source?.scalars() ?? {})) meet(keys, name, 'number', [], false);
  }
  return { atomCounts, keys };
}

function meet(
  keys: Map<string, KeyFacts>,
  key: string,
  type: ValueType,
  inner: readonly number[],
  ofAtoms: boolean,
): void {
  const known = keys.get(key);
  if (known === undefined) {
    keys.set(key, { types: new Set([type]), inner, isPerAtom: ofAtoms });
    return;
  }
  known.types.add(type);
  if (known.inner !== inner && known.inner?.join() !== inner.join()) known.inner = undefined;
}

async function atomsByReading(reader: FrameReader, id: string): Promise<number> {
  const { data } = await reader.read(reader.snapshot(id));
  for (const [key, value] of Object.entries(data)) if (isPerAtom(key) && isFrameArray(value)) return value.shape[0];
  return 0;
}
