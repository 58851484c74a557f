import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkData } from '../../../src/server/cli/check-data.ts';
import { createServer } from '../../../src/server/server.ts';
import { scratchDirectory } from './store-fixture.ts';

/** What a killed server leaves: a room with two frames, whose summary was never written, and a record in its state. */
async function killed(): Promise<{ data: string; log: string; doc: string }> {
  const live = await scratchDirectory();
  const data = join(await scratchDirectory(), 'data');
  const server = await createServer({ port: 0, dataDirectory: live });
  await server.listen();
  const room = await server.room('argon');
  for (const energy of [1, 2]) await room.frames.insert([{ energy }]);
  for (const b of [1, 2]) {
    room.state.set('settings.a', { b });
    await room.state.whenSaved();
  }
  // A copy of the files of a running server is what SIGKILL leaves, without waiting for the process to be gone.
  await cp(live, data, { recursive: true });
  await room.close();
  await server.close();
  await rm(join(data, 'frames', 'lock'));
  return { data, log: join(data, 'frames', 'rooms', 'argon', 'frames.log'), doc: join(data, 'state', 'argon.ydoc') };
}

/** Opens what was left, and says what is in it and what the operator was told. */
async function reopened(data: string): Promise<{ frames: number; b: unknown; told: unknown[][] }> {
  const told: unknown[][] = [];
  const log = {
    info() {},
    warn: (fields: object, text: string) => void told.push(['warn', text, fields]),
    error: (fields: object, text: string) => void told.push(['error', text, fields]),
  };
  const server = await createServer({ port: 0, dataDirectory: data, log });
  const room = await server.room('argon');
  const { count } = await room.frames.info();
  const found = { frames: count, b: room.state.get('settings.a'), told };
  await room.close();
  await server.close();
  return found;
}

async function fsck(data: string): Promise<{ isWell: boolean; said: string }> {
  const lines: string[] = [];
  const isWell = await checkData(data, (line) => lines.push(line));
  return { isWell, said: lines.join('\n') };
}

async function alter(path: string, change: (bytes: Buffer) => Buffer): Promise<Buffer> {
  const changed = change(await readFile(path));
  await writeFile(path, changed);
  return changed;
}

const flipLast = (bytes: Buffer): Buffer => {
  bytes[bytes.byteLength - 3] ^= 4;
  return bytes;
};

test('[V300] a last commit of full length without its checksum is kept aside and told as an error; the room goes on', async () => {
  const { data, log } = await killed();
  const altered = await alter(log, flipLast);
  const { isWell, said } = await fsck(data);
  expect(isWell).toBe(false);
  expect(said).toMatch(/DAMAGE: argon: the last \d+ bytes of the log do not have their checksum/);
  const { frames, told } = await reopened(data);
  expect(frames).toBe(1);
  expect(told).toEqual([
    ['error', expect.stringContaining('does not have its checksum'), expect.objectContaining({ room: 'argon' })],
  ]);
  const kept = await readFile(`${log}.cut-1`);
  expect(kept.byteLength).toBeGreaterThan(40);
  expect(altered.subarray(altered.byteLength - kept.byteLength)).toEqual(kept);
  const after = await fsck(data);
  expect(after.isWell).toBe(true);
  expect(after.said).toContain('note: argon: frames.log.cut-1 has what was cut off');
  // A second accident does not take the place of the first.
  await alter(log, (bytes) => Buffer.concat([bytes, Buffer.alloc(300, 7)]));
  await reopened(data);
  expect(await readFile(`${log}.cut-1`)).toEqual(kept);
  expect(await readFile(`${log}.cut-2`)).toEqual(Buffer.alloc(300, 7));
});

test('[V300] a last commit whose length alone was altered upwards is no torn write: kept aside and told', async () => {
  const { data, log, doc } = await killed();
  const longer = (mark: string, bytes: Buffer): Buffer => {
    const at = bytes.lastIndexOf(mark) + 4;
    bytes.writeUInt32LE(bytes.readUInt32LE(at) + 64, at);
    return bytes;
  };
  const logBytes = await alter(log, (bytes) => longer('CVBK', bytes));
  const docBytes = await alter(doc, (bytes) => longer('\u0000Cov', bytes));
  const { isWell, said } = await fsck(data);
  expect(isWell).toBe(false);
  expect(said.match(/DAMAGE: argon: the last \d+ bytes of (the log|argon\.ydoc) do not have/g)).toHaveLength(2);
  const { frames, b, told } = await reopened(data);
  expect([frames, b]).toEqual([1, { b: 1 }]);
  expect(told.map(([level]) => level)).toEqual(['error', 'error']);
  expect(logBytes.subarray(logBytes.lastIndexOf('CVBK'))).toEqual(await readFile(`${log}.cut-1`));
  expect(docBytes.subarray(docBytes.lastIndexOf('\u0000Cov'))).toEqual(await readFile(`${doc}.cut-1`));
});

test('[V300] a last commit that is shorter than it says is a torn write: cut, a warning, nothing kept', async () => {
  const { data, log } = await killed();
  await alter(log, (bytes) => bytes.subarray(0, bytes.byteLength - 3));
  const { isWell, said } = await fsck(data);
  expect(isWell).toBe(true);
  expect(said).toMatch(/note: argon: the last \d+ bytes of the log are a write that broke off/);
  const { frames, told } = await reopened(data);
  expect(frames).toBe(1);
  expect(told).toEqual([['warn', expect.stringContaining('torn write'), expect.anything()]]);
  expect((await readdir(join(log, '..'))).filter((name) => name.includes('.cut-'))).toEqual([]);
});

test('[V301] fsck compares each log with the summary that was kept of it', async () => {
  const { data, log } = await killed();
  await reopened(data);
  expect((await fsck(data)).isWell).toBe(true);
  // Whole blocks are gone: what is left has no fault in itself.
  await alter(log, (bytes) => bytes.subarray(0, bytes.lastIndexOf('CVBK')));
  const { isWell, said } = await fsck(data);
  expect(isWell).toBe(false);
  expect(said).toMatch(/DAMAGE: argon: the log has 2 sound commits; 3 were stored/);
});

test('[V302] fsck reads the shared state of every room too', async () => {
  const { data, doc } = await killed();
  expect((await fsck(data)).said).toContain('1 shared states of ');
  const sound = await readFile(doc);
  await alter(doc, flipLast);
  expect((await fsck(data)).said).toMatch(/DAMAGE: argon: the last \d+ bytes of argon.ydoc do not have their checksum/);
  const found = await reopened(data);
  expect(found.b).toEqual({ b: 1 });
  expect(found.told).toEqual([
    ['error', expect.stringContaining('checksum'), expect.objectContaining({ room: 'argon' })],
  ]);
  expect((await fsck(data)).said).toContain('note: argon.ydoc.cut-1 has what was cut off');
  await writeFile(doc, sound.subarray(0, sound.byteLength - 3));
  expect((await fsck(data)).said).toMatch(/note: argon: the last \d+ bytes of argon.ydoc are a write that broke off/);
  sound[30] ^= 1;
  await writeFile(doc, sound);
  const { isWell, said } = await fsck(data);
  expect(isWell).toBe(false);
  expect(said).toMatch(/DAMAGE: argon: argon.ydoc is damaged at byte \d+/);
});
