import { CovalenceError } from '../protocol/errors.ts';

/** What an upgrade or a request says about where it comes from. */
export interface OriginQuestion {
  /** Header `Origin`; programs send none. */
  origin: string | undefined;
  /** Header `Host`, or what a trusted proxy forwards in its place. */
  host: string | undefined;
  /** Further origins, e.g. `https://example.org`. */
  allowOrigins?: readonly string[];
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * True when a page of this origin may connect: the server's own pages, pages of this machine on a server of this
 * machine, and those that were allowed. Browsers send cookies along with a WebSocket of any page, so without this a
 * page that somebody happens to visit could act in their name.
 */
export function isAllowedOrigin({ origin, host, allowOrigins = [] }: OriginQuestion): boolean {
  if (origin === undefined || origin === '') return true;
  if (allowOrigins.includes(origin)) return true;
  if (host === undefined || !URL.canParse(origin) || !URL.canParse(`http://${host}`)) return false;
  const page = new URL(origin);
  if (page.protocol !== 'http:' && page.protocol !== 'https:') return false;
  const server = new URL(`http://${host}`);
  if (page.host === server.host || page.host === new URL(`${page.protocol}//${host}`).host) return true;
  return LOOPBACK.test(page.hostname) && LOOPBACK.test(server.hostname);
}

/** Throws `auth/origin`, naming the flag that would allow it, unless the page may connect. */
export function assertAllowedOrigin(question: OriginQuestion): void {
  if (isAllowedOrigin(question)) return;
  throw new CovalenceError(
    'auth/origin',
    `Pages of ${question.origin} may not connect to this server. Start it with --allow-origin ${question.origin} to let them.`,
    { origin: question.origin },
  );
}
