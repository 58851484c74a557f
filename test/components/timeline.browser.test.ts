import type { CoRoom, CoTimeline } from 'covalence/components';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openPages, type PageOptions } from './pages.ts';

const pages = openPages();

const complaints: string[] = [];

/** A page with viewer, timeline and plot of a room of so many frames. */
async function pageOf(count: number, options: PageOptions = {}): Promise<Page> {
  const page = await pages.blank(options);
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  await page.evaluate(async (frames) => {
    await fixture.define();
    document.body.innerHTML =
      '<co-room><co-viewer style="height: 200px"></co-viewer><co-timeline></co-timeline><co-plot></co-plot></co-room>';
    const element = document.querySelector('co-room') as CoRoom;
    element.room = await fixture.longRoom(frames);
    await element.updateComplete;
    await (document.querySelector('co-timeline') as CoTimeline).updateComplete;
  }, count);
  return page;
}

const slider = (page: Page) => page.locator('co-timeline input[type=range]');
const state = (page: Page) =>
  page.evaluate(() => {
    const { playback } = document.querySelector<CoTimeline>('co-timeline')!.activeRoom!;
    return { index: playback.frameIndex, isPlaying: playback.isPlaying };
  });
/** The curve as it is drawn. */
const curve = (page: Page) =>
  page.evaluate(() => {
    const canvas = document.querySelector('co-timeline')!.shadowRoot!.querySelector('canvas')!;
    return { width: canvas.width, picture: canvas.toDataURL() };
  });
/** When the first sizes have been taken: two pictures of the page later. */
const settled = (page: Page) =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
const index = async (page: Page): Promise<number> => (await state(page)).index;

describe('the timeline by keyboard', () => {
  it.each([
    [20, 2],
    [1_000_000, 100_000],
  ])('[P66] arrows, page, home, end and the step keys move among %i frames, space plays', async (count, page10) => {
    const page = await pageOf(count);
    await slider(page).focus();
    const presses: readonly (readonly [key: string, at: number])[] = [
      ['ArrowRight', 1],
      ['ArrowUp', 2],
      ['ArrowLeft', 1],
      ['ArrowDown', 0],
      ['ArrowLeft', 0],
      ['PageUp', page10],
      ['.', page10 + 1],
      [',', page10],
      ['PageDown', 0],
      ['End', count - 1],
      ['ArrowRight', count - 1],
      ['.', count - 1],
      ['ArrowLeft', count - 2],
      ['Home', 0],
    ];
    for (const [key, at] of presses) {
      await page.keyboard.press(key);
      expect(await index(page), key).toBe(at);
    }
    expect(await slider(page).getAttribute('aria-valuetext')).toMatch(new RegExp(`^Frame 0 of ${count}, energy `));
    await page.keyboard.press('Space');
    await expect.poll(async () => (await state(page)).isPlaying).toBe(true);
    await expect.poll(() => index(page)).toBeGreaterThan(0);
    await page.keyboard.press('Space');
    expect((await state(page)).isPlaying).toBe(false);
    await page.context().close();
  });

  it('[P66] it is a slider with a name, a value and words for it', async () => {
    const page = await pageOf(20);
    await slider(page).fill('7');
    const session = await page.context().newCDPSession(page);
    const { nodes } = (await session.send('Accessibility.getFullAXTree')) as {
      nodes: { role?: { value: string }; name?: { value: string }; value?: { value: unknown } }[];
    };
    const found = nodes.filter(({ role }) => role?.value === 'slider');
    expect(found.map(({ name }) => name?.value)).toEqual(['Frame']);
    expect(found[0].value?.value).toBe(7);
    expect(await slider(page).getAttribute('aria-valuetext')).toMatch(/^Frame 7 of 20, energy 0\.007$/);
    await page.context().close();
  });
});

describe('the timeline by hand', () => {
  it('[P67] a finger taps and drags it, among 10^6 frames too', async () => {
    const page = await pageOf(1_000_000, { hasTouch: true, viewport: { width: 390, height: 700 }, isMobile: true });
    const box = (await slider(page).boundingBox())!;
    const at = (part: number) => ({ x: box.x + 6 + part * (box.width - 12), y: box.y + box.height / 2 });
    await page.touchscreen.tap(at(0.5).x, at(0.5).y);
    await expect.poll(() => index(page)).toBeGreaterThan(480_000);
    expect(await index(page)).toBeLessThan(520_000);
    const session = await page.context().newCDPSession(page);
    const touch = (type: string, part?: number) =>
      session.send('Input.dispatchTouchEvent', {
        type: type as 'touchStart',
        touchPoints: part === undefined ? [] : [at(part)],
      });
    await touch('touchStart', 0.5);
    for (let step = 1; step <= 10; step += 1) await touch('touchMove', 0.5 + step * 0.03);
    await touch('touchEnd');
    await expect.poll(() => index(page)).toBeGreaterThan(770_000);
    expect(await index(page)).toBeLessThan(830_000);
    // The page itself did not move: the finger is the slider's.
    expect(await page.evaluate(() => scrollY)).toBe(0);
    await page.context().close();
  });

  it('[P67] a frame more costs as much as any among 10^6: no work grows with their number', async () => {
    const page = await pageOf(1_000_000);
    const taken = await page.evaluate(async () => {
      const timeline = document.querySelector<CoTimeline>('co-timeline')!;
      const { playback } = timeline.activeRoom!;
      let reads = 0;
      const doubles = Float64Array.prototype;
      const original = doubles.fill;
      // The curve is squeezed into columns once; drawing it again would allocate them again.
      doubles.fill = function counted(...given) {
        reads += 1;
        return original.apply(this, given);
      };
      for (let i = 0; i < 50; i += 1) {
        playback.seek(i * 19_999);
        await timeline.updateComplete;
      }
      doubles.fill = original;
      return reads;
    });
    expect(taken).toBe(0);
    await page.context().close();
  });

  it('[P84] frames that are played lay out nothing; another width or theme is drawn', async () => {
    const page = await pageOf(500);
    await settled(page);
    const questions = await page.evaluate(async () => {
      const timeline = document.querySelector<CoTimeline>('co-timeline')!;
      const isCanvas = (node: unknown): boolean =>
        node instanceof HTMLCanvasElement && node.getRootNode() === timeline.shadowRoot;
      const { get } = Object.getOwnPropertyDescriptor(Element.prototype, 'clientWidth')!;
      const style = window.getComputedStyle;
      let asked = 0;
      Object.defineProperty(Element.prototype, 'clientWidth', {
        configurable: true,
        get(this: Element) {
          asked += Number(isCanvas(this));
          return get!.call(this) as number;
        },
      });
      window.getComputedStyle = (element, pseudo) => {
        asked += Number(isCanvas(element));
        return style.call(window, element, pseudo);
      };
      for (let i = 1; i <= 50; i += 1) {
        timeline.activeRoom!.playback.seek(i * 7);
        await timeline.updateComplete;
      }
      window.getComputedStyle = style;
      Object.defineProperty(Element.prototype, 'clientWidth', { configurable: true, get });
      return asked;
    });
    expect(questions).toBe(0);
    const before = await curve(page);
    await page.setViewportSize({ width: 500, height: 600 });
    await expect.poll(async () => (await curve(page)).width).toBeLessThan(before.width);
    const narrow = await curve(page);
    await page.evaluate(() => document.body.style.setProperty('--co-curve', 'rgb(200, 0, 0)'));
    await expect.poll(async () => (await curve(page)).picture).not.toBe(narrow.picture);
    await page.context().close();
  });
});

describe('few frames', () => {
  it.each([0, 1])('[P68] a trajectory of %i frames has a timeline that says so and goes nowhere', async (count) => {
    const page = await pageOf(count);
    expect(await slider(page).isDisabled()).toBe(true);
    expect(await page.locator('co-timeline [part=where]').innerText()).toBe(count === 0 ? 'No frames' : '1 frame');
    for (const name of ['Play', 'One frame on', 'One frame back']) {
      const button = page.locator(`co-timeline button[aria-label="${name}"]`);
      expect(await button.isDisabled(), name).toBe(true);
      expect(await button.isVisible(), name).toBe(count === 0);
    }
    await page.evaluate(() => {
      const { playback } = document.querySelector<CoTimeline>('co-timeline')!.activeRoom!;
      playback.play();
      playback.seek(5);
      playback.setFrames({ first: 3, last: 9 });
      playback.setLoop('bounce');
      playback.play();
      playback.pause();
    });
    expect(await state(page)).toEqual({ index: 0, isPlaying: false });
    const more = page.locator('co-timeline button[aria-label="Playing and bookmarks"]');
    expect(await more.isVisible()).toBe(count === 0);
    if (count === 0) await more.click();
    await page.keyboard.press('Escape');
    expect(await page.locator('co-timeline').evaluate((timeline) => timeline.shadowRoot!.innerHTML)).not.toContain(
      'NaN',
    );
    await page.context().close();
  });

  it('[P74] panels say that a room is being opened, and that there is nothing once that is known', async () => {
    const page = await pages.blank();
    const words = await page.evaluate(async () => {
      await fixture.define();
      document.body.innerHTML = '<co-room><co-inspector></co-inspector><co-plot></co-plot></co-room>';
      const element = document.querySelector('co-room') as CoRoom;
      const read = async (): Promise<string[]> => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        return ['co-inspector', 'co-plot'].map((name) =>
          (document.querySelector(name)!.shadowRoot!.textContent ?? '').trim(),
        );
      };
      const nothing = await read();
      const room = await fixture.longRoom(0);
      const { scalars } = room.frames;
      let answer: () => void = () => undefined;
      room.frames.scalars = async (...given) => {
        await new Promise<void>((resolve) => (answer = resolve));
        return scalars(...given);
      };
      element.room = room;
      const opening = await read();
      answer();
      return { nothing, opening, empty: await read() };
    });
    expect(words).toEqual({
      nothing: ['No frame is shown.', 'There are no frames to plot.'],
      opening: ['No frame is shown.', 'Opening…'],
      empty: ['No frame is shown.', 'There are no frames to plot.'],
    });
    await page.context().close();
  });

  it('[P68] frames of other numbers of atoms, none included, play one after another', async () => {
    const page = await pageOf(1);
    const shown = await page.evaluate(async () => {
      localStorage.setItem('covalence.smooth', 'on');
      const sizes = [3, 0, 7, 7, 1, 0, 40_000, 2];
      const element = document.querySelector('co-room') as CoRoom;
      element.room = await fixture.longRoom(sizes.length, (at) => sizes[at]);
      await element.updateComplete;
      const viewer = document.querySelector('co-viewer')!;
      await fixture.shown(viewer);
      const seen = new Map<number, number>();
      viewer.addEventListener('co-frame-shown', ({ frame }) => {
        const { positions } = frame.data;
        seen.set(frame.index, typeof positions === 'object' ? positions.shape[0] : -1);
      });
      const { playback } = viewer.activeRoom!;
      playback.setFramesPerSecond(10);
      playback.play();
      const startMs = performance.now();
      while (seen.size < sizes.length && performance.now() - startMs < 60_000)
        await new Promise((resolve) => setTimeout(resolve, 50));
      playback.pause();
      return [...seen].toSorted(([a], [b]) => a - b);
    });
    expect(shown).toEqual([
      [0, 3],
      [1, 0],
      [2, 7],
      [3, 7],
      [4, 1],
      [5, 0],
      [6, 40_000],
      [7, 2],
    ]);
    await page.context().close();
  });

  it('[P68] no page complained', () => {
    expect(complaints).toEqual([]);
  });
});
