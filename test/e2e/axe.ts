import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/**
 * What axe finds wrong with a page as it stands, shadow roots included: one line per element. Only `rules` are
 * asked where they are given.
 */
export async function violationsOf(page: Page, rules?: string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.addScriptTag({ path: axePath });
  const results = await page.evaluate(
    async (only) =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
        resultTypes: ['violations'],
        ...(only && { runOnly: { type: 'rule', values: only } }),
      }),
    rules,
  );
  if (results.passes.length < (rules === undefined ? 5 : 1))
    throw new Error(`axe looked at next to nothing: ${results.passes.length} rules passed.`);
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => {
      const why = failureSummary?.split('\n').slice(1).join(' ').trim();
      return `${id}: ${target.flat().join(' >> ')}: ${why}`;
    }),
  );
}

/**
 * The same in light and in dark; what does not depend on colours is asked once. The page is left in light, where it was.
 */
export async function violationsInBoth(page: Page): Promise<string[]> {
  const found = await violationsOf(page);
  await recolor(page, 'dark');
  const inDark = await violationsOf(page, ['color-contrast', 'link-in-text-block']);
  await recolor(page, 'light');
  return [...found, ...inDark.map((line) => `in dark: ${line}`)];
}

/** Resolves when everything has its new colours: without motion they still come a frame later, in turn from the top. */
async function recolor(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.evaluate(async (isDark) => {
    const isText = (): boolean => {
      const [red = 0, green = 0, blue = 0] = (getComputedStyle(document.body).color.match(/[\d.]+/g) ?? []).map(Number);
      return isDark === red + green + blue > 3 * 128;
    };
    for (let quiet = 0; quiet < 4;) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const isMoving = document.getAnimations().some((animation) => animation instanceof CSSTransition);
      quiet = isText() && !isMoving ? quiet + 1 : 0;
    }
  }, colorScheme === 'dark');
}
