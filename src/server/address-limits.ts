import type { Duplex } from 'node:stream';
import type { Clock } from '../protocol/clock.ts';
import { CovalenceError } from '../protocol/errors.ts';
import type { ServerLimits } from './server-limits.ts';
import { type RateLimit, rateLimit } from './sync/rate-limit.ts';

/** Addresses that are remembered; the ones seen longest ago are forgotten. */
const MAX_ADDRESSES = 10_000;

/** What one address may do, where addresses are real. */
export interface AddressLimits {
  /** Throws `request/rate`. */
  countRequest(address: string): void;
  /** Counts a WebSocket until it closes. Throws `request/rate`. */
  countSocket(address: string, socket: Duplex): void;
}

/** No limits: without a proxy that is trusted, many people may share one address, or one person have many. */
export const NO_ADDRESS_LIMITS: AddressLimits = { countRequest() {}, countSocket() {} };

/** Limits by the address that a trusted proxy tells. */
export function addressLimits(clock: Clock, limits: ServerLimits): AddressLimits {
  const rates = new Map<string, RateLimit>();
  const sockets = new Map<string, number>();
  return {
    countRequest(address) {
      const rate =
        rates.get(address) ?? rateLimit(clock, { perSecond: limits.requestsPerSecond, burst: limits.requestBurst });
      rates.delete(address);
      rates.set(address, rate);
      for (const [oldest] of rates) {
        if (rates.size <= MAX_ADDRESSES) break;
        rates.delete(oldest);
      }
      if (rate()) return;
      throw new CovalenceError(
        'request/rate',
        `More than ${limits.requestsPerSecond} requests a second came from your address.`,
        { limit: limits.requestsPerSecond, retry_after: 1 },
      );
    },
    countSocket(address, socket) {
      const count = sockets.get(address) ?? 0;
      if (count >= limits.socketsPerAddress) {
        throw new CovalenceError('request/rate', `Your address has ${count} connections, its limit.`, {
          limit: limits.socketsPerAddress,
        });
      }
      sockets.set(address, count + 1);
      socket.once('close', () => {
        const left = (sockets.get(address) ?? 1) - 1;
        if (left > 0) sockets.set(address, left);
        else sockets.delete(address);
      });
    },
  };
}
