import { HEADER } from '../protocol/routes.ts';
import { serverAddresses } from '../transport/server-addresses.ts';

/** The status of a server that cannot serve now, and of a proxy that finds none. */
const AWAY: ReadonlySet<number> = new Set([502, 503, 504]);

/**
 * A `fetch` for servers of one room, whose addresses all begin with the first of `bases`: what the one in use does not
 * answer, or cannot serve now, is asked of the next, each once. Requests that may not be repeated go to one.
 */
export function fetchFromAny(bases: readonly string[], doFetch: typeof fetch): typeof fetch {
  const addresses = serverAddresses(bases);
  return async (input, init) => {
    const path = String(input instanceof Request ? input.url : input).slice(bases[0].length);
    const mayRepeat = (init?.method ?? 'GET') === 'GET' || new Headers(init?.headers).has(HEADER.idempotencyKey);
    for (let attempt = 1; ; attempt += 1) {
      const { current } = addresses;
      const isLast = !mayRepeat || attempt >= bases.length;
      try {
        const response = await doFetch(current + path, init);
        if (!AWAY.has(response.status)) return response;
        addresses.failed(current);
        if (isLast) return response;
        await response.body?.cancel();
      } catch (error) {
        if (init?.signal?.aborted === true) throw error;
        addresses.failed(current);
        if (isLast) throw error;
      }
    }
  };
}
