import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRoom } from '../../src/room/open-room.ts';
import { FAULTS, type FaultProxy, startFaultProxy } from '../data/fault-proxy.ts';
import { launchChromium } from './chromium.ts';
import { type CovalenceProcess, startCovalence } from './covalence-process.ts';
import { hasPicture, until } from './people.ts';

const CODES = ['frame/corrupt', 'server/behind', 'server/unreachable', 'server/failed', 'protocol/version'];
/** Frames that nobody looked at yet, one for each fault. */
const FIRST = 20;

let covalence: CovalenceProcess;
let proxy: FaultProxy;
let browser: Browser;
let page: Page;

/** What the page shows, and which errors it told since the last look. */
async function look(): Promise<{ index: number | undefined; codes: string[]; notice: string }> {
  return page.evaluate(() => {
    const viewer = document.querySelector('co-viewer');
    const told = (globalThis as unknown as { told: string[] }).told.splice(0);
    const notice = viewer?.shadowRoot?.querySelector('[part=notice]')?.textContent?.trim() ?? '';
    return { index: viewer?.frame?.index, codes: told, notice };
  });
}
const seek = (index: number) =>
  page.evaluate((to) => document.querySelector('co-viewer')?.activeRoom?.playback.seek(to), index);

beforeAll(async () => {
  covalence = await startCovalence(['demo/data/droplets.xyz.gz']);
  proxy = await startFaultProxy(Number(new URL(covalence.url).port));
  browser = await launchChromium();
  page = await browser.newPage();
  await page.addInitScript(() => {
    const told: string[] = [];
    Object.assign(globalThis, { told });
    addEventListener('co-error', (event) => told.push(event.error.code));
  });
  await page.goto(proxy.url + new URL(covalence.url).pathname);
  await hasPicture(page);
});
afterAll(async () => {
  await browser?.close();
  await proxy?.close();
  await covalence?.close();
});

describe('a page behind a bad line', () => {
  it.each(FAULTS.filter((fault) => fault !== 'serves stale').map((fault, i) => [fault, FIRST + 10 * i] as const))(
    '[D147] %s: Chromium says so with a code and never draws it',
    async (fault, index) => {
      await look();
      proxy.fault = fault;
      proxy.where = 0.4 + index / 1000;
      await seek(index);
      let seen = await look();
      await until(async () => {
        const now = await look();
        seen = { ...now, codes: [...seen.codes, ...now.codes] };
        return seen.codes.length;
      }).toBeGreaterThan(0);
      for (const code of seen.codes) expect(CODES).toContain(code);
      expect(seen.index).not.toBe(index);
      expect(proxy.damaged).toBeGreaterThan(0);
      // The line is good again: the next look shows the frame.
      proxy.fault = undefined;
      await seek(0);
      await seek(index);
      await page.waitForFunction((at) => document.querySelector('co-viewer')?.frame?.index === at, index);
    },
  );

  it('[D147] serves stale: a frame older than what the control channel announced is not taken for the newest', async () => {
    await seek(5);
    await page.waitForFunction(() => document.querySelector('co-viewer')?.frame?.index === 5);
    await seek(0);
    await page.waitForFunction(() => document.querySelector('co-viewer')?.frame?.index === 0);
    proxy.fault = 'serves stale';
    await look();
    await using room = await openRoom(covalence.url);
    const { id } = await room.frames.read(0);
    await room.frames.edit(id, ({ positions }) => void (positions.data[0] += 1));
    let codes: string[] = [];
    await until(async () => {
      codes = [...codes, ...(await look()).codes];
      return codes;
    }).toContain('server/behind');
    proxy.fault = undefined;
    await seek(1);
    await seek(0);
    await page.waitForFunction(() => document.querySelector('co-viewer')?.frame?.version === 2);
  });
});
