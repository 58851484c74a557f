import { asCovalenceError, CovalenceError, isCovalenceError } from '../protocol/errors.ts';
import { routes } from '../protocol/routes.ts';
import type { Access } from './access/access.ts';
import { FULL_GRANT, type Grant } from './access/grant.ts';
import { cookieFor } from './access/presented-tokens.ts';
import type { AddressLimits } from './address-limits.ts';
import { corsHeaders } from './data/http/frame-channel.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import type { OuterRequest } from './http/outer-request.ts';
import { askedRoom, isReading } from './http/asked-room.ts';
import { prefersPages } from './http/accepted-types.ts';
import { problemResponse } from './http/problem-response.ts';
import { refusalPage } from './http/refusal-page.ts';
import type { PageServer } from './http/static-pages.ts';
import { METRICS_TYPE } from './metrics.ts';
import type { House } from './open-house.ts';
import type { ServerFigures } from './server-figures.ts';
import type { ServerLog } from './server-log.ts';

/** What answering needs. */
export interface AnsweringParts {
  house: House;
  door: Doorkeeper;
  access: Access;
  pages: PageServer;
  addresses: AddressLimits;
  figures: ServerFigures;
  log: ServerLog;
  basePath: string;
  allowOrigins: readonly string[];
  isClosing: () => boolean;
  /** The room that `/` leads to instead of the list. */
  defaultRoom: string | undefined;
}

/** Answers requests of all kinds; never rejects. */
export function requestAnswerer(parts: AnsweringParts): (request: Request, outer: OuterRequest) => Promise<Response> {
  const { house, door, access, pages, addresses, basePath, allowOrigins, isClosing } = parts;
  // The list of rooms, also where `/` leads to one of them.
  const home = `${basePath}/${parts.defaultRoom === undefined ? '' : 'index.html'}`;

  const answer = async (request: Request, outer: OuterRequest): Promise<Response> => {
    const url = new URL(request.url);
    // Whoever watches the process may not know of the base path; whoever watches the proxy does.
    const asked = url.pathname.startsWith(`${basePath}/`) ? url.pathname.slice(basePath.length) : url.pathname;
    if (asked === '/healthz') return new Response('ok\n');
    if (asked === '/readyz') return isClosing() ? problemResponse(closingError()) : house.readiness();
    if (isClosing()) throw closingError();
    const visit = { url, headers: request.headers, outer, isActing: !isReading(request.method) };
    door.checkOrigin(visit);
    addresses.countRequest(outer.address);
    if (basePath !== '' && url.pathname === basePath) return Response.redirect(new URL(`${basePath}/`, url), 308);
    if (!url.pathname.startsWith(`${basePath}/`)) throw notFound(url.pathname, home, basePath);
    const path = url.pathname.slice(basePath.length);
    if (path === '/metrics') {
      assertSeesAllRooms(await door.grantOf(visit, undefined));
      return new Response(house.metrics.text(), { headers: { 'content-type': METRICS_TYPE } });
    }
    if (!path.startsWith('/v1/')) {
      // Pages are the same for everybody and know no data; what they ask for next needs a token.
      if (path === '/' && parts.defaultRoom !== undefined) {
        const location = `${basePath}${routes.page(parts.defaultRoom)}`;
        return new Response(null, { status: 302, headers: { location } });
      }
      const page = await pages(path, request.method, request.headers.get('accept-encoding'));
      if (page === undefined) throw notFound(url.pathname, home, basePath);
      return page;
    }
    const grant = request.method === 'OPTIONS' ? FULL_GRANT : await door.grantOf(visit, askedRoom(path));
    const response = await house.frameChannel(request, grant);
    if (response === undefined) throw notFound(url.pathname, home, basePath);
    const cookie = access.isOpen ? undefined : cookieFor(visit, grant.room, { basePath, isSecure: outer.isSecure });
    if (cookie !== undefined) response.headers.append('set-cookie', cookie);
    return response;
  };

  return async (request, outer) => {
    try {
      return await answer(request, outer);
    } catch (error) {
      const headers = corsHeaders(request, allowOrigins);
      return refusal(error, parts, headers, isLookedAt(request, basePath) ? home : undefined);
    }
  };
}

/** Whether somebody reads the answer in a browser. The data channel is for programs, whoever asks. */
function isLookedAt(request: Request, basePath: string): boolean {
  return prefersPages(request) && !new URL(request.url).pathname.startsWith(`${basePath}/v1/`);
}

/**
 * A refusal, counted, and logged where it is our fault; what we did not foresee is not told to strangers. A page that
 * leads to `home` where it is given, else JSON.
 */
export function refusal(
  error: unknown,
  { figures, log }: Pick<AnsweringParts, 'figures' | 'log'>,
  headers: Record<string, string> = {},
  home?: string,
): Response {
  const isOurs = isCovalenceError(error);
  const ours = asCovalenceError(error);
  figures.refused(ours.code);
  if (ours.status >= 500 && ours.code !== 'server/closing') {
    const cause = isOurs ? ours.cause : error;
    log.error({ code: ours.code, cause: cause instanceof Error ? cause.stack : undefined }, ours.message);
  }
  const told = isOurs
    ? ours
    : new CovalenceError('server/failed', 'The server failed at this request; its log says why.');
  const waits = told.status === 429 || told.status === 503;
  const all = { ...headers, ...(waits ? { 'retry-after': '2' } : {}) };
  return home === undefined ? problemResponse(told, all) : refusalPage(told, home, all);
}

function closingError(): CovalenceError {
  return new CovalenceError('server/closing', 'The server is restarting. Try again in a moment.');
}

function assertSeesAllRooms({ room, capabilities }: Grant): void {
  if (room === undefined && capabilities.has('read')) return;
  const lacks = room === undefined ? 'may not look' : `is for the room "${room}"`;
  throw new CovalenceError('auth/denied', `The figures are about all rooms; this link ${lacks}.`);
}

function notFound(path: string, home: string, basePath: string): CovalenceError {
  return new CovalenceError(
    'request/not-found',
    `There is nothing at ${path.slice(0, 200)}. The list of rooms is at ${home}, for programs at ${basePath}/v1/rooms.`,
    { path: path.slice(0, 200) },
  );
}
