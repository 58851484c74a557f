import type { Page } from 'playwright-core';
import { until } from './people.ts';

/** Index, and version, of the frame that somebody's viewer shows. */
export const shown = (page: Page) => page.evaluate(() => document.querySelector('co-viewer')?.frame?.index);
export const version = (page: Page) => page.evaluate(() => document.querySelector('co-viewer')?.frame?.version);

/** Where an atom is drawn. */
export const drawn = (page: Page, atom: number) =>
  page.evaluate(
    (at) => [...(document.querySelector('co-viewer')?.sceneFrame?.positions.slice(at * 3, at * 3 + 3) ?? [])],
    atom,
  );

export const distance = (a: number[], b: number[]): number => Math.hypot(...a.map((value, axis) => value - b[axis]));

/** Everything that can differ between two who look at one frame. */
const picture = (page: Page) =>
  page.evaluate(() => {
    const viewer = document.querySelector('co-viewer');
    return JSON.stringify([viewer?.frame?.version, viewer?.frame?.index, [...(viewer?.sceneFrame?.positions ?? [])]]);
  });

/** Until nothing is on its way: the last move is stored, and both draw the same version of the same frame. */
export async function inStep(one: Page, other: Page): Promise<void> {
  await until(async () => (await picture(one)) === (await picture(other))).toBe(true);
}

/** Until both show the frame where the playback of the first is: the picture may be behind its own slider. */
export async function together(leader: Page, other: Page): Promise<void> {
  await until(async () => {
    const at = await leader.evaluate(() => document.querySelector('co-viewer')?.activeRoom?.playback.frameIndex);
    return [await shown(leader), await shown(other)].every((index) => index === at);
  }).toBe(true);
}

/** Presses Alt and an arrow several times at once, as one burst however slow the machine is. */
export async function nudge(page: Page, key: string, times: number): Promise<void> {
  await page.evaluate(
    ([arrow, count]) => {
      const viewer = document.querySelector('co-viewer');
      for (let i = 0; i < count; i += 1)
        viewer?.handleKey(new KeyboardEvent('keydown', { key: arrow, altKey: true, cancelable: true }));
    },
    [key, times] as const,
  );
}
