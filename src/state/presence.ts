import type { Awareness } from 'y-protocols/awareness';
import { systemClock } from '../protocol/clock.ts';
import type { Clock } from '../protocol/clock.ts';
import { CovalenceError } from '../protocol/errors.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { PresenceState } from '../protocol/presence.ts';
import { equalValues, valueByteLength, valueProblem } from '../protocol/values.ts';
import type { StateRecord } from '../protocol/values.ts';
import { reportListenerFailure } from './listener-failure.ts';
import { personColor } from './person-color.ts';
import { readPresence } from '../protocol/records/presence.ts';

/** Milliseconds after which somebody who sends nothing is gone; clients renew their state twice in this time. */
export const PRESENCE_TTL_MS = 30_000;

/** A person in the room. */
export interface Peer extends PresenceState {
  clientId: number;
  /** True for the person at this replica. */
  isSelf: boolean;
}

/** Who came, who left, and who shows something else. */
export interface PresenceChange {
  joined: readonly Peer[];
  left: readonly Peer[];
  updated: readonly Peer[];
}

/** Who is here. */
export interface Presence {
  readonly self: Peer;
  /** Everybody, the own person first, then by client id; the same array until something changes. */
  readonly peers: readonly Peer[];
  /** Changes fields of the own state; `undefined` removes a field. Throws `value/invalid` or `value/too-large`. */
  update(patch: Partial<PresenceState>): void;
  /** Returns its own undo. */
  onChange(listener: (change: PresenceChange) => void): () => void;
  /** Leaves: the others see it at once. The awareness stays with whoever made it. Safe to call twice. */
  dispose(): void;
}

/** What {@link createPresence} takes besides the awareness. */
export interface PresenceOptions {
  /** A person without a colour gets one of their own. */
  user?: { name: string; color?: string } | undefined;
  clock?: Clock | undefined;
}

/** The people of one awareness, typed; states that make no sense are shown as far as they do. */
export function createPresence(awareness: Awareness, options: PresenceOptions = {}): Presence {
  return new AwarenessPresence(awareness, options);
}

class AwarenessPresence implements Presence {
  readonly #awareness: Awareness;
  readonly #clock: Clock;
  readonly #listeners = new Set<(change: PresenceChange) => void>();
  readonly #seenMs = new Map<number, number>();
  readonly #states = new Map<number, unknown>();
  #peers = new Map<number, Peer>();
  #list: readonly Peer[] = [];
  #cancelSweep: (() => void) | undefined;
  readonly #onUpdate = ({
    added,
    updated,
    removed,
  }: {
    added: number[];
    updated: number[];
    removed: number[];
  }): void => {
    for (const id of [...added, ...updated]) this.#seenMs.set(id, this.#clock.now());
    for (const id of removed) this.#seenMs.delete(id);
    this.#settle();
  };

  constructor(awareness: Awareness, { user, clock = systemClock }: PresenceOptions) {
    this.#awareness = awareness;
    this.#clock = clock;
    for (const id of awareness.getStates().keys()) this.#seenMs.set(id, clock.now());
    this.#settle();
    awareness.on('update', this.#onUpdate);
    if (user !== undefined) this.update({ user: { color: personColor(awareness.clientID), ...user } });
  }

  get self(): Peer {
    const { clientID } = this.#awareness;
    return this.#peers.get(clientID) ?? { clientId: clientID, isSelf: true };
  }

  get peers(): readonly Peer[] {
    return this.#list;
  }

  update(patch: Partial<PresenceState>): void {
    const next: Record<string, unknown> = { ...this.#awareness.getLocalState() };
    for (const [field, value] of Object.entries(patch)) {
      if (value === undefined) delete next[field];
      else next[field] = value;
    }
    const problem = valueProblem(next);
    if (problem !== undefined) {
      throw new CovalenceError('value/invalid', `This cannot be shown to the others: ${problem}. Use JSON values.`);
    }
    const byteLength = valueByteLength(next as StateRecord);
    const limit = LIMITS.awarenessByteLength;
    if (byteLength > limit) {
      throw new CovalenceError(
        'value/too-large',
        `What you show has ${byteLength} bytes, at most ${limit} are allowed.`,
        {
          byteLength,
          limit,
        },
      );
    }
    this.#awareness.setLocalState(next);
  }

  onChange(listener: (change: PresenceChange) => void): () => void {
    const entry = (change: PresenceChange): void => listener(change);
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  dispose(): void {
    this.#awareness.off('update', this.#onUpdate);
    this.#cancelSweep?.();
    this.#cancelSweep = undefined;
    this.#listeners.clear();
    this.#awareness.setLocalState(null);
  }

  /** Compares what there is with what was known, tells the difference, and waits for the next to expire. */
  #settle(): void {
    const { clientID } = this.#awareness;
    const nowMs = this.#clock.now();
    const known = this.#peers;
    const peers = new Map<number, Peer>();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [id, given] of this.#awareness.getStates()) {
      const state = valueProblem(given) === undefined ? given : {};
      const dueMs = (this.#seenMs.get(id) ?? nowMs) + PRESENCE_TTL_MS;
      if (id !== clientID && dueMs <= nowMs) continue;
      if (id !== clientID) nextMs = Math.min(nextMs, dueMs);
      const before = known.get(id);
      const isSame = before !== undefined && equalValues(this.#states.get(id) as StateRecord, state);
      peers.set(id, isSame ? before : { ...readPresence(state), clientId: id, isSelf: id === clientID });
      this.#states.set(id, state);
    }
    for (const id of known.keys()) if (!peers.has(id)) this.#states.delete(id);
    this.#peers = peers;
    this.#cancelSweep?.();
    this.#cancelSweep =
      nextMs === Number.POSITIVE_INFINITY ? undefined : this.#clock.after(nextMs - nowMs, () => this.#settle());
    this.#tell(known);
  }

  #tell(known: ReadonlyMap<number, Peer>): void {
    const joined = [...this.#peers.values()].filter(({ clientId }) => !known.has(clientId));
    const left = [...known.values()].filter(({ clientId }) => !this.#peers.has(clientId));
    const updated = [...this.#peers.values()].filter((peer) => {
      const before = known.get(peer.clientId);
      return before !== undefined && before !== peer;
    });
    if (joined.length + left.length + updated.length === 0) return;
    const order = (peer: Peer): number => (peer.isSelf ? -1 : peer.clientId);
    this.#list = Object.freeze([...this.#peers.values()].sort((a, b) => order(a) - order(b)));
    for (const listener of Array.from(this.#listeners)) {
      try {
        listener({ joined, left, updated });
      } catch (error) {
        reportListenerFailure(error);
      }
    }
  }
}
