import type { Random } from '../protocol/clock.ts';

/** One end of a link, as the link sees it. */
export interface MemoryEnd {
  onMessage(from: number, message: Uint8Array): void;
  /** Somebody can be reached. */
  onPeer(peer: number): void;
  onPeerGone(peer: number): void;
  /** Called when this end was cut off, and when it is back and about to meet the others. */
  onCut(isCut: boolean): void;
  /** Called when it has met everybody who can be reached. */
  onMet(): void;
}

/** A message on its way. */
export interface MessageOnTheWay {
  from: number;
  to: number;
  byteLength: number;
}

/**
 * Joins memory transports. Nothing arrives by itself, unless the link is automatic: whoever holds it says what happens
 * next, so that a test of concurrency is a list of steps. Ends are numbered in the order in which they joined.
 */
export interface MemoryLink {
  /** Messages on their way, in the order in which they were sent. */
  readonly onTheWay: readonly MessageOnTheWay[];
  /** Delivers the message at `index`, by default the oldest; false when there is none. */
  step(index?: number): boolean;
  /** Delivers everything, also what is sent in answer; returns how many messages that were. */
  deliver(): number;
  /** Lets the message at `index` be overtaken by all others. */
  delay(index?: number): boolean;
  /** Loses the message at `index`. Only a return after `cut` makes up for it. */
  drop(index?: number): boolean;
  /** Delivers the message at `index` but keeps it on the way: it will arrive twice. */
  repeat(index?: number): boolean;
  /** Brings what is on the way into a random order. */
  reorder(random: Random): void;
  /** Cuts an end off, or all; what is on its way from or to it is lost. */
  cut(end?: number): void;
  /** Ends the cuts; the ends meet anew. */
  mend(end?: number): void;
}

/** The side of a link that transports use. */
export interface MemoryLinkEnds extends MemoryLink {
  join(end: MemoryEnd): number;
  /** Called when an end has joined: it and everybody who can be reached hear of each other. */
  meet(end: number): void;
  leave(end: number): void;
  peersOf(end: number): number[];
  send(from: number, to: number, message: Uint8Array): void;
}

interface Envelope {
  from: number;
  to: number;
  message: Uint8Array;
}

/** A link without ends. With `isAutomatic` everything is delivered in the next microtask. */
export function memoryLink({ isAutomatic = false }: { isAutomatic?: boolean } = {}): MemoryLink {
  const ends = new Map<number, MemoryEnd>();
  const cuts = new Set<number>();
  let queue: Envelope[] = [];
  let next = 0;

  const reachable = (end: number): boolean => ends.has(end) && !cuts.has(end);
  const chosen = (end: number | undefined): number[] => (end === undefined ? [...ends.keys()] : [end]);
  const part = (end: number, peers: readonly number[]): void => {
    queue = queue.filter(({ from, to }) => from !== end && to !== end);
    for (const peer of peers) ends.get(peer)?.onPeerGone(end);
  };

  const link: MemoryLinkEnds = {
    get onTheWay() {
      return queue.map(({ from, to, message }) => ({ from, to, byteLength: message.byteLength }));
    },
    step(index = 0) {
      const [envelope] = queue.splice(index, 1);
      if (envelope === undefined) return false;
      ends.get(envelope.to)?.onMessage(envelope.from, envelope.message);
      return true;
    },
    deliver() {
      let count = 0;
      while (link.step()) count += 1;
      return count;
    },
    delay(index = 0) {
      const delayed = queue.splice(index, 1);
      queue.push(...delayed);
      return delayed.length > 0;
    },
    drop: (index = 0) => queue.splice(index, 1).length > 0,
    repeat(index = 0) {
      const envelope = queue[index];
      if (envelope === undefined) return false;
      ends.get(envelope.to)?.onMessage(envelope.from, envelope.message);
      return true;
    },
    reorder(random) {
      for (let last = queue.length - 1; last > 0; last -= 1) {
        const other = Math.floor(random() * (last + 1));
        [queue[last], queue[other]] = [queue[other], queue[last]];
      }
    },
    cut(end) {
      for (const one of chosen(end)) {
        if (!reachable(one)) continue;
        const peers = link.peersOf(one);
        cuts.add(one);
        part(one, peers);
        for (const peer of peers) ends.get(one)?.onPeerGone(peer);
        ends.get(one)?.onCut(true);
      }
    },
    mend(end) {
      for (const one of chosen(end)) {
        if (!cuts.delete(one)) continue;
        ends.get(one)?.onCut(false);
        link.meet(one);
      }
    },
    join(end) {
      const number = next;
      next += 1;
      ends.set(number, end);
      return number;
    },
    meet(end) {
      for (const peer of link.peersOf(end)) {
        ends.get(end)?.onPeer(peer);
        ends.get(peer)?.onPeer(end);
      }
      ends.get(end)?.onMet();
    },
    leave(end) {
      const peers = link.peersOf(end);
      ends.delete(end);
      cuts.delete(end);
      part(end, peers);
    },
    peersOf: (end) => (reachable(end) ? [...ends.keys()].filter((peer) => peer !== end && reachable(peer)) : []),
    send(from, to, message) {
      if (!reachable(from) || !reachable(to)) return;
      queue.push({ from, to, message });
      if (isAutomatic) queueMicrotask(() => void link.deliver());
    },
  };
  return link;
}
