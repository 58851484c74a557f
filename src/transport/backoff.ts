import type { Random } from '../protocol/clock.ts';

const FIRST_MS = 200;
const LEAST_PART = 0.25;

/**
 * Milliseconds to wait after the attempt with this number, counted from 1: twice as long each time up to `maxMs`, and of
 * that a random part on every wait, also the short first ones. All clients of a restarted server lost it at one moment.
 */
export function backoffMs(attempt: number, maxMs: number, random: Random): number {
  return Math.min(2 ** (attempt - 1) * FIRST_MS, maxMs) * (LEAST_PART + (1 - LEAST_PART) * random());
}
