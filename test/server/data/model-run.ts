import fc from 'fast-check';
import { expect } from 'vitest';
import { isCovalenceError } from '../../../src/protocol/errors.ts';
import { type FrameData, frameArray } from '../../../src/protocol/frames.ts';
import type { CommitContext, FrameEdit } from '../../../src/server/data/frame-edit.ts';
import type { RoomCommit, RoomData } from '../../../src/server/data/room-data.ts';
import type { HouseUnderTest } from './house-under-test.ts';
import { isSocial, People, SOCIAL } from './people-under-test.ts';
import { hashesOf, hashOf, type ModelCommit, TrajectoryModel } from './trajectory-model.ts';

export const ATOMS = 30;
const LEASE_MS = 20_000;

/** One thing that happens in one of the rooms. */
export interface Step {
  what: (typeof WHAT)[number];
  a: number;
  b: number;
  /** Which of the rooms. */
  at: number;
}
export const WHAT = [
  ...([
    'insert',
    'insert',
    'patch',
    'patch',
    'patch',
    'replace',
    'delta',
    'remove',
    'move',
    'undo',
    'undo',
    'redo',
  ] as const),
  ...([
    'stale',
    'retry',
    'race',
    'lock',
    'holder',
    'stranger',
    'time',
    'collect',
    'restart',
    'crash',
    'refused',
    'base',
    'base',
    'drop',
    'rename',
    'look',
    'look',
    'write',
    'write',
  ] as const),
  ...SOCIAL,
] as const;
export const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...WHAT),
  a: fc.nat({ max: 999 }),
  b: fc.nat({ max: 999 }),
  at: fc.nat({ max: 99 }),
});

/** Few enough that frames and rooms share them. */
export const positions = (fill: number) =>
  frameArray(
    Float32Array.from({ length: 3 * ATOMS }, (_, i) => (fill % 40) + i / 8),
    [ATOMS, 3],
  );
const frameOf = (fill: number): FrameData => ({ positions: positions(fill), energy: fill, 'info.a': fill % 7 });

/** One room of the house, and what it should be. */
export class Run {
  readonly model: TrajectoryModel;
  readonly house: HouseUnderTest;
  readonly people: People;
  name: string;
  /** Locks that we hold: token and end of the lease by the frame. */
  readonly locks = new Map<string, { token: string; until: number }>();
  /** Two that look at the room now and then, and remember what they saw. */
  clients: ReturnType<HouseUnderTest['client']>[] = [];
  #keys = 0;

  constructor(house: HouseUnderTest, name: string, model = new TrajectoryModel()) {
    this.house = house;
    this.name = name;
    this.model = model;
    this.people = new People(house, () => this.name);
    this.come();
  }

  /** Clients who know nothing yet. */
  come(): void {
    this.clients = [this.house.client(this.name), this.house.client(this.name)];
  }

  /** What a client sees after it was told of changes is the model, byte for byte; old versions too. */
  async look(a: number, b: number): Promise<void> {
    const { model } = this;
    const client = this.clients[a % this.clients.length];
    client.invalidate();
    const count = model.order.length;
    const { count: told } = await client.info();
    expect(told).toBe(count);
    const start = a % Math.max(1, count);
    let index = start;
    for await (const frame of client.readRange(start, count)) {
      expect(frame.id).toBe(model.order[index]);
      expect(frame.version).toBe(model.version(frame.id));
      expect(frame.hashes).toEqual(model.now(frame.id));
      expect(hashesOf(frame.data)).toEqual(model.now(frame.id));
      index += 1;
    }
    expect(index).toBe(count);
    if (count === 0) return;
    const id = model.order[b % count];
    const version = 1 + (a % model.version(id));
    const old = await client.readById(id, { version });
    expect(hashesOf(old.data)).toEqual(model.versions.get(id)?.[version - 1]);
  }

  get room(): RoomData {
    return this.house.room(this.name);
  }

  async take({ what, a, b }: Step): Promise<void> {
    const { model } = this;
    const id = model.order[a % Math.max(1, model.order.length)] as string | undefined;
    if (what === 'rest') await this.people.rest(model);
    else if (isSocial(what)) await this.people.act(what, a, b);
    else if (what === 'insert' || id === undefined) await this.insert(a, b);
    else await this.change(what, id, a, b);
    this.people.check();
    model.check(this.room);
    model.remember(this.room.seq);
  }

  async change(what: Step['what'], id: string, a: number, b: number): Promise<void> {
    const { model, house, room } = this;
    const baseVersion = model.version(id);
    const token = this.tokenOf(id);
    const context: CommitContext = token === undefined ? {} : { lockToken: token };
    const patch: FrameEdit = { op: 'patch', id, baseVersion, data: { energy: b, positions: positions(b) } };
    switch (what) {
      case 'patch':
        return this.set(id, await room.commit([patch], context), {
          ...model.now(id),
          ...hashesOf(patch.data as FrameData),
        });
      case 'replace':
        return this.set(
          id,
          await room.commit([{ op: 'replace', id, baseVersion, data: frameOf(b) }], context),
          hashesOf(frameOf(b)),
        );
      case 'delta': {
        // A patch of rows gives what an upload of its result would give.
        const before = (await room.frameById(id)).data['positions'] as ReturnType<typeof positions>;
        const after = Float32Array.from(before.data);
        after.set([b, b + 1, b + 2], 3 * (a % ATOMS));
        const rows = {
          index: frameArray(Uint32Array.of(a % ATOMS)),
          values: frameArray(Float32Array.of(b, b + 1, b + 2), [1, 3]),
        };
        const result = await room.commit([{ op: 'patch', id, baseVersion, data: { positions: rows } }], context);
        return this.set(id, result, { ...model.now(id), positions: hashOf(frameArray(after, [ATOMS, 3])) });
      }
      case 'remove':
        await room.commit([{ op: 'remove', id, baseVersion }], context);
        model.add(id, baseVersion + 1, model.now(id));
        model.commit(room.seq, 'remove', [id]);
        model.takeOrder(room.ids(0, room.count), [id]);
        expect(model.order).not.toContain(id);
        return;
      case 'move': {
        const before = model.order[b % model.order.length];
        if (before === id) return;
        await room.commit([{ op: 'move', id, before }], context);
        model.commit(room.seq, 'move', [id]);
        model.takeOrder(room.ids(0, room.count), [id]);
        expect(model.order.indexOf(before) - model.order.indexOf(id)).toBe(1);
        return;
      }
      case 'undo':
      case 'redo':
        return this.revert(what, a);
      case 'stale':
        return this.refused([{ ...patch, baseVersion: baseVersion + (b % 2 === 0 ? 1 : -1) }], context, [
          'frame/conflict',
          'frame/not-found',
        ]);
      case 'refused':
        return this.refused(
          [patch, { op: 'patch', id, baseVersion, data: { positions: positions(1), energy: Number.NaN } }],
          context,
          ['frame/not-finite', 'request/invalid'],
        );
      case 'retry': {
        const key = `key-${(this.#keys += 1)}`;
        const first = await room.commit([patch], { ...context, idempotencyKey: key });
        this.set(id, first, { ...model.now(id), ...hashesOf(patch.data as FrameData) });
        expect(await room.commit([patch], { ...context, idempotencyKey: key })).toEqual(first);
        return;
      }
      case 'race':
        return this.race(id, b, context);
      case 'lock': {
        if (token !== undefined) return;
        const grant = await room.locks.grant({ name: id, ttlMs: LEASE_MS });
        expect(grant.fence, 'fences only grow').toBeGreaterThan(model.highestFence);
        model.highestFence = grant.fence;
        this.locks.set(id, { token: grant.token, until: house.clock.now() + LEASE_MS });
        return;
      }
      case 'holder':
      case 'stranger':
        if (token === undefined) {
          const former = this.locks.get(id);
          if (former !== undefined)
            await this.refused([patch], { lockToken: former.token }, ['lock/lost', 'lock/held']);
          return;
        }
        if (what === 'stranger') return this.refused([patch], {}, ['lock/held']);
        return this.set(id, await room.commit([patch], context), {
          ...model.now(id),
          ...hashesOf(patch.data as FrameData),
        });
      case 'write':
        return this.write(id, a, b);
      case 'time':
        return house.clock.pass(b * 40);
      default:
        return this.insert(a, b);
    }
  }

  /** Commits so far; leases that end by themselves are records, too, and may come at any moment. */
  edits(): number {
    const records = this.room.log(0, Number.MAX_SAFE_INTEGER);
    return records.filter(({ ops }) => ops.some(({ op }) => op !== 'lock' && op !== 'unlock')).length;
  }

  /** The token of a lock on the frame that is in force. */
  tokenOf(id: string): string | undefined {
    const lock = this.locks.get(id);
    return lock !== undefined && this.house.clock.now() < lock.until ? lock.token : undefined;
  }

  /** After a restart every lock of the log has a fresh lease; those that ended were noticed before or are gone. */
  renewAll(): void {
    const inForce = new Set(this.room.listLocks().map(({ name }) => name));
    for (const [id, lock] of this.locks) {
      lock.until = inForce.has(id) ? this.house.clock.now() + LEASE_MS : 0;
    }
  }

  set(
    id: string,
    { seq, frames }: Pick<RoomCommit, 'seq' | 'frames'>,
    expected: Readonly<Record<string, string>>,
  ): void {
    this.model.add(id, frames[id].version, expected);
    expect(frames[id].hashes).toEqual(expected);
    this.model.commit(seq, 'set', [id]);
  }

  /** Somebody in the room writes by themselves. */
  async write(id: string, a: number, b: number): Promise<void> {
    const { model, people, house } = this;
    const writer = people.all[a % Math.max(1, people.all.length)] ?? (await people.come(a));
    if (!writer.line.isUp || this.tokenOf(id) !== undefined) return;
    const writing = writer.room.frames.write(id, { energy: b }, { baseVersion: model.version(id) });
    await house.settle([]);
    this.set(id, await writing, { ...model.now(id), energy: hashOf(b) });
  }

  async insert(a: number, b: number): Promise<void> {
    const { model, room } = this;
    const frames = Array.from({ length: 1 + (b % 3) }, (_, i) => frameOf(b + i));
    const anchor = model.order[a % Math.max(1, model.order.length)] as string | undefined;
    const place = anchor === undefined || a % 3 === 0 ? {} : a % 3 === 1 ? { after: anchor } : { before: anchor };
    const result = await room.commit([{ op: 'insert', frames, ...place }]);
    for (const [i, id] of result.ids.entries()) model.add(id, result.frames[id].version, hashesOf(frames[i]));
    model.commit(result.seq, 'insert', result.ids);
    model.takeOrder(room.ids(0, room.count), result.ids);
    const first = model.order.indexOf(result.ids[0]);
    expect(model.order.slice(first, first + result.ids.length)).toEqual(result.ids);
    if ('after' in place) expect(model.order[first - 1]).toBe(anchor);
  }

  /** Refused input changes nothing. */
  async refused(edits: FrameEdit[], context: CommitContext, codes: string[]): Promise<void> {
    const before = this.edits();
    const error: unknown = await this.room.commit(edits, context).catch((thrown: unknown) => thrown);
    expect(isCovalenceError(error) ? error.code : error).toBeOneOf(codes);
    expect(this.edits()).toBe(before);
  }

  /** Of writers on one version exactly one is acknowledged. */
  async race(id: string, b: number, context: CommitContext): Promise<void> {
    const { model, room } = this;
    const baseVersion = model.version(id);
    const results = await Promise.allSettled(
      [0, 1, 2].map((i) => room.commit([{ op: 'patch', id, baseVersion, data: { energy: b + i } }], context)),
    );
    const won = results.flatMap((result, i) => (result.status === 'fulfilled' ? [{ i, result: result.value }] : []));
    expect(won.length).toBe(1);
    this.set(id, won[0].result, { ...model.now(id), energy: hashOf(b + won[0].i) });
  }

  async revert(what: 'undo' | 'redo', a: number): Promise<void> {
    const { model, room } = this;
    const fitting = model.commits.filter(({ isUndone }) => isUndone === (what === 'redo'));
    const commit = fitting[a % Math.max(1, fitting.length)] as ModelCommit | undefined;
    if (commit === undefined) return;
    const before = this.edits();
    const token = commit.ids.map((id) => this.tokenOf(id)).find((own) => own !== undefined);
    const context = token === undefined ? {} : { lockToken: token };
    const isUntouched = commit.kind === 'set' && commit.versions[0] === model.version(commit.ids[0]);
    const result = await room[what]({ seq: commit.seq, ...context }).catch((error: unknown) => {
      expect(isCovalenceError(error) && error.code).toBeOneOf([
        'undo/conflict',
        'undo/nothing',
        'frame/not-found',
        'lock/held',
        'lock/lost',
      ]);
      expect(this.edits()).toBe(before);
      return undefined;
    });
    if (isUntouched && what === 'undo') expect(result, 'what nobody touched since is undone').toBeDefined();
    if (result === undefined) return;
    commit.isUndone = what === 'undo';
    model.seq = result.seq;
    for (const [i, id] of commit.ids.entries()) {
      const changed = result.frames[id] as RoomCommit['frames'][string] | undefined;
      if (changed === undefined) continue;
      if (commit.kind !== 'set') {
        model.add(id, changed.version, model.now(id));
        continue;
      }
      // Only the values of the commit go back; what others changed beside them stays.
      const versions = model.versions.get(id) ?? [];
      const [old, changedTo] = [versions[commit.versions[i] - 2], versions[commit.versions[i] - 1]];
      const expected: Record<string, string> = { ...model.now(id) };
      for (const key of new Set([...Object.keys(old), ...Object.keys(changedTo)])) {
        if (old[key] === changedTo[key]) continue;
        const value = (what === 'undo' ? old : changedTo)[key] as string | undefined;
        if (value === undefined) delete expected[key];
        else expected[key] = value;
      }
      expect(changed.hashes, `${what} of commit ${commit.seq}`).toEqual(expected);
      model.add(id, changed.version, expected);
    }
    model.takeOrder(room.ids(0, room.count), commit.ids);
  }
}
