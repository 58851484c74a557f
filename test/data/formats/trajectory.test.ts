import { describe, expect, it } from 'vitest';
import { isFrameArray } from '../../../src/protocol/frames.ts';
import type { IndexProgress } from '../../../src/data/formats/format.ts';
import { openTrajectory } from '../../../src/data/formats/open-trajectory.ts';
import { memorySource } from '../../../src/data/formats/source/memory-source.ts';
import { openBytes } from './real-data.ts';
import { stepSource } from './step-source.ts';

const frame = (k: number, atoms = 2, extra = ''): string =>
  `${atoms}\nenergy=${k}.5 time=${k}${extra}\n${Array.from({ length: atoms }, (_, a) => `C ${k} ${a} 0\n`).join('')}`;

const frames = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, k) => frame(from + k)).join('');

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Lets everything that waits go on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
}

describe('the pass over a file', () => {
  it('[F14] frames can be read while the pass runs, and a read waits for its frame', async () => {
    const source = stepSource('a.xyz', frames(0, 100));
    const trajectory = await openTrajectory(source);
    const pass = trajectory.index();
    source.allow(120);
    expect((await trajectory.read(0)).energy).toBe(0.5);
    expect(trajectory.isComplete).toBe(false);
    expect(trajectory.count).toBeLessThan(10);
    // Found, though far from where progress is told.
    const soon = trajectory.read(9);
    source.allow(400);
    await settled();
    expect((await Promise.race([soon, Promise.resolve(undefined)]))?.energy).toBe(9.5);
    let late: unknown;
    const read = trajectory.read(90).then((data) => (late = data.energy));
    await settled();
    expect(late).toBeUndefined();
    source.allow(1_000_000);
    await read;
    expect(late).toBe(90.5);
    await pass;
    expect(trajectory.isComplete).toBe(true);
    expect(trajectory.count).toBe(100);
  });

  it('[F14] a read starts the pass when nobody has; keys are those of the first frame', async () => {
    const trajectory = await openTrajectory(memorySource('a.xyz', bytesOf(frames(0, 3))));
    expect(trajectory.count).toBe(0);
    expect((await trajectory.read(2)).energy).toBe(2.5);
    expect(await trajectory.keys()).toEqual([
      { name: 'positions', dtype: '<f8', shape: [null, 3], unit: 'angstrom' },
      { name: 'numbers', dtype: '|u1', shape: [null] },
      { name: 'energy', dtype: 'number', shape: [], unit: 'eV' },
      { name: 'time', dtype: 'number', shape: [], unit: 'ps' },
    ]);
  });

  it('[F14] the pass reads no frame: reading one reads its own bytes only', async () => {
    const source = stepSource('a.xyz', frames(0, 1000));
    source.allow(1_000_000);
    const trajectory = await openTrajectory(source);
    const head = source.bytesRead;
    await trajectory.index();
    expect(source.bytesRead).toBe(head);
    await trajectory.read(500);
    expect(source.bytesRead - head).toBe(frame(500).length);
  });

  it('[F14] progress is told for the first frame and at the end', async () => {
    const told: IndexProgress[] = [];
    const trajectory = await openTrajectory(memorySource('a.xyz', bytesOf(frames(0, 50))));
    await trajectory.index((progress) => told.push({ ...progress }));
    const { byteLength } = told[0];
    expect(told.length).toBeLessThan(5);
    expect(told.at(-1)).toEqual({ frames: 50, bytesRead: byteLength, byteLength });
  });

  it('[F15] one-number values of all frames are there, NaN where a frame has none', async () => {
    const text = frame(0) + frame(1, 2, ' a=7 label=x') + frame(2, 2, ' a="8 9"') + frame(3, 2, ' a=-1e3 uid=5 pbc=T');
    const { trajectory } = await openBytes('a.xyz', bytesOf(text));
    expect(trajectory.scalars()).toEqual({
      energy: Float64Array.of(0.5, 1.5, 2.5, 3.5),
      time: Float64Array.of(0, 1, 2, 3),
      'info.a': Float64Array.of(Number.NaN, 7, Number.NaN, -1000),
    });
  });

  it('[F15] scalars are as long as the frames found so far, also while the pass runs', async () => {
    const source = stepSource('a.xyz', frames(0, 100));
    const trajectory = await openTrajectory(source);
    const pass = trajectory.index();
    for (let step = 0; step < 20; step += 1) {
      source.allow(97);
      await settled();
      for (const values of Object.values(trajectory.scalars())) expect(values.length).toBe(trajectory.count);
    }
    source.allow(1_000_000);
    await pass;
    expect(trajectory.scalars().energy.length).toBe(100);
  });

  it('[F15] keys of the comment beyond all reason are left out, not kept for ever', async () => {
    const text = Array.from({ length: 600 }, (_, k) => `1\nkey${k}=${k}\nC 0 0 0\n`).join('');
    const { trajectory } = await openBytes('a.xyz', bytesOf(text));
    expect(Object.keys(trajectory.scalars()).length).toBe(256);
    expect((await trajectory.read(599))['info.key599']).toBe(599);
  });

  it('[F16] a serialised index spares the pass, and one of another file is not believed', async () => {
    const bytes = bytesOf(frames(0, 40));
    const { trajectory } = await openBytes('a.xyz', bytes);
    const index = trajectory.serialiseIndex();
    const source = stepSource('a.xyz', frames(0, 40));
    const again = await openTrajectory(source, { index });
    expect(again.isComplete).toBe(true);
    expect(again.count).toBe(40);
    expect(again.scalars()).toEqual(trajectory.scalars());
    expect((await again.read(33)).energy).toBe(33.5);
    await again.index();
    const shorter = await openTrajectory(memorySource('a.xyz', bytes.subarray(0, 100)), { index });
    expect(shorter.isComplete).toBe(false);
    expect(shorter.count).toBe(0);
    await expect(openTrajectory(memorySource('a.xyz', bytes), { index: Uint8Array.of(1, 2, 3) })).rejects.toMatchObject(
      {
        code: 'request/invalid',
      },
    );
    for (let length = 0; length < index.length; length += 7) {
      await expect(
        openTrajectory(memorySource('a.xyz', bytes), { index: index.subarray(0, length) }),
      ).rejects.toMatchObject({ code: 'request/invalid' });
    }
  });

  it('[F17] frames appended to the file appear at the next pass, which begins where the last ended', async () => {
    const source = stepSource('a.xyz', frames(0, 10));
    source.allow(1_000_000);
    const trajectory = await openTrajectory(source);
    await trajectory.index();
    source.grow(frames(10, 12));
    const last = frame(12).slice(0, -4);
    source.grow(last);
    await expect(trajectory.index()).rejects.toMatchObject({ code: 'file/damaged', fields: { frame: 12 } });
    expect(trajectory.count).toBe(12);
    source.grow(frame(12).slice(-4));
    await trajectory.index();
    expect(trajectory.count).toBe(13);
    expect((await trajectory.read(12)).energy).toBe(12.5);
    expect(trajectory.scalars().energy.at(-1)).toBe(12.5);
    const resumed = await openTrajectory(memorySource('a.xyz', bytesOf(frames(0, 20))), {
      index: trajectory.serialiseIndex(),
    });
    expect(resumed.count).toBe(13);
    await resumed.index();
    expect(resumed.count).toBe(20);
    expect((await resumed.read(19)).energy).toBe(19.5);
  });

  it('[F32] a frame that is not there is not found', async () => {
    const { trajectory } = await openBytes('a.xyz', bytesOf(frames(0, 3)));
    for (const index of [3, -1, 0.5, Number.NaN, 1e12]) {
      await expect(trajectory.read(index)).rejects.toMatchObject({ code: 'frame/not-found' });
    }
  });

  it('[F33] an abort ends a read, a wait and the pass with its reason; the pass can begin again', async () => {
    const source = stepSource('a.xyz', frames(0, 100));
    const trajectory = await openTrajectory(source);
    const reason = new Error('enough');
    const abort = new AbortController();
    const pass = trajectory.index(undefined, abort.signal);
    source.allow(200);
    await settled();
    abort.abort(reason);
    await expect(pass).rejects.toBe(reason);
    await expect(trajectory.read(0, undefined, AbortSignal.abort(reason))).rejects.toBe(reason);
    source.allow(1_000_000);
    await trajectory.index();
    expect(trajectory.count).toBe(100);
    await trajectory.close();
    expect(source.isClosed).toBe(true);
  });

  it('[F31] a file whose last line has no newline is read with a warning', async () => {
    const whole = await openBytes('a.xyz', bytesOf(frames(0, 2)));
    expect(whole.trajectory.warnings?.()).toEqual([]);
    const cut = await openBytes('a.xyz', bytesOf(frames(0, 2).slice(0, -1)));
    expect(cut.trajectory.count).toBe(2);
    expect(cut.trajectory.warnings?.()[0]).toContain('without a newline');
  });
});

describe('frames of equal length', () => {
  /** Frames of `atoms` atoms whose lines are `width` wide. */
  const wide = (atoms: number, width: number): string =>
    `${atoms}\nk=1\n${Array.from({ length: atoms }, (_, a) => `C ${a % 10} 0 ${'1'.padStart(width)}\n`).join('')}`;

  it('[F19] a run of equal frames, broken by others, gives every frame where it is', async () => {
    const kinds = [
      wide(20, 5),
      wide(20, 6),
      wide(19, 5),
      wide(21, 5),
      wide(1, 5),
      wide(0, 5),
      wide(20, 5).replace('0     1', '0 1'),
    ];
    for (let seed = 1; seed < 60; seed += 1) {
      const list: string[] = [];
      for (let k = 0; k < 60; k += 1) {
        const pick = (k * seed) % 17 < 12 ? 0 : (k * seed) % kinds.length;
        list.push(kinds[pick]);
      }
      const { trajectory, error } = await openBytes('a.xyz', bytesOf(list.join('')));
      expect(error).toBeUndefined();
      expect(trajectory.count).toBe(list.length);
      for (const [index, text] of list.entries()) {
        const { positions } = await trajectory.read(index);
        if (isFrameArray(positions)) expect(positions.shape[0]).toBe(Number.parseInt(text, 10));
      }
    }
  });

  it('[F19] damage within a run of equal frames is found in its frame and line', async () => {
    const good = wide(20, 5);
    const lost = good.replace('C 7 0     1\n', '');
    const text = good.repeat(10) + lost + good.repeat(3);
    const { trajectory, error } = await openBytes('a.xyz', bytesOf(text));
    expect(error?.fields).toMatchObject({ frame: 10, line: 10 * 22 + 22 });
    expect(trajectory.count).toBe(10);
    // One line less and as many bytes: the pass jumps over it, reading does not.
    const longer = good.replace('C 6 0     1\nC 7 0     1\n', 'C 6 0     1             \n');
    expect(longer.length).toBe(good.length + 1);
    const same = good.replace('C 6 0     1\nC 7 0     1\n', 'C 6 0     1            \n');
    const hidden = await openBytes('a.xyz', bytesOf(good.repeat(10) + same + good.repeat(3)));
    const outcome = hidden.error ?? (await hidden.trajectory.read(10).catch((thrown: unknown) => thrown));
    expect(outcome).toMatchObject({ code: 'file/damaged', fields: { frame: 10 } });
    // One line more and as many bytes.
    const broad = wide(20, 12);
    const split = broad.replace(`C 6 0 ${'1'.padStart(12)}\n`, 'C 1 2 3\nC 1 2    3\n');
    expect(split.length).toBe(broad.length);
    const surplus = await openBytes('a.xyz', bytesOf(broad.repeat(10) + split + broad.repeat(3)));
    expect(surplus.trajectory.count).toBe(14);
    await expect(surplus.trajectory.read(10)).rejects.toMatchObject({ code: 'file/damaged', fields: { frame: 10 } });
    await surplus.trajectory.read(11);
  });

  it('[F11] a jump over a frame with a wrong count into the next one shows nobody either of them', async () => {
    const good = wide(20, 5);
    const line = 'C 7 0     1\n';
    // Ten atoms, a head as long as a line and nine atoms: the jump lands on the ninth.
    const wrong = `20\nk=1\n${line.repeat(10)}9\nk=1234567\n${line.repeat(9)}`;
    const { trajectory, error } = await openBytes('a.xyz', bytesOf(`${good.repeat(10)}${wrong}broken\n`));
    expect(error?.fields).toMatchObject({ frame: 10 });
    expect(trajectory.count).toBe(10);
  });
});
