/**
 * Drawing against 3Dmol, NGL and Mol*: the same atoms, the same size of page, in turns, in one Chromium. Draws are left
 * out where the processor's part is timed. Prints the tables kept in bench/results/scene.txt.
 *
 *     npm install --prefix bench && node bench/scene/run.mjs
 *
 * `SIZES=1000,10000` chooses sizes, `ROUNDS` how often each contender has its turn, `PARTS=updates,frames,bytes` what is
 * measured.
 */
import { cpus, loadavg } from 'node:os';
import { chromium } from 'playwright-core';
import { browserFlags, coverage, garbage, median, openPage } from './measure.mjs';
import { servePages } from './serve.mjs';
import { bundleSizes } from './sizes.mjs';

const SIZES = (process.env.SIZES ?? '1000,10000,100000,1000000').split(',').map(Number);
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const PARTS = (process.env.PARTS ?? 'updates,frames,bytes').split(',');
/** Above this a peer needs minutes for its text alone. */
const PEERS_UP_TO = 100_000;
/** Whole frames and first pictures are drawn by the processor here: above this they take minutes. */
const DRAWN_UP_TO = 100_000;
const NAMES = { covalence: 'Covalence', 'three-dmol': '3Dmol', ngl: 'NGL', molstar: 'Mol*' };

const print = (line = '') => process.stdout.write(`${line}\n`);
const number = (value) => {
  if (!Number.isFinite(value)) return '-';
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(value >= 1 ? 2 : 3);
};
const table = (heads, rows) => {
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i].length)));
  for (const row of [heads, ...rows]) print(row.map((cell, i) => cell.padStart(widths[i])).join('  '));
};

const site = await servePages();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: browserFlags,
});
const load = () => loadavg()[0].toFixed(1);
print(`Drawing against peers (bench/scene/run.mjs), ${new Date().toISOString().slice(0, 10)}.`);
print(
  `Chromium ${browser.version()} without a graphics card (SwiftShader), 800 x 600, ${cpus().length} x ${cpus()[0]?.model}, ` +
    `load ${load()} at the start, ${ROUNDS} rounds in turns, medians.`,
);
print('Other work shared the processors: counts first, then ratios of one table; single times are worth least.');
print('The same box of water for all, four frames in turn. Peers got their text format, ours typed arrays.');
if (site.present.length < 4)
  print(
    `Not installed here, so left out: ${Object.keys(NAMES)
      .filter((name) => !site.present.includes(name))
      .join(', ')}`,
  );

/** Contenders at a size; ours in both qualities. */
const runners = (atoms) =>
  site.present
    .filter((name) => name === 'covalence' || atoms <= PEERS_UP_TO)
    .flatMap((name) =>
      name === 'covalence'
        ? ['high', 'low'].map((quality) => ({ name, quality, title: `${NAMES[name]} ${quality}` }))
        : [{ name, title: NAMES[name] }],
    );

/** Ours in the higher quality over each peer, as one line. */
function ratios(rows, what, best = 'Covalence high') {
  const ours = rows.find(({ title }) => title === best);
  const parts = rows
    .filter(({ title }) => !title.startsWith('Covalence'))
    .map((row) => `${row.title} ${number(what(ours) / what(row))}`);
  return parts.length === 0 ? '  no peers at this size' : `  ${best} / ${parts.join(', ')}`;
}

async function updates(style, atoms) {
  const open = [];
  for (const runner of runners(atoms)) {
    try {
      const { page, opened } = await openPage(browser, site, runner.name, { ...runner, atoms, style, isDrawn: false });
      open.push({ ...runner, page, opened, ms: [], bare: [], counts: undefined, garbage: [] });
    } catch (error) {
      print(`  ${runner.title}: ${String(error).split('\n')[0].slice(0, 120)}`);
    }
  }
  const times = atoms >= 1_000_000 ? 10 : 30;
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const each of open) {
      await each.page.bringToFront();
      const update = (how) => each.page.evaluate((asked) => globalThis.bench.update(asked), { times, ...how });
      const { ms, counts } = await update({});
      const bare = await update({ isUploaded: false });
      // The first round is for compiling.
      if (round === 0) continue;
      each.ms.push(ms);
      each.bare.push(bare.ms);
      each.counts = counts;
    }
  const rows = open.map((each) => ({
    ...each,
    js: median(each.ms),
    bare: median(each.bare),
    bytes: each.counts.uploadBytes / atoms,
  }));
  for (const row of rows) {
    await row.page.bringToFront();
    row.memory = await row.page.evaluate(() => globalThis.bench.memory());
    if (style === 'spheres') {
      row.pick =
        row.name === 'three-dmol' ? undefined : await row.page.evaluate(() => globalThis.bench.pick({ times: 30 }));
      if (row.name !== 'ngl' && row.quality !== 'low')
        row.bonds = await row.page.evaluate(() => globalThis.bench.bonds());
    }
    await row.page.close();
    const watched = await openPage(browser, site, row.name, {
      ...row,
      page: undefined,
      atoms,
      style,
      isDrawn: false,
      isWatched: true,
    });
    row.garbage = await garbage(
      watched.page,
      atoms >= 100_000 && row.name !== 'covalence' ? 20 : 150,
      row.name === 'covalence' ? 300 : 10,
    );
    await watched.page.close();
  }
  print();
  print(`${style}, ${atoms} atoms (load ${load()})`);
  table(
    [
      '',
      'B/atom up',
      'draws',
      'JS ms/frame',
      'without upload',
      'garbage kB/frame',
      'of it buffers',
      'page MB',
      'JS to first picture ms',
    ],
    rows.map((row) => [
      row.title,
      row.bytes.toFixed(1),
      row.counts.draws.toFixed(0),
      number(row.js),
      number(row.bare),
      ((row.garbage.heap + row.garbage.buffers) / 1000).toFixed(1),
      (row.garbage.buffers / 1000).toFixed(1),
      (row.memory / 1e6).toFixed(1),
      number(row.opened.ms),
    ]),
  );
  print(`${ratios(rows, (row) => row.js)}  (JS; bars 0.25 of NGL and Mol*, 0.03 of 3Dmol at 100,000)`);
  const picked = rows.filter(({ pick }) => pick);
  if (picked.length > 0) {
    print(
      `  pick, processor's part: ${picked.map(({ title, pick }) => `${title} ${number(pick.ms)} ms, ${Number(pick.readBacks.toFixed(2))} read-backs`).join('; ')}`,
    );
    const bonded = rows.filter(({ bonds }) => bonds);
    print(
      `  bonds: ${bonded.map(({ title, bonds }) => `${title} ${number(bonds.ms)} ms, ${bonds.count} of ${bonds.truth}`).join('; ')}`,
    );
    print(`  bonds ${ratios(bonded, (row) => row.bonds.ms).trim()}`);
  }
}

async function wholeFrames(atoms) {
  const rows = [];
  for (const runner of runners(atoms)) {
    try {
      const { page, opened } = await openPage(browser, site, runner.name, { ...runner, atoms });
      await page.bringToFront();
      rows.push({ ...runner, page, first: opened.ms, frames: [], covered: await coverage(browser, page) });
    } catch (error) {
      print(`  ${runner.title}: ${String(error).split('\n')[0].slice(0, 120)}`);
    }
  }
  for (let round = 0; round < ROUNDS; round += 1)
    for (const row of rows) {
      await row.page.bringToFront();
      row.frames.push(await row.page.evaluate((times) => globalThis.bench.frame({ times }), atoms > 10_000 ? 2 : 5));
    }
  for (const { page } of rows) await page.close();
  print();
  print(`Whole frames drawn by the processor, spheres, ${atoms} atoms (load ${load()})`);
  table(
    ['', 'ms/frame', 'covered', 'first picture ms'],
    rows.map((row) => [row.title, number(median(row.frames)), row.covered.toFixed(2), number(row.first)]),
  );
  print(`${ratios(rows, (row) => median(row.frames), 'Covalence low')}  (bar 1 of 3Dmol)`);
}

try {
  // The first page of a browser waits for its drawing process.
  const { page: first } = await openPage(browser, site, 'covalence', { atoms: 300, quality: 'high' });
  await first.close();
  for (const atoms of PARTS.includes('updates') ? SIZES : []) {
    await updates('spheres', atoms);
    if (atoms <= PEERS_UP_TO) await updates('ball and stick', atoms);
  }
  for (const atoms of SIZES) if (PARTS.includes('frames') && atoms <= DRAWN_UP_TO) await wholeFrames(atoms);
  if (PARTS.includes('bytes')) {
    print();
    print('What a page loads at once, kB gzip -9');
    for (const [title, bytes] of bundleSizes(site.peers))
      print(`  ${title.padEnd(44)} ${(bytes / 1000).toFixed(1).padStart(7)}`);
  }
} finally {
  await browser.close();
  await site.close();
}
