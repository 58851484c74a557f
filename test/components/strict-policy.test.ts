import { expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles, root } from '../source-files.ts';

it('[C374] no template writes a style attribute, an inline script or a style element, which strict policies refuse', () => {
  const files = listFiles('src/components');
  expect(files.length).toBeGreaterThan(100);
  const refused = files.filter((file) =>
    /style="|lit\/directives\/style-map|<style|<script|\bon\w+="|unsafeHTML|\.innerHTML|new Function|\beval\(/.test(
      readFileSync(join(root, file), 'utf8').replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, ''),
    ),
  );
  expect(refused).toEqual([]);
});
