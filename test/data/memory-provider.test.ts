import { describe, it } from 'vitest';
import { memoryProvider } from '../../src/data/memory-provider.ts';
import { dataProviderContract } from '../../src/testing/data-provider-contract.ts';

describe('memoryProvider', () => {
  const cases = dataProviderContract({
    open: async (frames) => ({ provider: memoryProvider({ frames }), frames }),
    isWritable: true,
  });
  for (const { title, run } of cases) it(`[D60] ${title}`, run);
});
