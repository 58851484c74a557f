import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isCovalenceError } from '../../../src/protocol/errors.ts';
import { type FrameData, frameArray } from '../../../src/protocol/frames.ts';
import type { CommitContext, FrameEdit } from '../../../src/server/data/frame-edit.ts';
import type { RoomCommit, RoomData } from '../../../src/server/data/room-data.ts';
import { count } from '../../counts.ts';
import { HouseUnderTest } from './house-under-test.ts';
import { hashesOf, hashOf, type ModelCommit, TrajectoryModel } from './trajectory-model.ts';

const RUNS = count(100, 2_000);
const STEPS = 40;
const ATOMS = 30;
const LEASE_MS = 20_000;
const MAX_ROOMS = 4;

interface Step {
  what: (typeof WHAT)[number];
  a: number;
  b: number;
  /** Which of the rooms. */
  at: number;
}
const WHAT = [
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
  ] as const),
] as const;
const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...WHAT),
  a: fc.nat({ max: 999 }),
  b: fc.nat({ max: 999 }),
  at: fc.nat({ max: 99 }),
});

/** Few enough that frames and rooms share them. */
const positions = (fill: number) =>
  frameArray(
    Float32Array.from({ length: 3 * ATOMS }, (_, i) => (fill % 40) + i / 8),
    [ATOMS, 3],
  );
const frameOf = (fill: number): FrameData => ({ positions: positions(fill), energy: fill, 'info.a': fill % 7 });

class Run {
  readonly model: TrajectoryModel;
  readonly house: HouseUnderTest;
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
    if (what === 'insert' || id === undefined) await this.insert(a, b);
    else await this.change(what, id, a, b);
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

  set(id: string, { seq, frames }: RoomCommit, expected: Readonly<Record<string, string>>): void {
    this.model.add(id, frames[id].version, expected);
    expect(frames[id].hashes).toEqual(expected);
    this.model.commit(seq, 'set', [id]);
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

/** Several rooms over one store of arrays. */
class House {
  readonly under: HouseUnderTest;
  readonly runs: Run[] = [];
  readonly counts: Record<string, number> = {};
  #names = 0;

  constructor(under: HouseUnderTest) {
    this.under = under;
  }

  async begin(): Promise<void> {
    const name = this.#freshName();
    await this.under.enter(name, this.under.rooms.create(name));
    this.runs.push(new Run(this.under, name));
  }

  async take(step: Step): Promise<void> {
    const { runs, under } = this;
    const { what, a, b, at } = step;
    const run = runs[at % runs.length];
    this.counts[what] = (this.counts[what] ?? 0) + 1;
    switch (what) {
      case 'base': {
        if (runs.length >= MAX_ROOMS || run.model.moments.length === 0) return;
        const moment = run.model.moments[b % run.model.moments.length];
        const name = this.#freshName();
        await under.enter(name, under.rooms.create(name, { room: run.name, seq: moment.seq }));
        const derived = new Run(under, name, run.model.derive(moment));
        runs.push(derived);
        return derived.model.checkBytes(derived.room);
      }
      case 'drop':
        if (runs.length < 2) return;
        await under.rooms.delete(run.name);
        under.leave(run.name);
        runs.splice(at % runs.length, 1);
        return;
      case 'rename': {
        const name = this.#freshName();
        await under.enter(name, under.rooms.rename(run.name, name));
        under.leave(run.name);
        run.name = name;
        run.come();
        run.renewAll();
        return;
      }
      case 'collect':
        // Some of the rooms are asleep: what they name is read from their logs.
        if (b % 2 === 0) {
          await under.close();
          await under.open(this.names.filter((_, i) => (a >> i) % 2 === 0));
          await this.collect();
          for (const name of this.names) await under.enter(name);
          for (const one of runs) one.renewAll();
        } else await this.collect();
        return this.checkBytes();
      case 'restart':
        await under.close();
        await under.open(this.names);
        for (const one of runs) one.renewAll();
        return this.checkBytes();
      case 'crash':
        return this.crash(a, b);
      case 'look':
        return run.look(a, b);
      default:
        return run.take(step);
    }
  }

  get names(): string[] {
    return runNames(this.runs);
  }

  /** Nothing that a version of any room names goes, and nothing else stays. */
  async collect(): Promise<void> {
    await this.under.rooms.collect({ isAlone: true });
    const named = new Set(
      this.runs.flatMap(({ model }) => [...model.versions.values()].flat().map(({ positions: hash }) => hash)),
    );
    named.delete(undefined as unknown as string);
    expect(this.under.rooms.blobByteLength, 'bytes of arrays after a collection').toBe(named.size * 12 * ATOMS);
  }

  async checkBytes(): Promise<void> {
    for (const { model, room } of this.runs) await model.checkBytes(room);
  }

  /** Killed while commits in all rooms are under way: acknowledged ones are there, others whole or not at all. */
  async crash(a: number, b: number): Promise<void> {
    const { under, runs } = this;
    under.files.arm(1 + (a % 6));
    const acknowledged = new Set<string>();
    const maybe = runs.flatMap((run) =>
      run.model.order
        .slice(0, 3)
        .filter((id) => run.tokenOf(id) === undefined)
        .map((id, i) => ({ run, id, energy: 5_000 + b + i, version: run.model.version(id) + 1 })),
    );
    const keyOf = ({ run, id }: { run: Run; id: string }): string => `${run.name} ${id}`;
    const writing = maybe.map(async (one) => {
      const { run, id, energy, version } = one;
      const data = { energy, positions: positions(energy) };
      await run.room.commit([{ op: 'patch', id, baseVersion: version - 1, data }]);
      acknowledged.add(keyOf(one));
    });
    const isDead = await Promise.race([Promise.all(writing).then(() => false), under.files.died.then(() => true)]);
    if (isDead) await under.rise(this.names);
    else {
      await under.close();
      await under.open(this.names);
    }
    for (const one of maybe) {
      const { run, id, energy, version } = one;
      const isThere = run.room.head(id)?.version === version;
      expect(isThere || !acknowledged.has(keyOf(one)), `the acknowledged version ${version} of ${id}`).toBe(true);
      if (!isThere) continue;
      run.model.add(id, version, { ...run.model.now(id), ...hashesOf({ energy, positions: positions(energy) }) });
    }
    for (const run of runs) {
      run.model.seq = run.room.seq;
      run.renewAll();
    }
    await this.checkBytes();
  }

  #freshName(): string {
    return `room-${(this.#names += 1)}`;
  }
}

const runNames = (runs: readonly Run[]): string[] => runs.map(({ name }) => name);

test(`[D120] ${RUNS} random histories (100, with test:long 2,000) of up to ${STEPS} steps in up to ${MAX_ROOMS} rooms that share arrays keep every version, order, hash and fence`, async () => {
  const counts: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: STEPS, size: 'max' }), async (steps) => {
      const under = await HouseUnderTest.make();
      try {
        const house = new House(under);
        await house.begin();
        await house.begin();
        for (const one of steps) await house.take(one);
        await house.checkBytes();
        await house.collect();
        await under.close();
        await under.open(house.names);
        await house.checkBytes();
        await under.close();
        for (const [what, times] of Object.entries(house.counts)) counts[what] = (counts[what] ?? 0) + times;
      } finally {
        await under.remove();
      }
    }),
    { numRuns: RUNS, ...(process.env['SEED'] === undefined ? {} : { seed: Number(process.env['SEED']) }) },
  );
  process.stdout.write(`D120: ${RUNS} histories; steps taken: ${JSON.stringify(counts)}\n`);
  for (const what of WHAT) expect(counts[what], `${what} was tried`).toBeGreaterThan(0);
}, 1_200_000);
