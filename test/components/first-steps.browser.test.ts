import type { CoViewer } from 'covalence/components';
import { expect, it } from 'vitest';
import { openPages, until } from './pages.ts';

const pages = openPages();

it('[C433] a viewer with a height fills the width, one without any size is three quarters as high as wide', async () => {
  const page = await pages.blank({ viewport: { width: 1000, height: 800 } });
  const sizes = await page.evaluate(async () => {
    await fixture.define();
    document.body.style.margin = '0';
    const styles = ['height: 480px', 'height: 60vh', '', 'width: 400px', 'width: 300px; height: 200px', 'margin: 20px'];
    return styles.map((style) => {
      const viewer = document.createElement('co-viewer');
      viewer.style.cssText = style;
      document.body.replaceChildren(viewer);
      return [viewer.offsetWidth, viewer.offsetHeight];
    });
  });
  expect(sizes).toEqual([
    [1000, 480],
    [1000, 480],
    [1000, 750],
    [400, 300],
    [300, 200],
    [960, 720],
  ]);
});

it('[C434] the help overlay is reached whole, also where it is higher than the picture', async () => {
  const page = await pages.room({ viewport: { width: 1280, height: 500 } });
  await page.locator('co-viewer').evaluate((viewer) => (viewer as CoViewer).focus());
  await page.keyboard.press('?');
  const close = page.getByRole('button', { name: 'Close help' });
  await close.waitFor();
  const [top, bottom] = await page.locator('co-viewer .sheet').evaluate((sheet) => {
    const around = sheet.closest('.help')!.getBoundingClientRect();
    const own = sheet.getBoundingClientRect();
    return [own.top - around.top, around.bottom - own.bottom];
  });
  expect(Math.min(top, bottom)).toBeGreaterThanOrEqual(0);
  await page.getByText('This help').scrollIntoViewIfNeeded();
  await close.click();
});

it('[C435] letters printed on the menu Select work while it is open', async () => {
  const page = await pages.room();
  const viewer = page.locator('co-viewer');
  await viewer.evaluate((element) => (element as CoViewer).focus());
  const menu = page.getByRole('dialog', { name: 'Select', exact: true });
  const open = async (): Promise<void> => {
    await page.keyboard.press('s');
    await menu.getByRole('button', { name: 'Rectangle' }).waitFor();
    await until(() =>
      viewer.evaluate((element) => element.shadowRoot!.activeElement?.closest('.tool-menu') !== null),
    ).toBe(true);
  };
  for (const [key, mode] of [
    ['l', 'lasso'],
    ['r', 'box'],
  ]) {
    await open();
    await page.keyboard.press(key);
    await until(() => viewer.getAttribute('mode')).toBe(mode);
    await until(() => menu.count()).toBe(0);
  }
  await open();
  await page.keyboard.press('Control+a');
  await until(() => menu.innerText()).toContain('4 atoms');
  await page.keyboard.press('Shift+I');
  await until(() => menu.innerText()).toContain('nothing yet');
});

it('[C436] what the picture says itself is not told again by the page', async () => {
  const page = await pages.room();
  await page.locator('co-viewer').evaluate((element) => {
    const viewer = element as CoViewer;
    const told: boolean[] = ((globalThis as { told?: boolean[] }).told = []);
    viewer.addEventListener('co-error', (event) => told.push(event.isShown));
    viewer.activeRoom!.visualisers.set('visualiser.all', { render: 'moonlight' });
  });
  await page.locator('co-viewer .legend').waitFor();
  expect(await page.evaluate(() => (globalThis as { told?: boolean[] }).told)).toEqual([true]);
  expect(await page.getByText('That did not work.').count()).toBe(0);
});
