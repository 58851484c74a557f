import type { CoViewer } from 'covalence/components';
import type { Page } from 'playwright-core';
import type { PlainAtoms } from './fixture.ts';
import type { Pages } from './pages.ts';

type Records = Record<string, Record<string, unknown>>;

/** A page with a viewer over these atoms, seen from the front; `distance` of the camera in angstrom. */
export async function openPreset(
  pages: Pages,
  atoms: PlainAtoms | PlainAtoms[],
  distance: number,
  quality: 'high' | 'low',
): Promise<Page> {
  const page = await pages.blank({ viewport: { width: 240, height: 180 } });
  await page.evaluate(async (quality) => {
    await fixture.define();
    const viewer = document.createElement('co-viewer') as CoViewer;
    viewer.style.cssText = 'display:block;position:fixed;inset:0;--co-background:#ffffff';
    viewer.quality = quality;
    viewer.cell = 'hide';
    viewer.addEventListener('co-error', (event) =>
      (globalThis as unknown as { codes: string[] }).codes.push(
        (event as unknown as { error: Error & { code: string } }).error.code,
      ),
    );
    document.body.append(viewer);
  }, quality);
  await showAtoms(page, atoms, distance);
  return page;
}

/** The same viewer over other atoms, in a room of their own: nothing of what was shown before is left. */
async function showAtoms(page: Page, atoms: PlainAtoms | PlainAtoms[], distance: number): Promise<void> {
  await page.locator('co-viewer').evaluate(
    async (element, { atoms, distance }) => {
      const viewer = element as CoViewer;
      (globalThis as unknown as { codes: string[] }).codes = [];
      const shown = new Promise((resolve) => viewer.addEventListener('co-frame-shown', resolve, { once: true }));
      viewer.room = await fixture.roomOf([atoms].flat());
      await shown;
      // A new room is first seen as a whole.
      viewer.camera = { position: [0, 0, distance], target: [0, 0, 0], up: [0, 1, 0], fov: 30 };
      await fixture.shown(viewer);
    },
    { atoms, distance },
  );
}

/** Opens presets in one page of each quality: most of what a page costs is its shaders. */
export function presetPages(
  pages: Pages,
): (atoms: PlainAtoms | PlainAtoms[], distance: number, quality: 'high' | 'low') => Promise<Page> {
  const kept = new Map<string, Page>();
  return async (atoms, distance, quality) => {
    let page = kept.get(quality);
    if (page === undefined) kept.set(quality, (page = await openPreset(pages, atoms, distance, quality)));
    else await showAtoms(page, atoms, distance);
    return page;
  };
}

/** Writes visualisers and waits until they are drawn. */
export async function show(page: Page, records: Records, selections: Records = {}): Promise<void> {
  await page.locator('co-viewer').evaluate(
    async (element, { records, selections }) => {
      const viewer = element as CoViewer;
      const room = viewer.activeRoom!;
      for (const key of Object.keys(room.visualisers.snapshot())) room.visualisers.remove(key);
      for (const [id, record] of Object.entries(selections)) room.selections.set(`selection.${id}`, record);
      for (const [id, record] of Object.entries(records)) room.visualisers.set(`visualiser.${id}`, record);
      await fixture.drawn();
    },
    { records, selections },
  );
}

/** Red, green and blue at places in angstrom in the plane of the screen. */
export async function colorsAt(
  page: Page,
  places: readonly (readonly number[])[],
  distance: number,
): Promise<number[][]> {
  return page.locator('co-viewer').evaluate(
    async (element, { places, distance }) => {
      const viewer = element as CoViewer;
      const { clientWidth: width, clientHeight: height } = viewer;
      const bitmap = await createImageBitmap(await viewer.toBlob({ width, height }));
      const context = new OffscreenCanvas(width, height).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      return places.map(([x, y, z = 0]) => {
        const scale = height / (2 * (distance - z) * Math.tan(Math.PI / 12));
        const at = [Math.round(width / 2 + x * scale), Math.round(height / 2 - y * scale)];
        return [...context.getImageData(at[0], at[1], 1, 1).data].slice(0, 3);
      });
    },
    { places, distance },
  );
}

export const isPaper = (color: readonly number[]): boolean => Math.min(...color) > 245;
export const isMagenta = ([r, g, b]: readonly number[]): boolean => r > g + 25 && b > g + 5;

/** Whether there is nothing but background at such places. */
export const papersAt = async (
  page: Page,
  places: readonly (readonly number[])[],
  distance: number,
): Promise<boolean[]> => (await colorsAt(page, places, distance)).map(isPaper);
