import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const src = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

const alias = [
  { find: /^covalence\/components\/define$/, replacement: src('components/define.ts') },
  { find: /^covalence\/(state|transport|data|components|server|testing)$/, replacement: src('$1/index.ts') },
  { find: /^covalence$/, replacement: src('index.ts') },
];

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: [...alias, { find: '#websocket', replacement: src('transport/websocket-node.ts') }] },
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.browser.test.ts', 'test/e2e/**'],
          environment: 'node',
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
