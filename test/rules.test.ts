import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFiles, root } from './source-files.ts';

const ruleIds = [...readFileSync(join(root, 'docs/spec.md'), 'utf8').matchAll(/^- \*\*([A-Z]\d+)\*\*/gm)].map(
  ([, id]) => id,
);

/** Ids at the beginning of titles, in square brackets, one or several. */
const testIds = new Map<string, string>();
for (const path of listFiles('test')) {
  const text = readFileSync(join(root, path), 'utf8');
  for (const [, ids] of text.matchAll(/['"`]((?:\[[A-Z]\d+\] ?)+)/g)) {
    for (const [, id] of ids.matchAll(/\[([A-Z]\d+)\]/g)) testIds.set(id, path);
  }
}
// Contract suites are shipped as lists of cases that carry the rule's id.
for (const path of listFiles('src/testing')) {
  for (const [, id] of readFileSync(join(root, path), 'utf8').matchAll(/rule: '([A-Z]\d+)'/g)) testIds.set(id, path);
}

describe('the rules', () => {
  it('[V95] every rule has a number of its own', () => {
    expect(ruleIds.length).toBeGreaterThan(40);
    expect(ruleIds.filter((id, index) => ruleIds.indexOf(id) !== index)).toEqual([]);
  });

  it('[V95] every rule of docs/spec.md has a test whose title names it', () => {
    expect(ruleIds.filter((id) => !testIds.has(id))).toEqual([]);
  });

  it('[V95] every id in the title of a test is a rule of docs/spec.md', () => {
    const unknown = [...testIds].filter(([id]) => !ruleIds.includes(id)).map(([id, path]) => `${id} in ${path}`);
    expect(unknown).toEqual([]);
  });
});
