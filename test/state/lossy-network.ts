import * as Y from 'yjs';
import type { Replica } from './replicas.ts';

interface Link {
  from: number;
  to: number;
  isUp: boolean;
  queue: Uint8Array[];
}

/**
 * Participants joined pairwise by links that deliver only when told: each link keeps its order, links overtake each
 * other, a cut link loses what is on the way, and a restored one exchanges what is missing, as a reconnect does.
 */
export class LossyNetwork {
  readonly #replicas: readonly Replica[];
  readonly #links: Link[] = [];

  constructor(replicas: readonly Replica[]) {
    this.#replicas = replicas;
    replicas.forEach(({ doc }, from) => {
      for (let to = 0; to < replicas.length; to += 1) {
        if (to !== from) this.#links.push({ from, to, isUp: true, queue: [] });
      }
      doc.on('update', (update: Uint8Array, origin: unknown) => {
        for (const link of this.#links) {
          // What came over a link is not echoed to where it came from, but passed on to the others.
          if (link.from === from && link.isUp && origin !== link.to) link.queue.push(update);
        }
      });
    });
  }

  get linkCount(): number {
    return this.#links.length;
  }

  deliver(index: number): void {
    const link = this.#links[index % this.#links.length];
    const update = link?.queue.shift();
    if (link !== undefined && update !== undefined) this.#apply(link, update);
  }

  cut(index: number): void {
    const link = this.#links[index % this.#links.length];
    if (link === undefined) return;
    for (const way of this.#both(link)) {
      way.isUp = false;
      way.queue = [];
    }
  }

  restore(index: number): void {
    const link = this.#links[index % this.#links.length];
    if (link === undefined || link.isUp) return;
    for (const way of this.#both(link)) {
      way.isUp = true;
      way.queue.push(this.#missing(way));
    }
  }

  /** Ends all cuts and delays. */
  settle(): void {
    for (let index = 0; index < this.#links.length; index += 1) this.restore(index);
    while (this.#links.some(({ queue }) => queue.length > 0)) {
      for (let index = 0; index < this.#links.length; index += 1) this.deliver(index);
    }
  }

  #both({ from, to }: Link): Link[] {
    return this.#links.filter(
      (link) => (link.from === from && link.to === to) || (link.from === to && link.to === from),
    );
  }

  #missing({ from, to }: Link): Uint8Array {
    return Y.encodeStateAsUpdate(this.#doc(from), Y.encodeStateVector(this.#doc(to)));
  }

  #apply({ from, to }: Link, update: Uint8Array): void {
    Y.applyUpdate(this.#doc(to), update, from);
  }

  #doc(index: number): Y.Doc {
    const replica = this.#replicas[index];
    if (replica === undefined) throw new Error(`There is no replica ${index}.`);
    return replica.doc;
  }
}
