import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { canonicalBytes } from '../../../src/data/hash.ts';
import type { FrameData } from '../../../src/protocol/frames.ts';
import type { RoomData } from '../../../src/server/data/index.ts';

/** Hashes by key. */
export type Hashes = Readonly<Record<string, string>>;

/** What one commit did, as far as an undo must know. */
export interface ModelCommit {
  seq: number;
  kind: 'set' | 'insert' | 'remove' | 'move';
  ids: string[];
  /** Versions of the ids after the commit. */
  versions: number[];
  isUndone: boolean;
}

export const hashOf = (value: FrameData[string]): string =>
  createHash('sha256').update(canonicalBytes(value)).digest('hex');

export const hashesOf = (data: FrameData): Hashes =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, hashOf(value)]));

/** What a room was after a commit: all that a room based on it begins with. */
export interface ModelMoment {
  seq: number;
  order: readonly string[];
  /** How many versions each frame had. */
  versions: ReadonlyMap<string, number>;
}

/** What a room should be: every version of every frame that was acknowledged, and the order now. */
export class TrajectoryModel {
  order: string[] = [];
  /** Hashes of version 1, 2, 3 ... of each frame. */
  readonly versions = new Map<string, Hashes[]>();
  readonly commits: ModelCommit[] = [];
  readonly moments: ModelMoment[] = [];
  seq = 1;
  highestFence = 0;

  /** A room that begins with what this one was at a moment. */
  derive({ order, versions }: ModelMoment): TrajectoryModel {
    const derived = new TrajectoryModel();
    derived.order = [...order];
    for (const [id, count] of versions) derived.versions.set(id, (this.versions.get(id) ?? []).slice(0, count));
    return derived;
  }

  /** Remembers what the room is now. */
  remember(seq: number): void {
    const versions = new Map([...this.versions].map(([id, known]) => [id, known.length]));
    this.moments.push({ seq, order: [...this.order], versions });
  }

  version(id: string): number {
    return this.versions.get(id)?.length ?? 0;
  }

  now(id: string): Hashes {
    return this.versions.get(id)?.at(-1) ?? {};
  }

  /** The next version of a frame, as a commit announced it. */
  add(id: string, version: number, hashes: Hashes): void {
    expect(version, `versions of ${id} are 1, 2, 3 ...`).toBe(this.version(id) + 1);
    const known = this.versions.get(id);
    if (known === undefined) this.versions.set(id, [hashes]);
    else known.push(hashes);
  }

  commit(seq: number, kind: ModelCommit['kind'], ids: string[]): void {
    expect(seq, 'every commit has a number of its own').toBeGreaterThan(this.seq);
    this.seq = seq;
    this.commits.push({ seq, kind, ids, versions: ids.map((id) => this.version(id)), isUndone: false });
  }

  /** The room has this order, and frames other than `moved` stand among each other as they did. */
  takeOrder(order: string[], moved: readonly string[]): void {
    const isStill = (id: string): boolean => !moved.includes(id);
    expect(order.filter(isStill)).toEqual(this.order.filter(isStill));
    expect(new Set(order).size).toBe(order.length);
    this.order = order;
  }

  /** What must hold at any moment. */
  check(room: RoomData): void {
    expect(room.ids(0, room.count)).toEqual(this.order);
    for (const id of this.order) expect(room.head(id)?.version, id).toBe(this.version(id));
  }

  /** Every version of every frame is readable with the bytes of its hashes. */
  async checkBytes(room: RoomData): Promise<void> {
    this.check(room);
    for (const id of this.order) {
      for (const [i, hashes] of (this.versions.get(id) ?? []).entries()) {
        const frame = await room.frameById(id, { version: i + 1 });
        expect(frame.hashes, `${id} version ${i + 1}`).toEqual(hashes);
        expect(hashesOf(frame.data), `bytes of ${id} version ${i + 1}`).toEqual(hashes);
      }
    }
  }
}
