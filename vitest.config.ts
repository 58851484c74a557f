import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const src = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

// Tests read the sources under the names users import, so that no build stands between a change and its test.
const resolve = {
  alias: [
    { find: /^covalence\/components\/define$/, replacement: src('components/define.ts') },
    { find: /^covalence\/(state|transport|data|components|server|testing)$/, replacement: src('$1/index.ts') },
    { find: /^covalence$/, replacement: src('index.ts') },
    { find: '#websocket', replacement: src('transport/websocket-node.ts') },
  ],
};

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.browser.test.ts', 'test/e2e/**'],
          environment: 'node',
          expect: { poll: { timeout: 20_000 } },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve,
        test: {
          // Runs in Node and drives a real Chromium through playwright-core.
          name: 'browser',
          include: ['test/**/*.browser.test.ts'],
          exclude: ['test/e2e/**'],
          environment: 'node',
          expect: { poll: { timeout: 30_000 } },
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
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
          expect: { poll: { timeout: 30_000 } },
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
