import { readFile, writeFile } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';

const MANUAL = new URL('../../docs/data-channel.md', import.meta.url);
const PROGRAM = new URL('./data-manual.program.ts', import.meta.url);
const HEADER =
  '// The code of docs/data-channel.md, so that tsc checks it. Do not edit: run this test with COVALENCE_UPDATE=1.\n';

it('[D151] every line of TypeScript in docs/data-channel.md compiles, runs, and says what it promises', async () => {
  const manual = await readFile(MANUAL, 'utf8');
  const blocks = [...manual.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]);
  expect(blocks.length).toBeGreaterThan(6);
  const program = `${HEADER}${blocks.join('\n')}`;
  if (process.env['COVALENCE_UPDATE'] === '1') await writeFile(PROGRAM, program);
  expect(await readFile(PROGRAM, 'utf8'), 'docs/data-channel.md has changed: run with COVALENCE_UPDATE=1').toBe(
    program,
  );
  expect(program.match(/assert/g)?.length).toBeGreaterThan(15);
  const said: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...words: unknown[]) => void said.push(words.join(' ')));
  try {
    await import('./data-manual.program.ts');
  } finally {
    log.mockRestore();
  }
  expect(said.map((line) => line.replace(/^\d+ /, '').trim())).toEqual(['Ada set', 'Ada set taken back']);
});
