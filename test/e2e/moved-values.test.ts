import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inStep, nudge, version } from './frames.ts';
import { meet, type Meeting } from './meeting.ts';
import { until } from './people.ts';
import { picture } from './pictures.ts';

let meeting: Meeting;
let ada: Page;
let bob: Page;

/** Two frames of a water with what a calculation found for them. */
const WATER = [0, 1]
  .map(
    (frame) => `3
Lattice="12 0 0 0 12 0 0 0 12" Properties=species:S:1:pos:R:3:forces:R:3:charges:R:1:REF_forces:R:3 energy=-14.${frame} REF_energy=-76.4 kinetic_energy=0.5 stress="1 0 0 0 1 0 0 0 1" pbc="T T T"
O 5 5 ${5 + frame} 0.1 0 0 -0.8 0.2 0 0
H 6 5 5 -0.1 0 0 0.4 0 0 0
H 5 6 5 0 0.2 0 0.4 0 0 0.3
`,
  )
  .join('');

const GONE = ['arrays.REF_forces', 'energy', 'forces', 'info.REF_energy', 'stress'];

/** Everything that the first frame holds, as hashes. */
async function hashes(): Promise<Record<string, string>> {
  const answer = await fetch(`${meeting.covalence.base}/v1/rooms/water/frames/f0`, {
    headers: { Accept: 'application/json' },
  });
  return ((await answer.json()) as { hashes: Record<string, string> }).hashes;
}
const panel = (page: Page) => page.locator('co-inspector dl').innerText();

beforeAll(async () => {
  meeting = await meet({ name: 'water.xyz', text: WATER });
  ({ ada, bob } = meeting);
});
afterAll(() => meeting?.close());

describe('what was calculated for the places atoms had', () => {
  it('[C441] goes with the commit that moves them, which says so; everybody and the export see it; undo brings identical bytes', async () => {
    const before = await hashes();
    expect(Object.keys(before)).toEqual(expect.arrayContaining(GONE));
    await until(() => panel(bob)).toContain('\u221214');
    await ada.waitForFunction(() => document.querySelector('co-viewer')?.hand.tools.loaded !== undefined);
    await ada.evaluate(() => {
      const viewer = document.querySelector('co-viewer')!;
      viewer.hand.select([0, 1], 'replace');
      viewer.shadowRoot!.querySelector<HTMLElement>('.stage')!.focus();
    });
    await ada.keyboard.press('g');
    await nudge(ada, 'ArrowRight', 3);
    const says =
      /^Moved 2 atoms by 0\.300 Å; .*energy.*forces.* no longer hold and were left out\. Undo brings them back\.$/;
    await until(() => ada.locator('co-viewer [role=status]').innerText()).toMatch(says);
    await until(() => ada.locator('co-viewer [part=mode] .note').innerText()).toMatch(says);
    await until(() => panel(ada)).not.toContain('Energy');
    await until(() => panel(bob)).not.toMatch(/^Energy/m);
    await until(() => panel(bob)).toMatch(/kinetic energy/i);
    await until(() => panel(bob)).not.toContain('Largest force');
    await picture(ada, 'moved-values');
    const after = await hashes();
    expect(Object.keys(before).filter((key) => !(key in after))).toEqual(expect.arrayContaining(GONE));
    expect(Object.keys(after)).toHaveLength(Object.keys(before).length - GONE.length);
    expect(after['charges']).toBe(before['charges']);
    const file = await (await fetch(`${meeting.covalence.base}/v1/rooms/water/export?format=extxyz`)).text();
    const comments = file.split('\n').filter((line) => line.includes('Lattice'));
    expect(comments[0]).toContain('kinetic_energy=0.5');
    expect(comments[0]).not.toMatch(/[ _]energy=-|forces|stress/);
    expect(comments[1]).toContain('energy=-14.1');
    // Moved again there is nothing left to leave out, and nothing is said of it.
    await ada.keyboard.press('Alt+ArrowUp');
    await until(() => version(ada)).toBe(3);
    await inStep(ada, bob);
    await until(() => ada.locator('co-viewer [part=mode] .note').count()).toBe(0);
    await ada.keyboard.press('Control+z');
    await until(() => version(ada)).toBe(4);
    await inStep(ada, bob);
    await ada.keyboard.press('Control+z');
    await until(hashes).toEqual(before);
    await until(() => panel(bob)).toMatch(/^Energy/m);
    await until(() => panel(bob)).toContain('Largest force');
  });

  it('[C441] stays when a program writes positions: its values are its own', async () => {
    const before = await hashes();
    const change = await bob.evaluate(async () => {
      const room = document.querySelector('co-viewer')!.activeRoom!;
      const frame = await room.frames.read(1);
      await room.frames.edit(frame, ({ positions }) => void (positions.data[0] += 1));
      return [Object.keys(frame.data), Object.keys((await room.frames.read(1)).data)];
    });
    expect(change[1].sort()).toEqual(change[0].sort());
    expect(await hashes()).toEqual(before);
    expect(meeting.people.complaints).toEqual([]);
  });
});
