import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openRoom } from '../../src/room/open-room.ts';
import { startCovalence } from './covalence-process.ts';

const README = new URL('../../README.md', import.meta.url);
const PROGRAM = new URL('./readme.program.ts', import.meta.url);
const HEADER = '// The code of README.md, so that tsc checks it. Do not edit: run this test with COVALENCE_UPDATE=1.\n';
const run = promisify(execFile);
const PRINTED = 'http://localhost:8080';

it('[V19] the program and the requests of README.md do what it says', async () => {
  const readme = await readFile(README, 'utf8');
  const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]);
  expect(blocks).toHaveLength(1);
  const program = HEADER + blocks[0].replace(`'${PRINTED}/r/droplets'`, "process.env['COVALENCE_README_URL'] ?? ''");
  expect(program).toContain('COVALENCE_README_URL');
  if (process.env['COVALENCE_UPDATE'] === '1') await writeFile(PROGRAM, program);
  expect(await readFile(PROGRAM, 'utf8'), 'README.md has changed: run with COVALENCE_UPDATE=1').toBe(program);

  const covalence = await startCovalence(['demo/data/droplets.xyz.gz']);
  onTestFinished(() => covalence.close());
  vi.stubEnv('COVALENCE_README_URL', covalence.url);
  const said = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  await import('./readme.program.ts');
  expect(said.mock.calls).toEqual([[expect.stringContaining('version 2'), 2]]);
  said.mockRestore();

  const addresses = [...readme.matchAll(/^curl '?(http[^\s']+)/gm)].map((match) => match[1]);
  expect(addresses).toHaveLength(3);
  for (const address of addresses) {
    const response = await fetch(address.replace(PRINTED, covalence.base));
    expect([address, response.status]).toEqual([address, 200]);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100);
  }
});

it('[V19] the example program of README.md runs with plain node', async () => {
  const readme = await readFile(README, 'utf8');
  const [, script] = /^node (examples\/program\/\S+) http/m.exec(readme) ?? [];
  const covalence = await startCovalence(['demo/data/droplets.xyz.gz']);
  onTestFinished(() => covalence.close());
  const { stdout } = await run(process.execPath, [script, covalence.url, '3', '5']);
  expect(stdout).toMatch(/^5 atoms selected, up to \d+\.\d\d eV\/Å\.\n$/);
  await using room = await openRoom(covalence.url);
  await expect.poll(() => room.selections.size).toBe(1);
  const [record] = Object.values(room.selections.snapshot());
  expect(record).toMatchObject({ display_name: 'Strained in frame 3' });
  expect(record.particle_ids).toHaveLength(5);
});

it('[V19] the programs of the manuals compile in a project as `tsc --init` makes one', async () => {
  const programs = ['e2e/readme', 'room/data-manual', 'state/state-manual'].map((name) => `test/${name}.program.ts`);
  const asked = ['strict', 'noUncheckedIndexedAccess', 'exactOptionalPropertyTypes', 'verbatimModuleSyntax'];
  const usual = ['isolatedModules', 'noUncheckedSideEffectImports', 'skipLibCheck'];
  const where = ['--target', 'esnext', '--module', 'nodenext', '--moduleDetection', 'force', '--types', 'node'];
  const flags = ['--ignoreConfig', '--noEmit', ...where, ...[...asked, ...usual].map((name) => `--${name}`)];
  const { stdout } = await run(process.execPath, ['node_modules/typescript/bin/tsc', ...flags, ...programs]).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout).toBe('');
});

it('[V343] a room written into a pipe is whole or refused, with how to have it', async () => {
  const covalence = await startCovalence(['demo/data/droplets.xyz.gz']);
  onTestFinished(() => covalence.close());
  const start = (words: string[], env: NodeJS.ProcessEnv = {}) =>
    run(process.execPath, ['scripts/start.mjs', 'export', ...words], {
      env: { ...process.env, npm_lifecycle_event: 'start', npm_config_loglevel: 'notice', ...env },
      maxBuffer: 2 ** 26,
    });
  const silent = { npm_config_loglevel: 'silent' };
  const { stdout } = await start([covalence.url], silent);
  expect(stdout).toMatch(/^240\n/);
  await expect(start([covalence.url])).rejects.toMatchObject({
    stdout: '',
    stderr: expect.stringContaining('npm start --silent -- export'),
  });
  await expect(start(['droplets', '--data', covalence.dataDirectory], silent)).rejects.toMatchObject({
    stdout: '',
    stderr: expect.stringContaining(covalence.url),
  });
});
