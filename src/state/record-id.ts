import type { Clock, Random } from '../protocol/clock.ts';

const TIME_DIGITS = 9;
const RANDOM_DIGITS = 6;

/** Numbers in [0, 1) from the platform's source of keys. */
export const cryptoRandom: Random = () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;

/**
 * A maker of ids of 15 characters, `0-9a-z`: milliseconds since 1970, then chance. Each sorts after the ones before it
 * from the same maker, also when the clock stands or goes back.
 */
export function idMaker(clock: Clock, random: Random): () => string {
  let newestMs = 0;
  return () => {
    newestMs = Math.max(newestMs + 1, Math.floor(clock.now()));
    const chance = Math.floor(random() * 36 ** RANDOM_DIGITS);
    return newestMs.toString(36).padStart(TIME_DIGITS, '0') + chance.toString(36).padStart(RANDOM_DIGITS, '0');
  };
}
