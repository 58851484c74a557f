import { describe, expect, it } from 'vitest';
import { reExports, readSource } from './source-files.ts';

/**
 * The names users can import, by entry. A name added or removed here is a change of the public interface: say so in
 * CHANGELOG.md, and give it a doc comment (V84).
 */
const ENTRIES: Readonly<Record<string, readonly string[]>> = {
  'src/index.ts': [],
  'src/state/index.ts': [],
  'src/transport/index.ts': [],
  'src/data/index.ts': [],
  'src/components/index.ts': [],
  'src/server/index.ts': [],
  'src/testing/index.ts': [],
};

describe('the public interface', () => {
  for (const [path, names] of Object.entries(ENTRIES)) {
    it(`[V90] ${path} exports exactly the names listed here`, () => {
      const exported = reExports(readSource(path)).map(({ name }) => name);
      expect(exported.toSorted()).toEqual(names.toSorted());
      expect(new Set(exported).size).toBe(exported.length);
    });
  }
});
