import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { CHROMIUM } from './chromium.ts';
import { type CovalenceProcess, startCovalence } from './covalence-process.ts';
import { gatherPeople, hasPicture, type People, until } from './people.ts';
import { slowLine } from './slow-line.ts';

let covalence: CovalenceProcess;
let people: People;
let directory: string;
const FRAMES = 5_000;
/** Who keeps a hand still so long rests there, and sees everything of the frame. */
const REST_MS = 150;

/** Forty atoms in a wide row, and a little farther on in each frame. */
function row(): string {
  const frames: string[] = [];
  for (let frame = 0; frame < FRAMES; frame += 1) {
    const lines = Array.from({ length: 40 }, (_, i) => `Ar ${(i * 2).toFixed(2)} ${((i + frame) % 7).toFixed(2)} 0.00`);
    frames.push(`40\nProperties=species:S:1:pos:R:3 energy=${Math.sin(frame / 40).toFixed(4)}\n${lines.join('\n')}\n`);
  }
  return frames.join('');
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'covalence-hard-'));
  const file = join(directory, 'row.xyz');
  writeFileSync(file, row());
  covalence = await startCovalence([file]);
  people = await gatherPeople();
});
afterAll(async () => {
  await people?.close();
  await covalence?.close();
  rmSync(directory, { recursive: true, force: true });
});

interface FrameRequests {
  open: number;
  /** The most at a time, and which. */
  most: number;
  which: string[];
  asked: string[];
}

declare global {
  // oxlint-disable-next-line no-var -- the only way to declare a global value
  var frameRequests: FrameRequests;
}

/** Counts, in a page, the requests of frames that are neither answered to the end nor given up. */
function countRequests(): void {
  const counts: FrameRequests = (globalThis.frameRequests = { open: 0, most: 0, which: [], asked: [] });
  const now = new Set<string>();
  const real = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const { url } = new Request(input);
    if (!/\/frames[?/]/.test(url)) return real(input, init);
    counts.asked.push(url);
    counts.open += 1;
    now.add(url);
    // What is given up for it is given up in the same turn.
    setTimeout(() => {
      if (counts.open > counts.most) Object.assign(counts, { most: counts.open, which: [...now] });
    });
    let isOver = false;
    const over = (): void => {
      if (!isOver) counts.open -= 1;
      now.delete(url);
      isOver = true;
    };
    init?.signal?.addEventListener('abort', over);
    try {
      const answer = await real(input, init);
      if (answer.body === null) {
        over();
        return answer;
      }
      const body = answer.body.pipeThrough(new TransformStream<Uint8Array, Uint8Array>({ flush: over }));
      return new Response(body, { status: answer.status, headers: answer.headers });
    } catch (error) {
      over();
      throw error;
    }
  };
}

/** Somebody who is there until the test ends. */
async function person(name: string, options: BrowserContextOptions): Promise<BrowserContext> {
  const context = await people.person(name, options);
  onTestFinished(() => context.close());
  return context;
}

async function visit(name: string, url: string, options: BrowserContextOptions): Promise<Page> {
  const page = await (await person(name, options)).newPage();
  await page.goto(url);
  await hasPicture(page);
  return page;
}

/** What somebody's playback says. */
const playbackOf = (page: Page) =>
  page.evaluate(() => {
    const { playback } = document.querySelector('co-viewer')!.activeRoom!;
    const { frameIndex, isPlaying, isPresenting, following } = playback;
    return { frameIndex, isPlaying, isPresenting, following, presenter: playback.presenter?.user?.name };
  });
const shown = (page: Page) => page.evaluate(() => document.querySelector('co-viewer')?.frame?.index);
const count = (page: Page) =>
  page.evaluate(() => document.querySelector('co-viewer')!.activeRoom!.presence.peers.length);
const seek = (page: Page, index: number) =>
  page.evaluate((to) => document.querySelector('co-viewer')!.activeRoom!.playback.seek(to), index);
const isRead = (page: Page) =>
  until(() => page.evaluate(() => document.querySelector('co-viewer')?.activeRoom?.frames.count)).toBe(FRAMES);

describe('watching together when things go wrong', () => {
  it('[P69] the browser of whoever presents is killed: the others move at once, and the room stays where it was', async () => {
    const doomed = await chromium.launchServer(CHROMIUM);
    onTestFinished(() => doomed.kill());
    const far = await chromium.connect(doomed.wsEndpoint());
    const ada = await (
      await far.newContext({ viewport: { width: 700, height: 500 }, reducedMotion: 'reduce' })
    ).newPage();
    await ada.goto(covalence.url);
    await hasPicture(ada);
    const bob = await visit('Bob', covalence.url, { viewport: { width: 700, height: 500 } });
    const eve = await visit('Eve', covalence.url, { viewport: { width: 700, height: 500 } });
    await isRead(ada);
    await until(() => count(eve)).toBe(3);
    await ada.evaluate(() => document.querySelector('co-viewer')!.activeRoom!.playback.present());
    await seek(ada, 1234);
    await until(() => shown(bob)).toBe(1234);
    await until(() => shown(eve)).toBe(1234);
    process.kill(doomed.process().pid ?? 0, 'SIGKILL');
    // Nobody waits for the dead to run out: Bob looks around, or leads where the news of the death was faster.
    const [isLed, ...at] = await bob.evaluate(() => {
      const { playback } = document.querySelector('co-viewer')!.activeRoom!;
      const before = playback.presenter;
      playback.seek(77);
      return [before !== undefined, playback.frameIndex, playback.following];
    });
    const [place, following] = isLed ? [1234, 'nobody'] : [77, 'room'];
    expect(at).toEqual([77, following]);
    await until(() => shown(bob)).toBe(77);
    await until(() => count(eve)).toBe(2);
    await until(() => shown(eve)).toBe(place);
    await until(async () => (await playbackOf(eve)).presenter).toBe(undefined);
    expect((await playbackOf(eve)).frameIndex).toBe(place);
    await bob.evaluate(() => document.querySelector('co-viewer')!.activeRoom!.playback.follow('room'));
    await until(() => shown(bob)).toBe(place);
    const late = await visit('Dan', covalence.url, { viewport: { width: 400, height: 400 } });
    await until(() => shown(late)).toBe(place);
    await seek(bob, 500);
    await until(() => shown(eve)).toBe(500);
  });

  it('[P70] two hands hold the slider at once: neither is pulled along, and at rest both show the same', async () => {
    const ada = await visit('Ada', covalence.url, { viewport: { width: 800, height: 500 } });
    const bob = await visit('Bob', covalence.url, { viewport: { width: 800, height: 500 } });
    await isRead(ada);
    await isRead(bob);
    await until(() => count(ada)).toBe(2);
    const hand = async (page: Page, from: number) => {
      const box = (await page.locator('co-timeline input[type=range]').boundingBox())!;
      const y = box.y + box.height / 2;
      const x = (part: number) => box.x + 6 + part * (box.width - 12);
      await page.mouse.move(x(from), y);
      await page.mouse.down();
      return async (part: number) => {
        await page.mouse.move(x(part), y);
        const wanted = Math.round(part * (FRAMES - 1));
        expect(Math.abs((await playbackOf(page)).frameIndex - wanted), `at ${part}`).toBeLessThan(FRAMES / 100);
      };
    };
    const adas = await hand(ada, 0.1);
    const bobs = await hand(bob, 0.9);
    for (let step = 1; step <= 10; step += 1) {
      await adas(0.1 + step * 0.02);
      await bobs(0.9 - step * 0.02);
    }
    await ada.mouse.up();
    await bob.mouse.up();
    await until(async () => (await playbackOf(ada)).frameIndex === (await playbackOf(bob)).frameIndex).toBe(true);
    await until(async () => (await shown(ada)) === (await shown(bob))).toBe(true);
    await until(async () => (await playbackOf(ada)).presenter).toBe(undefined);
    expect((await playbackOf(ada)).frameIndex).toBe((await playbackOf(bob)).frameIndex);
  });

  it('[P71] over a line of 300 ms a follower sees what the other scrubs to, with at most 3 requests of frames at a time, and none of a lock', async () => {
    const line = await slowLine(Number(new URL(covalence.url).port), 150);
    onTestFinished(() => line.close());
    const ada = await visit('Ada', covalence.url, { viewport: { width: 700, height: 500 } });
    const bob = await (await person('Bob', { viewport: { width: 1000, height: 700 } })).newPage();
    await bob.addInitScript(countRequests);
    const requests = () => bob.evaluate(() => globalThis.frameRequests);
    await bob.goto(line.at(covalence.url));
    await hasPicture(bob);
    await isRead(bob);
    await until(() => count(ada)).toBe(2);
    await bob.evaluate(() => Object.assign(globalThis.frameRequests, { most: 0, asked: [] }));
    const start = performance.now();
    await ada.evaluate(async () => {
      const { playback } = document.querySelector('co-viewer')!.activeRoom!;
      for (let move = 1; move <= 60; move += 1) {
        playback.seek((move * 613) % 5_000);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    });
    const end = (60 * 613) % 5_000;
    expect((await playbackOf(ada)).frameIndex).toBe(end);
    await until(() => shown(bob)).toBe(end);
    const { most, which, asked } = await requests();
    expect(most).toBeGreaterThan(0);
    expect(most, which.join('\n')).toBeLessThanOrEqual(3);
    // However slowly a busy machine scrubs: the picture of a place is asked for once, facts where the hand rested.
    const places = asked.map((url) => new URL(url).searchParams);
    const [pictures, facts] = [true, false].map((isPicture) =>
      places.filter((place) => place.has('data') === isPicture).map((place) => place.get('index')),
    );
    expect(pictures).toEqual([...new Set(pictures)]);
    expect(pictures).toContain(`${end}:${end + 1}`);
    expect(facts.length).toBeLessThanOrEqual(1 + (performance.now() - start) / REST_MS);
    expect(asked.filter((url) => url.includes('presenter'))).toEqual([]);
    await until(async () => (await requests()).open).toBe(0);
  });

  it('[P59] a phone that follows a wide window sees every atom that is seen there', async () => {
    const ada = await visit('Ada', covalence.url, { viewport: { width: 1400, height: 700 } });
    const phone = await visit('Bob', covalence.url, { viewport: { width: 390, height: 780 }, isMobile: true });
    await isRead(ada);
    await until(() => count(ada)).toBe(2);
    await ada.evaluate(() => {
      const viewer = document.querySelector('co-viewer')!;
      viewer.fit();
      viewer.activeRoom!.playback.present();
    });
    const visible = (page: Page) =>
      page.evaluate(() => {
        const viewer = document.querySelector('co-viewer')!;
        const atoms = Array.from({ length: 40 }, (_, atom) => atom);
        return atoms.filter((atom) => viewer.project(atom) !== undefined).length;
      });
    await until(async () => (await playbackOf(phone)).presenter).toBe('Ada');
    await until(() => visible(ada)).toBe(40);
    await until(() => visible(phone)).toBe(40);
    // Nearer: what Ada loses from sight is not kept for the phone, which shows about what she sees.
    await ada.evaluate(() => document.querySelector('co-viewer')!.scene!.zoom(0.25));
    const few = await visible(ada);
    expect(few).toBeLessThan(40);
    await until(() => visible(phone)).toBeLessThan(40);
    await until(() => visible(phone)).toBeGreaterThanOrEqual(few);
  });

  it('[P69] no page complained', () => {
    expect(people.complaints).toEqual([]);
  });
});
