import { describe, expect, it } from 'vitest';

describe('importing the elements', () => {
  it('[C67] throws nothing where there is no page, and offers the classes', async () => {
    expect('document' in globalThis).toBe(false);
    const components = await import('../../src/components/index.ts');
    expect(Object.keys(components)).toEqual(
      expect.arrayContaining([
        'CoRoom',
        'CoViewer',
        'CoTimeline',
        'CoSelections',
        'CoPeople',
        'CoInspector',
        'CoStatus',
      ]),
    );
    await import('../../src/components/define.ts');
  });
});
