// What is asked of a page, from outside: opening it, its garbage, how much of the picture is covered.
import { once } from 'node:events';

const FLAGS = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
];

/** Flags of Chromium here: software drawing, memory measured when asked, collections when asked. */
export const browserFlags = [
  ...FLAGS,
  '--enable-blink-features=ForceEagerMeasureMemory',
  '--js-flags=--expose-gc --max-old-space-size=8192',
];

export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** A page of a contender with its atoms; what went wrong in it is thrown here. */
export async function openPage(browser, site, name, options) {
  const page = await browser.newPage({ viewport: { width: 800, height: 600 } });
  const failed = once(page, 'pageerror').then(([error]) => {
    throw error;
  });
  failed.catch(() => undefined);
  await page.goto(`${site.base}/${name}.html`);
  await Promise.race([page.waitForFunction('globalThis.isReady'), failed]);
  const opened = await Promise.race([page.evaluate((how) => globalThis.bench.open(how), options), failed]);
  return { page, opened };
}

/**
 * Bytes a frame update leaves to be collected: samples of the heap, what was collected meanwhile included, and the
 * buffers made by `new`. The page must have been opened with `isWatched`; `warmUp` updates go before.
 */
export async function garbage(page, times, warmUp) {
  const cdp = await page.context().newCDPSession(page);
  await page.evaluate((how) => globalThis.bench.update(how), { times: warmUp });
  await cdp.send('HeapProfiler.enable');
  await page.evaluate(() => {
    globalThis.gc();
    globalThis.bench.buffers();
  });
  await cdp.send('HeapProfiler.startSampling', {
    samplingInterval: 256,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  await page.evaluate((how) => globalThis.bench.update(how), { times });
  const { profile } = await cdp.send('HeapProfiler.stopSampling');
  const buffers = await page.evaluate(() => globalThis.bench.buffers());
  const places = new Map();
  let heap = 0;
  const visit = (node) => {
    const { functionName, url, lineNumber, columnNumber } = node.callFrame;
    const place = `${functionName} ${url.replace(/^.*\//, '')}:${lineNumber}:${columnNumber}`;
    const isOurs = url !== '' && !/\/(?:page|gl-counter)\.js$/.test(url);
    // What the driver's own calls leave belongs to no contender.
    if (isOurs && node.selfSize > 0) places.set(place, (places.get(place) ?? 0) + node.selfSize / times);
    if (isOurs) heap += node.selfSize;
    node.children.forEach(visit);
  };
  visit(profile.head);
  const worst = [...places].toSorted((a, b) => b[1] - a[1]).slice(0, 12);
  return { heap: heap / times, buffers: buffers.bytes / times, worst };
}

/** Share of the picture that is not background. */
export async function coverage(browser, page) {
  const picture = (await page.screenshot({ clip: { x: 0, y: 0, width: 800, height: 600 } })).toString('base64');
  const helper = await browser.newPage();
  const share = await helper.evaluate(async (data) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    const pixels = context.getImageData(0, 0, image.width, image.height).data;
    let covered = 0;
    for (let at = 0; at < pixels.length; at += 4) if (pixels[at] + pixels[at + 1] + pixels[at + 2] < 740) covered += 1;
    return covered / (image.width * image.height);
  }, picture);
  await helper.close();
  return share;
}
