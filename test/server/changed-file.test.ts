import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openRoom } from '../../src/room/open-room.ts';
import { createServer } from '../../src/server/server.ts';

const WATER = (x: number): string =>
  `3\nProperties=species:S:1:pos:R:3 energy=${x}\nO ${x} 0 0\nH ${x + 0.96} 0 0\nH ${x - 0.24} 0.93 0\n`;

it('[V10] a file that changed since its edits were made is refused, and the edits are there again with the old file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'covalence-changed-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, 'water.xyz');
  const dataDirectory = join(directory, 'data');
  await writeFile(path, WATER(0) + WATER(1));
  {
    const server = await createServer({ port: 0, dataDirectory });
    await server.listen();
    const name = await server.openFile(path);
    await using room = await openRoom(server.link(name));
    const { id, version } = await room.frames.read(1);
    await room.frames.write(id, { energy: -5 }, { baseVersion: version });
    await room.close();
    await server.close();
  }
  await writeFile(path, WATER(7) + WATER(8));
  {
    const server = await createServer({ port: 0, dataDirectory });
    await server.listen();
    await expect(server.openFile(path)).rejects.toMatchObject({ code: 'file/changed', fields: { file: 'water.xyz' } });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    await server.close();
  }
  await writeFile(path, WATER(0) + WATER(1));
  const server = await createServer({ port: 0, dataDirectory });
  await server.listen();
  await using room = await openRoom(server.link(await server.openFile(path)));
  expect(await room.frames.read(1)).toMatchObject({ version: 2, data: { energy: -5 } });
  await room.close();
  await server.close();
});
