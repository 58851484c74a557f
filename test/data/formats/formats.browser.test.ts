import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bcifStart } from './bcif-start.ts';
import { STARTS } from './text-mutation-starts.ts';
import { seeFile, type SeenFile } from './browser-entry.ts';
import { BINARY_FIXTURES, waterFixture } from './water-fixtures.ts';

let browser: Browser;
let page: Page;

beforeAll(async () => {
  const bundle = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      rollupOptions: {
        input: fileURLToPath(new URL('browser-entry.ts', import.meta.url)),
        output: { format: 'iife' },
      },
    },
  });
  const outputs = Array.isArray(bundle) ? bundle[0]?.output : 'output' in bundle ? bundle.output : undefined;
  const code = outputs?.[0].code;
  if (code === undefined) throw new Error('The page of the format tests was not bundled.');
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking'],
  });
  page = await browser.newPage();
  await page.setContent('<!doctype html>');
  await page.addScriptTag({ content: code });
});

afterAll(async () => browser.close());

const fixture = (name: string): Buffer => readFileSync(new URL(`../../fixtures/formats/${name}`, import.meta.url));

const many = Buffer.from(
  Array.from({ length: 3000 }, (_, k) => `2\nk=${k}\nC ${k / 3} 0 0\nO 1 ${k / 11} 0\n`).join(''),
);
const gzipped = gzipSync(many);

const small = (extension: string, which = 0): Buffer => Buffer.from(STARTS[extension][which]);
/** "1\nx\nC 0 0 0\n" packed by bzip2. */
const bzipped = Buffer.from('QlpoOTFBWSZTWZ5DOJcAAATcgAAQQABgAAgAAEAgACGTGoMAhogY/F3JFOFCQnkM4lw=', 'base64');

/** Names, contents, frames at least, and whether there is damage. */
const FILES: readonly [string, Buffer, number, boolean][] = [
  ['water.xyz', fixture('water.xyz'), 2, false],
  ['water.gro', fixture('water.gro'), 2, false],
  ['water.pdb', fixture('water.pdb'), 2, false],
  ['a.lammpstrj', small('lammpstrj'), 5, false],
  ['b.lammpstrj', small('lammpstrj', 1), 1, false],
  ['a.lmp', small('lmp'), 1, false],
  ['POSCAR', small('poscar'), 1, false],
  ['XDATCAR', small('xdatcar'), 5, false],
  ['a.sdf', small('sdf'), 3, false],
  ['b.mol', small('sdf', 1), 1, false],
  ['a.mol2', small('mol2', 2), 2, false],
  ['crystal.cif', small('cif'), 1, false],
  ['models.cif.gz', gzipSync(small('cif', 1)), 3, false],
  ['models.bcif', Buffer.from(bcifStart()), 2, false],
  ['one.xyz.bz2', bzipped, 1, false],
  ['one.xyz.gz', gzipped, 3000, false],
  ['three.xyz.gz', Buffer.concat([gzipped, gzipSync(fixture('water.xyz')), gzipped]), 6002, false],
  ['tail.xyz.gz', Buffer.concat([gzipped, Buffer.alloc(40)]), 3000, false],
  ['cut.xyz.gz', gzipped.subarray(0, gzipped.length * 0.9), 2400, true],
  ['flipped.xyz.gz', Buffer.concat([gzipped.subarray(0, -6), Buffer.from([1, 2]), gzipped.subarray(-4)]), 2000, true],
];

async function seeInPage(name: string, bytes: Uint8Array): Promise<SeenFile> {
  return page.evaluate(
    async ({ name, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const { seeFile } = globalThis as unknown as {
        seeFile: (name: string, bytes: Uint8Array) => Promise<SeenFile>;
      };
      return seeFile(name, bytes);
    },
    { name, base64: Buffer.from(bytes).toString('base64') },
  );
}

describe('files dropped on a page', () => {
  it.each(BINARY_FIXTURES)('[F51] water.%s is in Chromium what it is in Node', async (extension) => {
    const bytes = waterFixture(extension);
    const inPage = await seeInPage(`water.${extension}`, bytes);
    expect(inPage).toEqual(await seeFile(`water.${extension}`, bytes));
    expect(inPage).toMatchObject({ count: 5 });
    expect(inPage.error).toBeUndefined();
    const cut = await seeInPage(`water.${extension}`, bytes.subarray(0, bytes.length - 200));
    expect(cut.error).toMatch(/water\.\w+, (frame \d, )?byte \d+: /);
  });

  it.each(FILES)('[F12] [F13] [F76] %s is in Chromium what it is in Node', async (name, bytes, atLeast, isDamaged) => {
    const inNode = await seeFile(name, new Uint8Array(bytes));
    const inPage = await seeInPage(name, bytes);
    expect(inPage).toEqual(inNode);
    expect(inPage.count).toBeGreaterThanOrEqual(atLeast);
    expect(inPage.error !== undefined).toBe(isDamaged);
  });
});
