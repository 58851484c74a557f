import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const MANUAL = new URL('../../docs/state.md', import.meta.url);
const PROGRAM = new URL('./state-manual.program.ts', import.meta.url);
const HEADER =
  '// The code of docs/state.md, so that tsc checks it. Do not edit: run this test with COVALENCE_UPDATE=1.\n';

describe('docs/state.md', () => {
  it('[S120] every line of its code compiles and runs', async () => {
    const manual = await readFile(MANUAL, 'utf8');
    const blocks = [...manual.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]);
    expect(blocks.length).toBeGreaterThan(10);
    const program = `${HEADER}${blocks.join('\n')}`;
    if (process.env['COVALENCE_UPDATE'] === '1') await writeFile(PROGRAM, program);
    expect(await readFile(PROGRAM, 'utf8'), 'docs/state.md has changed: run with COVALENCE_UPDATE=1').toBe(program);
    expect(program.match(/assert/g)?.length).toBeGreaterThan(30);
    await import('./state-manual.program.ts');
  });
});
