import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isCovalenceError } from '../../../src/protocol/errors.ts';
import { frameArray } from '../../../src/protocol/frames.ts';
import { checkData } from '../../../src/server/cli/check-data.ts';
import { createDataRooms, fileRoomStorage } from '../../../src/server/data/index.ts';
import { seeded } from './seeded.ts';
import { scratchDirectory } from './store-fixture.ts';

const SEED = Number(process.env['COVALENCE_SEED'] ?? 20_261);
const FLIPS = process.env['COVALENCE_LONG'] === '1' ? 400 : 12;
const ROOMS = ['argon', 'neon'];

/** Hashes of every version of every frame, by room, id and version. */
type Known = Map<string, string>;
interface Filled {
  data: string;
  known: Known;
}

const atoms = (fill: number): { positions: ReturnType<typeof frameArray>; energy: number } => ({
  positions: frameArray(new Float32Array(300).fill(fill), [100, 3]),
  energy: fill,
});

async function filled(): Promise<Filled> {
  const data = await scratchDirectory();
  const rooms = createDataRooms({ storage: await fileRoomStorage({ directory: join(data, 'frames') }) });
  const known: Known = new Map();
  for (const [place, name] of ROOMS.entries()) {
    const room = await rooms.create(name);
    const { ids } = await room.commit([{ op: 'insert', frames: [1, 2, 3].map((i) => atoms(10 * place + i)) }]);
    await room.commit([{ op: 'patch', id: ids[1], baseVersion: 1, data: { energy: 0.5 } }]);
    await room.commit([{ op: 'patch', id: ids[2], baseVersion: 1, data: atoms(10 * place + 7) }]);
    for (const [id, versions] of [[ids[0], 1] as const, [ids[1], 2] as const, [ids[2], 2] as const]) {
      for (let version = 1; version <= versions; version += 1) {
        known.set(`${name} ${id} ${version}`, JSON.stringify((await room.frameById(id, { version })).hashes));
      }
    }
  }
  await rooms.close();
  return { data, known };
}

async function fsck(data: string): Promise<{ isWell: boolean; said: string }> {
  const lines: string[] = [];
  const isWell = await checkData(data, (line) => lines.push(line));
  return { isWell, said: lines.join('\n') };
}

/** How many versions are read as they were, how many are refused; throws when one is read otherwise. */
async function readAll({ data, known }: Filled): Promise<{ sound: number; refused: string[] }> {
  const rooms = createDataRooms({ storage: await fileRoomStorage({ directory: join(data, 'frames') }) });
  let sound = 0;
  const refused: string[] = [];
  try {
    for (const { name, count } of await rooms.list()) if (count !== undefined) expect([name, count]).toEqual([name, 3]);
    for (const [place, hashes] of known) {
      const [name, id, version] = place.split(' ');
      try {
        const room = await rooms.get(name);
        const frame = await room.frameById(id, { version: Number(version) });
        expect(JSON.stringify(frame.hashes), place).toBe(hashes);
        sound += 1;
      } catch (error) {
        if (!isCovalenceError(error)) throw error;
        refused.push(error.code);
      }
    }
  } finally {
    await rooms.close();
  }
  return { sound, refused };
}

const logOf = (data: string, room: string): string => join(data, 'frames', 'rooms', room, 'frames.log');
const noteOf = (data: string, room: string): string => join(data, 'frames', 'rooms', room, 'summary.json');

async function segmentOf(data: string): Promise<string> {
  const blobs = join(data, 'frames', 'blobs');
  const names = (await readdir(blobs)).sort();
  return join(blobs, names[0]);
}

/** A copy of `pristine` with one file changed. */
async function changed(
  { data, known }: Filled,
  of: (data: string) => Promise<string> | string,
  to: (b: Buffer) => Buffer,
) {
  const copy = join(await scratchDirectory(), 'data');
  await cp(data, copy, { recursive: true });
  const path = await of(copy);
  await writeFile(path, to(await readFile(path)));
  return { data: copy, known };
}

const marks = (bytes: Buffer, mark: string): number[] => {
  const found: number[] = [];
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + 1)) found.push(at);
  return found;
};

test(`[D207] ${FLIPS} flipped bits, cuts and altered lengths in logs, arrays and summaries (seed ${SEED}; 12, in test:long 400): each is named by fsck, and every version is read as it was or refused`, async () => {
  const pristine = await filled();
  expect(await fsck(pristine.data)).toMatchObject({ isWell: true });
  expect(await readAll(pristine)).toEqual({ sound: 10, refused: [] });
  const random = seeded(SEED);
  const files: ((data: string) => Promise<string> | string)[] = [
    (data: string) => logOf(data, 'argon'),
    (data: string) => segmentOf(data),
    (data: string) => noteOf(data, 'neon'),
  ];
  const changes: [what: string, change: (bytes: Buffer) => Buffer][] = [];
  for (let i = 0; i < FLIPS; i += 1) {
    const [place, bit] = [random(), 1 << Math.floor(random() * 8)];
    changes.push([
      `bit ${bit} at ${place}`,
      (bytes) => {
        bytes[Math.floor(place * bytes.byteLength)] ^= bit;
        return bytes;
      },
    ]);
  }
  for (const part of [0, 0.3, random(), random()]) {
    changes.push([`cut at ${part}`, (bytes) => bytes.subarray(0, Math.floor(part * bytes.byteLength))]);
  }
  for (const by of [-64, 64, 0x10000000]) {
    for (const which of [0, 0.5, 0.999]) {
      changes.push([
        `length ${which} by ${by}`,
        (bytes) => {
          const found = [...marks(bytes, 'CVBK'), ...marks(bytes, 'BLOB')];
          const at = found[Math.floor(which * found.length)] ?? 0;
          bytes.writeUInt32LE(Math.max(0, bytes.readUInt32LE(at + 4) + by), at + 4);
          return bytes;
        },
      ]);
    }
  }
  let lost = 0;
  for (const [number, of] of files.entries()) {
    for (const [what, change] of changes) {
      const damaged = await changed(pristine, of, change);
      const name = `seed ${SEED}: the ${['log', 'arrays', 'summary'][number]}, ${what}`;
      const { isWell, said } = await fsck(damaged.data);
      expect(isWell, `${name}\n${said}`).toBe(false);
      expect(said, name).toMatch(/DAMAGE: (argon|neon): /);
      const { refused } = await readAll(damaged).catch((error: unknown) => {
        throw new Error(`${name}: ${String(error)}`, { cause: error });
      });
      lost += refused.length;
      for (const code of refused) expect(['store/failed', 'frame/corrupt', 'frame/not-found'], name).toContain(code);
      await rm(damaged.data, { recursive: true });
    }
  }
  expect(lost).toBeGreaterThan(0);
});

test('[D208] an array whose header was altered is lost alone: those behind it are read', async () => {
  const pristine = await filled();
  const bytes = await readFile(await segmentOf(pristine.data));
  for (const at of marks(bytes, 'BLOB').slice(0, 3)) {
    for (const byte of [0, 4, 5, 7]) {
      const damaged = await changed(pristine, segmentOf, (copy) => {
        copy[at + byte] ^= 16;
        return copy;
      });
      const { sound, refused } = await readAll(damaged);
      expect([...new Set(refused)], `byte ${byte} of the entry at ${at}`).toEqual(['frame/corrupt']);
      expect(sound).toBeGreaterThanOrEqual(8);
      expect((await fsck(damaged.data)).said).toMatch(/DAMAGE: argon: "positions" of frame/);
    }
  }
});

test('[D209] logs and summaries that were exchanged between rooms are refused, with what to do', async () => {
  const pristine = await filled();
  for (const of of [logOf, noteOf]) {
    const { data } = pristine;
    const [one, other] = ROOMS.map((room) => of(data, room));
    await rename(one, `${one}.x`);
    await rename(other, one);
    await rename(`${one}.x`, other);
    const { isWell, said } = await fsck(data);
    expect(isWell).toBe(false);
    expect(said.match(/DAMAGE: (argon|neon): .*files of two rooms were exchanged/g)).toHaveLength(2);
    expect((await readAll(pristine)).refused).toEqual(Array.from({ length: 10 }, () => 'store/failed'));
    await rename(one, `${one}.x`);
    await rename(other, one);
    await rename(`${one}.x`, other);
  }
  expect(await readAll(pristine)).toEqual({ sound: 10, refused: [] });
  // The person who knows that the log is right says so by removing the summary.
  await rm(noteOf(pristine.data, 'argon'));
  expect((await readAll(pristine)).sound).toBe(10);
});
