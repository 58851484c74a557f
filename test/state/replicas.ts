import * as Y from 'yjs';
import { createSharedState } from '../../src/state/index.ts';
import type { SharedState, SharedStateOptions } from '../../src/state/index.ts';
import { handClock } from '../hand-clock.ts';

/** One participant. */
export interface Replica {
  doc: Y.Doc;
  state: SharedState;
}

/** A small generator of numbers in [0, 1) from a seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A participant with a client id of choice: Yjs settles races by it. */
export function replica(clientId: number, options: Partial<SharedStateOptions> = {}): Replica {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  const state = createSharedState({ doc, clock: handClock(), random: seededRandom(clientId), ...options });
  return { doc, state };
}

/** Gives everybody everything, in the order of the arguments. */
export function sync(...replicas: readonly Replica[]): void {
  const updates = replicas.map(({ doc }) => Y.encodeStateAsUpdate(doc));
  for (const { doc } of replicas) for (const update of updates) Y.applyUpdate(doc, update, 'link');
}

/** Two participants who have both seen `key` hold `value`; the first argument says who has the higher client id. */
export function pair(ids: readonly [number, number], key: string, value: Record<string, unknown>): [Replica, Replica] {
  const a = replica(ids[0]);
  const b = replica(ids[1]);
  a.state.set(key, value as Record<string, number>);
  sync(a, b);
  return [a, b];
}

/** Bytes of all updates that `run` makes the document emit, one number an update. */
export function updatesOf(doc: Y.Doc, run: () => void): number[] {
  const lengths: number[] = [];
  const listener = (update: Uint8Array): void => void lengths.push(update.byteLength);
  doc.on('update', listener);
  try {
    run();
  } finally {
    doc.off('update', listener);
  }
  return lengths;
}

/** The two orders of client ids in which every race is tried. */
export const BOTH_ORDERS: [string, [number, number]][] = [
  ['the first writer has the lower client id', [1, 2]],
  ['the first writer has the higher client id', [2, 1]],
];
