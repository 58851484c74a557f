import { expect } from 'vitest';
import type { Clock } from '../../../src/protocol/clock.ts';
import { readPresence } from '../../../src/protocol/records/presence.ts';
import type { RoomPlayback } from '../../../src/room/room.ts';

const TTL_MS = 5_000;

/** Who was given the presenter's seat of a room, for how long, and who speaks from it. */
export class Seat {
  readonly #clock: Clock;
  #fence = 0;
  /** Nobody else may have it before. */
  #until = 0;
  readonly #faults: string[] = [];
  /** Which client spoke under which fence. */
  readonly #speakers = new Map<number, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Hears what the server answers about the lock. */
  async hear(url: string, method: string, answer: Response): Promise<void> {
    if (!answer.ok || !/\/locks(?:\/presenter)?$/.test(new URL(url).pathname)) return;
    const now = this.#clock.now();
    if (method === 'DELETE') this.#until = now;
    if (method === 'PUT') this.#until = now + TTL_MS;
    if (method !== 'POST') return;
    const { name, fence } = (await answer.clone().json()) as { name: string; fence: number };
    if (name !== 'presenter') return;
    // Whoever asked would take a throw for a lost answer.
    if (now < this.#until) this.#faults.push(`fence ${fence} was given while somebody had ${this.#fence}`);
    if (fence <= this.#fence) this.#faults.push(`fence ${fence} was given after ${this.#fence}`);
    this.#fence = fence;
    this.#until = now + TTL_MS;
  }

  /** A request got no answer: what it asked for may have happened. */
  lost(method: string): void {
    if (method === 'DELETE') this.#until = Math.min(this.#until, this.#clock.now());
  }

  /** Under one fence one client speaks, and under none that was not given. */
  check(people: ReadonlyMap<number, unknown>): void {
    expect(this.#faults, 'how the seat was given').toEqual([]);
    for (const [clientId, state] of people) {
      const fence = readPresence(state)?.playback?.fence;
      if (fence === undefined) continue;
      const speaker = this.#speakers.get(fence) ?? clientId;
      expect(clientId, `who speaks under fence ${fence}`).toBe(speaker);
      this.#speakers.set(fence, clientId);
    }
  }

  /** At rest at most one leads, who holds the lock and whom all follow. */
  checkRest(playbacks: readonly RoomPlayback[], isHeld: boolean): void {
    const leading = playbacks.filter(({ isPresenting }) => isPresenting);
    expect(leading.length, 'presenters').toBe(isHeld ? 1 : 0);
    expect(new Set(playbacks.map(({ presenter }) => presenter?.clientId)).size, 'whom people follow').toBe(1);
  }
}
