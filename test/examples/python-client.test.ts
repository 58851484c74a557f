import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { once } from 'node:events';
import { createServer } from '../../src/server/server.ts';
import { sampleData } from '../data/sample-frames.ts';

/** A Python that has numpy; undefined where there is none. */
const python = ['python3', '/usr/bin/python3'].find(
  (command) => spawnSync(command, ['-c', 'import numpy'], { stdio: 'ignore' }).status === 0,
);

describe(`the Python client${python === undefined ? ' (skipped: no python3 with numpy here)' : ''}`, () => {
  it('[D150] has at most 100 lines and needs nothing but numpy', () => {
    const text = readFileSync('examples/python/covalence_client.py', 'utf8');
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(100);
    const modules = [...text.matchAll(/^import (.*)$/gm)].flatMap(([, names]) => names.split(', '));
    expect(modules.map((name) => name.split(/[ .]/)[0]).filter((name) => name !== 'urllib')).toEqual([
      'hashlib',
      'io',
      'json',
      're',
      'struct',
      'uuid',
      'numpy',
    ]);
  });

  it.skipIf(python === undefined)(
    '[D150] reads, appends, edits, is refused and takes back, checking every hash',
    async () => {
      const server = await createServer({ port: 0, token: 'secret' });
      await server.listen();
      try {
        const room = await server.room('argon');
        await room.frames.append([sampleData(0, 50), sampleData(1, 50)]);
        const child = spawn(python ?? '', ['examples/python/shake.py', server.link('argon')], { stdio: 'pipe' });
        let output = '';
        for (const stream of [child.stdout, child.stderr])
          stream.on('data', (piece: Buffer) => (output += piece.toString()));
        await once(child, 'close');
        expect(
          output
            .replace(/appended \S+/, 'appended x')
            .trim()
            .split('\n'),
        ).toEqual(['appended x as frame 2', 'version 2', "frame/conflict ['positions']", 'undone, version 3']);
        expect((await room.frames.info()).count).toBe(3);
        expect((await room.frames.read(0)).version).toBe(3);
        await room.close();
      } finally {
        await server.close();
      }
    },
  );

  it.skipIf(python === undefined)('[V361] takes what numpy has, and hands out what can be written into', async () => {
    const server = await createServer({ port: 0 });
    await server.listen();
    try {
      await (await server.room('argon')).close();
      const script = 'test/examples/numpy-types.py';
      const child = spawn(python ?? '', [script, server.link('argon')], {
        stdio: 'pipe',
        env: { ...process.env, PYTHONPATH: 'examples/python', PYTHONDONTWRITEBYTECODE: '1' },
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (piece: Buffer) => (output += piece.toString()));
      await once(child, 'close');
      expect(output.trim().split('\n')).toEqual([
        'positions <f8, numbers |u1, pbc |u1, cell <f8, tags <i4, arrays.mol <i4, arrays.fixed |u1',
        'energy -1.5, step 4, time 0.5',
        'written into',
        '2 of 3, 1 of 3',
        'numbers does not fit into u1',
        "'http://localhost:8080/argon' is no link of a room, such as http://localhost:8080/r/droplets",
      ]);
    } finally {
      await server.close();
    }
  });
});
