import type { CoViewer } from 'covalence/components';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openPages } from './pages.ts';

const pages = openPages();

/** Where an atom is in the page. */
async function placeOf(page: Page, atom: number): Promise<{ x: number; y: number }> {
  return page.locator('co-viewer').evaluate((element, atom) => {
    const box = element.getBoundingClientRect();
    const at = (element as CoViewer).project(atom)!;
    return { x: box.left + at.x, y: box.top + at.y };
  }, atom);
}

async function clickAtom(page: Page, atom: number): Promise<void> {
  const { x, y } = await placeOf(page, atom);
  await page.mouse.click(x, y);
}

/** The shared records, without their keys. */
async function records(page: Page): Promise<{ selections: object[]; visualisers: object[] }> {
  return page.locator('co-viewer').evaluate((element) => {
    const room = (element as CoViewer).activeRoom!;
    return {
      selections: Object.values(room.selections.snapshot()),
      visualisers: Object.values(room.visualisers.snapshot()),
    };
  });
}

/** Colour in the middle of an atom, as drawn. */
async function colorAt(page: Page, atom: number): Promise<number[]> {
  return page.locator('co-viewer').evaluate(async (element, atom) => {
    const viewer = element as CoViewer;
    const { clientWidth: width, clientHeight: height } = viewer;
    const bitmap = await createImageBitmap(await viewer.toBlob({ width, height }));
    const context = new OffscreenCanvas(width, height).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    const at = viewer.project(atom)!;
    return [...context.getImageData(Math.round(at.x), Math.round(at.y), 1, 1).data];
  }, atom);
}

describe('the page of a room', () => {
  it('[C66] clicks, shift and a rectangle select; renaming, colouring, hiding and deleting change record and picture', async () => {
    const page = await pages.room();
    await clickAtom(page, 1);
    expect((await records(page)).selections).toMatchObject([{ particle_ids: [1], display_name: 'Ada' }]);
    await page.keyboard.down('Shift');
    await clickAtom(page, 2);
    await page.keyboard.up('Shift');
    expect((await records(page)).selections).toMatchObject([{ particle_ids: [1, 2] }]);
    await expect.poll(() => page.locator('co-viewer .measurement').innerText()).toContain('4.0');

    const [low, high] = [await placeOf(page, 0), await placeOf(page, 3)];
    await page.keyboard.down('Shift');
    await page.mouse.move(Math.min(low.x, high.x) - 12, Math.min(low.y, high.y) - 12);
    await page.mouse.down();
    await page.mouse.move(Math.max(low.x, high.x) + 12, Math.max(low.y, high.y) + 12, { steps: 3 });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    expect((await records(page)).selections).toMatchObject([{ particle_ids: [0, 1, 2, 3] }]);

    const row = page.locator('co-selections li');
    await row.locator('.name').dblclick();
    await page.keyboard.type('All of it');
    await page.keyboard.press('Enter');
    expect((await records(page)).selections).toMatchObject([{ display_name: 'All of it' }]);

    const before = await colorAt(page, 0);
    await row.locator('.color').click();
    await page.locator('co-selections').getByRole('radio', { name: 'fern' }).click();
    expect((await records(page)).visualisers).toMatchObject([{ color: '#5c9a2f' }]);
    const painted = await colorAt(page, 0);
    expect(painted[1]).toBeGreaterThan(painted[0]);
    expect(painted).not.toEqual(before);

    await row.hover();
    await row.getByTitle('Hide atoms').click();
    expect((await records(page)).visualisers).toMatchObject([{ hide: true }]);
    const hidden = await colorAt(page, 0);
    expect(Math.max(...hidden.slice(0, 3)) - Math.min(...hidden.slice(0, 3))).toBeLessThan(12);

    await row.hover();
    await row.getByTitle('Delete').click();
    expect(await records(page)).toEqual({ selections: [], visualisers: [] });
    expect(await page.locator('co-viewer').evaluate((viewer) => (viewer as CoViewer).activeRoom!.undo())).toBe(true);
    expect((await records(page)).selections).toMatchObject([{ display_name: 'All of it' }]);
    await page.context().close();
  });

  it('[C66] pointing at an atom shows what is known about it', async () => {
    const page = await pages.room();
    const { x, y } = await placeOf(page, 2);
    await page.mouse.move(x, y);
    await expect.poll(() => page.locator('co-viewer .tooltip').allInnerTexts()).toHaveLength(1);
    const text = await page.locator('co-viewer .tooltip').innerText();
    expect(text).toContain('Nitrogen');
    await expect.poll(() => page.locator('co-viewer .tooltip').innerText()).toContain('|forces|');
    await page.context().close();
  });

  it('[C62] the keyboard alone plays, steps, selects, measures and asks for help', async () => {
    const page = await pages.room();
    const index = (): Promise<number> =>
      page.locator('co-viewer').evaluate((viewer) => (viewer as CoViewer).activeRoom!.playback.frameIndex);
    await page.keyboard.press('End');
    expect(await index()).toBe(19);
    await page.keyboard.press(',');
    expect(await index()).toBe(18);
    await page.keyboard.press(' ');
    await expect.poll(index).toBeLessThan(18);
    await page.keyboard.press(' ');
    await page.keyboard.press(']');
    await page.keyboard.press(']');
    await page.keyboard.press('Enter');
    expect((await records(page)).selections).toMatchObject([{ particle_ids: [1] }]);
    await page.keyboard.press('m');
    await page.keyboard.press('Enter');
    await page.keyboard.press(']');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('co-viewer .measurement').count()).toBe(1);
    await page.keyboard.press('?');
    await expect.poll(() => page.getByRole('dialog', { name: 'Keys and gestures' }).count()).toBe(1);
    for (let presses = 0; presses < 4; presses++) await page.keyboard.press('Escape');
    expect((await records(page)).selections).toEqual([]);
    await page.context().close();
  });

  it('[C61] where the clipboard is withheld, as on plain http, the link is copied all the same', async () => {
    const page = await pages.room({
      before: () => Object.defineProperty(navigator, 'clipboard', { value: undefined }),
    });
    // A room of this browser alone has no link; this one is made to look shared.
    await page.evaluate(() => {
      const app = document.querySelector('app-room') as HTMLElement & { room: object };
      const { room } = app;
      const shared = (target: object, name: string | symbol): unknown => {
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      };
      app.room = new Proxy(room, {
        get: (target, name) => (name === 'url' ? 'http://host/r/square' : shared(target, name)),
      });
    });
    await page.getByRole('button', { name: 'Copy link' }).click();
    await expect.poll(() => page.locator('.notices').innerText()).toContain('Link copied');
    const link = page.url();
    await page.evaluate(() => {
      document.body.innerHTML = '<input id="paste" />';
      document.querySelector<HTMLInputElement>('#paste')!.focus();
    });
    await page.keyboard.press('Control+V');
    const pasted = await page.locator('#paste').inputValue();
    expect(pasted).toBe(link);
    expect(pasted).toMatch(/#frame=0&camera=[-\d.,e]+v\d+$/);
    await page.context().close();
  });

  it('[C70] dragging turns, a right drag and two fingers move, wheel and pinch come closer', async () => {
    const page = await pages.room();
    const box = (await page.locator('co-viewer').boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + 40];
    const camera = (): Promise<{ position: number[]; target: number[]; distance: number }> =>
      page.locator('co-viewer').evaluate((viewer) => {
        const { position, target } = (viewer as CoViewer).camera!;
        return { position, target, distance: Math.hypot(...position.map((value, axis) => value - target[axis])) };
      });
    const drag = async (button: 'left' | 'right'): Promise<void> => {
      await page.mouse.move(x, y);
      await page.mouse.down({ button });
      await page.mouse.move(x + 60, y + 20, { steps: 3 });
      await page.mouse.up({ button });
    };
    const start = await camera();
    await drag('left');
    const turned = await camera();
    expect(turned.position).not.toEqual(start.position);
    expect(turned.distance).toBeCloseTo(start.distance, 3);
    turned.target.forEach((value, axis) => expect(value).toBeCloseTo(start.target[axis], 3));
    await drag('right');
    const moved = await camera();
    expect(moved.target).not.toEqual(turned.target);
    await page.mouse.wheel(0, -200);
    await expect.poll(async () => (await camera()).distance).toBeLessThan(moved.distance * 0.9);

    const before = await camera();
    await page.locator('co-viewer').evaluate((viewer) => {
      const stage = viewer.shadowRoot!.querySelector('.stage')!;
      const { left, top } = stage.getBoundingClientRect();
      const touch = (type: string, pointerId: number, px: number, py: number): void => {
        const at = { clientX: left + px, clientY: top + py };
        stage.dispatchEvent(new PointerEvent(type, { pointerId, pointerType: 'touch', bubbles: true, ...at }));
      };
      touch('pointerdown', 11, 100, 100);
      touch('pointerdown', 12, 200, 100);
      touch('pointermove', 11, 50, 100);
      touch('pointermove', 12, 250, 100);
      touch('pointerup', 11, 50, 100);
      touch('pointerup', 12, 250, 100);
    });
    expect((await camera()).distance).toBeCloseTo(before.distance / 2, 1);
    expect((await records(page)).selections).toEqual([]);
    await page.context().close();
  });

  it('[C65] where storage is refused, a person still has a friendly name and can change it', async () => {
    const page = await pages.blank({
      before: () => {
        Object.defineProperty(globalThis, 'localStorage', {
          get: () => {
            throw new DOMException('refused', 'SecurityError');
          },
        });
      },
    });
    const names = await page.evaluate(async () => {
      await fixture.define();
      document.body.innerHTML = '<co-room><co-people></co-people></co-room>';
      const element = document.querySelector('co-room')!;
      const room = await fixture.room(false);
      element.room = room;
      await element.updateComplete;
      const names = [room.presence.self.user?.name];
      const people = document.querySelector('co-people')!;
      await people.updateComplete;
      const input = people.shadowRoot!.querySelector('input')!;
      input.value = 'Grace';
      input.dispatchEvent(new Event('change'));
      names.push(room.presence.self.user?.name);
      return names;
    });
    expect(names[0]).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
    expect(names[1]).toBe('Grace');
    await page.context().close();
  });

  it.each([
    ['320 pixels wide, dark', { viewport: { width: 320, height: 560 }, colorScheme: 'dark' }],
    ['a phone held sideways', { viewport: { width: 720, height: 360 }, colorScheme: 'light' }],
    ['a desk', { viewport: { width: 1280, height: 800 }, colorScheme: 'light' }],
    ['4k, dark', { viewport: { width: 3840, height: 2160 }, colorScheme: 'dark' }],
  ] as const)('[C69] %s: nothing overlaps or is cut off, and every control has a name', async (_name, options) => {
    const page = await pages.room(options);
    const faults = await page.evaluate(() => {
      const faults: string[] = [];
      const { scrollWidth, scrollHeight } = document.documentElement;
      if (scrollWidth > innerWidth || scrollHeight > innerHeight)
        faults.push(`page scrolls: ${scrollWidth}x${scrollHeight}`);
      const controls: Element[] = [];
      const visit = (root: ParentNode): void => {
        for (const element of root.querySelectorAll('*')) {
          if (element.matches('button, input, select, a[href], [role="application"]')) controls.push(element);
          if (element.shadowRoot !== null) visit(element.shadowRoot);
        }
      };
      visit(document);
      for (const control of controls) {
        const label = control.getAttribute('aria-label') ?? control.textContent?.trim() ?? '';
        if (label === '' && control.closest('label') === null)
          faults.push(`no name: ${control.outerHTML.slice(0, 80)}`);
        const box = control.getBoundingClientRect();
        if (box.width === 0 || !control.checkVisibility()) continue;
        if (control.closest('aside') !== null || control.getRootNode() !== document) continue;
        if (box.right > innerWidth + 0.5 || box.left < -0.5) faults.push(`cut off: ${label}`);
      }
      const bar = [...document.querySelectorAll('.bar > *')].filter(
        (element) => element.getBoundingClientRect().width > 0,
      );
      for (const [index, element] of bar.entries()) {
        const next = bar[index + 1];
        if (next !== undefined && element.getBoundingClientRect().right > next.getBoundingClientRect().left + 0.5) {
          faults.push(`overlap: ${element.localName} and ${next.localName}`);
        }
      }
      const view = document.querySelector('co-viewer')!.getBoundingClientRect();
      if (view.width < 200 || view.height < 120) faults.push(`no room for the picture: ${view.width}x${view.height}`);
      return faults;
    });
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
