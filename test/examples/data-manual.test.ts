import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { createServer } from '../../src/server/server.ts';
import { scratchDirectory } from '../server/data/store-fixture.ts';

const run = promisify(execFile);
const manual = readFileSync(new URL('../../docs/data-channel.md', import.meta.url), 'utf8');

/** The first block of this language in docs/data-channel.md that begins so. */
const block = (language: string, begin = ''): string =>
  new RegExp(`^\`\`\`${language}\n(${begin}[^]*?)^\`\`\`$`, 'm').exec(manual)?.[1] ?? '';

/** The first of these programs that can do this. */
async function able(programs: readonly string[], ...args: string[]): Promise<string | undefined> {
  for (const program of programs) {
    const isThere = await run(program, args).then(
      () => true,
      () => false,
    );
    if (isThere) return program;
  }
  return undefined;
}
const shell = await able(['sh'], '-c', 'curl --version');
const python = await able(['python3', '/usr/bin/python3'], '-c', 'import msgpack, numpy');

/** A server with the room `droplets` on a small file, as the manual has it. */
async function serve(): Promise<string> {
  const path = join(await scratchDirectory(), 'droplets.xyz');
  const frame = (i: number): string => `2\nProperties=species:S:1:pos:R:3 energy=-${i}.5\nAr ${i} 0 0\nAr 0 ${i} 3\n`;
  await writeFile(path, [0, 1, 2].map(frame).join(''));
  const server = await createServer({ port: 0 });
  onTestFinished(() => server.close());
  await server.listen();
  await server.openFile(path);
  return new URL(server.link('droplets')).origin;
}

test.skipIf(shell === undefined)(
  `[D204] the commands at the top of docs/data-channel.md do what they say${shell === undefined ? ' (skipped: no curl is installed)' : ''}`,
  async () => {
    const origin = await serve();
    const commands = block('sh')
      .replaceAll('http://localhost:8080', origin)
      .replaceAll('curl ', 'curl --silent --fail ');
    expect(commands.match(/curl/g)).toHaveLength(5);
    const cwd = await scratchDirectory();
    await writeFile(join(cwd, 'more.xyz'), '1\n\nAr 0 0 0\n1\n\nAr 0 0 1\n');
    const { stdout } = await run(shell as string, ['-ec', commands.replaceAll(/\n(?=curl)/g, '\necho;')], { cwd });
    const [rooms, frames, edited, added, imported] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(rooms).toMatchObject({ rooms: [{ name: 'droplets', count: 3 }] });
    expect(frames).toMatchObject([{ id: 'f0', version: 1, data: { energy: -0.5 } }, { id: 'f1' }]);
    expect(edited).toMatchObject({ frames: { f0: { version: 2 } } });
    expect(added).toMatchObject({ ids: [expect.any(String)] });
    expect(imported).toMatchObject({ ids: [expect.any(String), expect.any(String)] });
  },
);

test.skipIf(python === undefined)(
  `[D204] the Python at the top of docs/data-channel.md reads a frame${python === undefined ? ' (skipped: no Python with msgpack and numpy is installed)' : ''}`,
  async () => {
    const origin = await serve();
    const code = block('python').replaceAll('http://localhost:8080', origin);
    const { stdout } = await run(python as string, ['-c', `${code}\nprint(frame["id"], positions.tolist())`]);
    expect(stdout.trim()).toBe('f0 [[0.0, 0.0, 0.0], [0.0, 0.0, 3.0]]');
  },
);

test.skipIf(python === undefined)(
  `[V361] the program over the Python client does what docs/data-channel.md says${python === undefined ? ' (skipped: no Python with msgpack and numpy is installed)' : ''}`,
  async () => {
    const origin = await serve();
    const code = block('python', 'from covalence_client').replaceAll('http://localhost:8080', origin);
    const late = code.slice(code.indexOf('try:'));
    const told = 'print(len(first), room.info()["count"], room.read(0)["version"], "energy" in room.read(0)["data"])';
    const { stdout } = await run(python as string, ['-c', `${code}\n${told}\n${late}`], {
      env: { ...process.env, PYTHONPATH: 'examples/python', PYTHONDONTWRITEBYTECODE: '1' },
    });
    expect(stdout.trim().split('\n')).toEqual(['3 4 2 False', 'frame/conflict 2']);
  },
);
