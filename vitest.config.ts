import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { SlowFirst } from './test/slow-first.ts';

const src = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

// Tests read the sources under the names users import, so that no build stands between a change and its test.
const resolve = {
  alias: [
    { find: /^covalence\/components\/define$/, replacement: src('components/define.ts') },
    { find: /^covalence\/(state|transport|data|components|server|testing)$/, replacement: src('$1/index.ts') },
    { find: /^covalence$/, replacement: src('index.ts') },
    { find: '#frame-worker', replacement: src('data/frame-worker-url.ts') },
    { find: '#platform-get', replacement: src('data/platform-get-node.ts') },
    { find: '#websocket', replacement: src('transport/websocket-node.ts') },
  ],
};

/** Files with a Chromium at a time: each draws in software, on all cores. */
const BROWSERS = 2;

export default defineConfig({
  test: {
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        resolve,
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.browser.test.ts', 'test/e2e/**'],
          environment: 'node',
          expect: { poll: { timeout: 60_000 } },
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // Much of what is tested waits: for disks, other processes, time limits.
          maxWorkers: availableParallelism() + 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve,
        test: {
          // Runs in Node and drives a real Chromium through playwright-core.
          name: 'browser',
          include: ['test/**/*.browser.test.ts'],
          globalSetup: 'test/components/built-pages.ts',
          exclude: ['test/e2e/**'],
          environment: 'node',
          expect: { poll: { timeout: 60_000 } },
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: BROWSERS,
          sequence: { groupOrder: 2 },
        },
      },
      {
        resolve,
        test: {
          // The built server in a process of its own, and browsers against it.
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          // A loaded machine takes its time; what never happens fails all the same.
          expect: { poll: { timeout: 60_000 } },
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: BROWSERS,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
