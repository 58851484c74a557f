/** Random numbers from a seed that is printed; `COVALENCE_TEST_SEED` repeats a run, `usual` is taken without it. */
export function seeded(name: string, usual?: number): { random: () => number; seed: number } {
  const given = Number(process.env.COVALENCE_TEST_SEED ?? usual);
  const seed = Number.isInteger(given) && given > 0 ? given : (Date.now() ^ (process.pid << 8)) >>> 0;
  process.stdout.write(`${name}: COVALENCE_TEST_SEED=${seed}\n`);
  let state = seed >>> 0;
  const random = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
  return { random, seed };
}
