import type { Page } from 'playwright-core';

/** Pictures for whoever wants to look, light, dark and narrow: COVALENCE_PICTURES names the folder. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['COVALENCE_PICTURES'];
  if (folder === undefined) return;
  const size = page.viewportSize() ?? { width: 1200, height: 800 };
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(500);
    await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png` });
  }
  await page.setViewportSize({ width: 390, height: 800 });
  await page.screenshot({ path: `${folder}/${name}-narrow.png` });
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: 'light' });
}
