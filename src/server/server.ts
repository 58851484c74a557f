import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Clock, systemClock } from '../protocol/clock.ts';
import { asCovalenceError, CovalenceError } from '../protocol/errors.ts';
import { routes } from '../protocol/routes.ts';
import type { Room } from '../room/room.ts';
import { type Access, openAccess } from './access/access.ts';
import { FULL_GRANT, type Grant } from './access/grant.ts';
import { linkTokenAccess } from './access/link-token.ts';
import { cookieFor } from './access/presented-tokens.ts';
import { signedTokenAccess } from './access/signed-token.ts';
import { doorkeeper } from './doorkeeper.ts';
import { type OuterRequest, outerRequest, requestUrl } from './http/outer-request.ts';
import { problemResponse } from './http/problem-response.ts';
import { staticPages } from './http/static-pages.ts';
import { sendWebResponse, toWebRequest } from './http/web-request.ts';
import { METRICS_TYPE } from './metrics.ts';
import { type IndexingProgress, openHouse } from './open-house.ts';
import type { RedisOptions } from './open-stores.ts';
import { isLoopback, reachableHost } from './printed-link.ts';
import type { ServerLog } from './server-log.ts';
import { socketRefusals, syncTarget } from './upgrade.ts';

/** How a server is made. Everything has a default that suits one person on one machine. */
export interface ServerOptions {
  /** 0 takes a free port; default 8080. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** Where rooms and edits are kept; in memory when left out. */
  dataDirectory?: string | undefined;
  /** Where other servers of the same rooms are met; `dataDirectory` is then shared by all of them. */
  redis?: RedisOptions | undefined;
  /** Path below which everything is served, without a slash at its end. */
  basePath?: string;
  /** Origins whose pages may embed rooms, besides the own one and loopback. */
  allowOrigins?: readonly string[];
  /** Asked of everybody when set. Needed when `host` is not loopback, unless `isOpen`. */
  token?: string | undefined;
  /**
   * Secret that signs the tokens of people and programs (`signToken`): each says for which room, for how long and what its
   * bearer may do. At least 32 bytes; excludes `token`.
   */
  authSecret?: string | undefined;
  /** Asked of those who come through a proxy to a server that is otherwise open; without it they are refused. */
  proxyToken?: string | undefined;
  /** Told when somebody comes through a proxy to a server that is open to its own machine, the first time. */
  onProxied?: () => void;
  /** Believes `X-Forwarded-For`, `-Host` and `-Proto`: only where every request comes through a proxy that sets them. */
  trustProxy?: boolean;
  /** Lets everybody in although the server listens elsewhere than on loopback. */
  isOpen?: boolean;
  /** Shows frames that are appended to a file. */
  follow?: boolean;
  /** The room that `/` shows instead of the list of rooms, made when it is not there. */
  defaultRoom?: string | undefined;
  /** Folder of the built pages; default the ones shipped with the package. */
  pagesDirectory?: string;
  clock?: Clock;
  log?: ServerLog;
}

/** A running server. */
export interface CovalenceServer {
  /** `http://host:port/base`, once it listens. */
  readonly url: string;
  readonly port: number;
  /** Rejects with `store/in-use`, or with what the operating system said about the port. */
  listen(): Promise<void>;
  /**
   * Makes a room of a file, read in place; resolves with its name as soon as its first frame can be read. Rejects with
   * `file/not-found`, `file/unknown-format`, `file/damaged`, `file/changed`.
   */
  openFile(path: string, name?: string): Promise<string>;
  /** Told while the file behind a room is read. Returns its own undo. */
  onIndexing(name: string, listener: (progress: IndexingProgress) => void): Promise<() => void>;
  /** The link people open for a room, with the token where one is needed. */
  link(name: string): string;
  /** The room as a program sees it, without a network between. Close it when done. */
  room(name: string): Promise<Room>;
  /** Answers what has begun, stores everything, closes all sockets. Safe to call twice. */
  close(): Promise<void>;
}

const PAGES = fileURLToPath(new URL('../app', import.meta.url));
/** Methods that change nothing: a page of any origin may send them, and reads the answer only where CORS lets it. */
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const QUIET: ServerLog = { info() {}, warn() {}, error() {} };

/** Makes a server; it serves once `listen` resolved. */
export async function createServer(options: ServerOptions = {}): Promise<CovalenceServer> {
  const { host = '127.0.0.1', basePath = '', allowOrigins = [], clock = systemClock, log = QUIET } = options;
  const { trustProxy = false } = options;
  if (!isLoopback(host) && accessOf(options, clock).isOpen && options.isOpen !== true) {
    throw new CovalenceError('command/invalid', `Listening on ${host} needs a token, or isOpen to let everybody in.`, {
      host,
    });
  }
  const access = accessOf(options, clock);
  const door = doorkeeper({
    access,
    proxyAccess: options.proxyToken === undefined ? undefined : linkTokenAccess(options.proxyToken),
    isForThisMachine: isLoopback(host) && access.isOpen && options.isOpen !== true,
    allowOrigins,
    onProxied: () => options.onProxied?.(),
  });
  const refuse = socketRefusals(clock);
  const house = await openHouse({
    dataDirectory: options.dataDirectory,
    redis: options.redis,
    basePath,
    allowOrigins,
    follow: options.follow ?? false,
    defaultRoom: options.defaultRoom,
    clock,
    log,
  });
  const pages = staticPages(options.pagesDirectory ?? PAGES);
  let port = options.port ?? 8080;
  let closing: Promise<void> | undefined;

  const answer = async (request: Request, outer: OuterRequest): Promise<Response> => {
    const url = new URL(request.url);
    const isActing = !READING.has(request.method);
    const visit = { url, headers: request.headers, outer, isActing };
    door.checkOrigin(visit);
    if (url.pathname === '/healthz') return new Response('ok\n');
    if (url.pathname === '/readyz') return house.readiness();
    if (url.pathname === basePath) return Response.redirect(new URL(`${basePath}/`, url), 308);
    if (!url.pathname.startsWith(`${basePath}/`)) throw notFound(url.pathname);
    const path = url.pathname.slice(basePath.length);
    if (path === '/metrics') {
      assertSeesAllRooms(await door.grantOf(visit, undefined));
      return new Response(house.metrics.text(), { headers: { 'content-type': METRICS_TYPE } });
    }
    if (!path.startsWith('/v1/')) {
      // Pages are the same for everybody and know no data; what they ask for next needs a token.
      if (path === '/' && options.defaultRoom !== undefined) {
        const location = `${basePath}${routes.page(options.defaultRoom)}`;
        return new Response(null, { status: 302, headers: { location } });
      }
      const page = await pages(path, request.method);
      if (page === undefined) throw notFound(path);
      return page;
    }
    const room = roomOf(path);
    const grant = request.method === 'OPTIONS' ? FULL_GRANT : await door.grantOf(visit, room);
    const response = await house.frameChannel(request, grant);
    if (response === undefined) throw notFound(path);
    const cookie = access.isOpen ? undefined : cookieFor(visit, grant.room, { basePath, isSecure: outer.isSecure });
    if (cookie !== undefined) response.headers.append('set-cookie', cookie);
    return response;
  };

  const onRequest = async (message: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    outgoing.once('close', () => gone.abort(new CovalenceError('server/unreachable', 'The other side went away.')));
    let response: Response;
    try {
      const outer = outerRequest(message, trustProxy);
      response = await answer(toWebRequest(message, requestUrl(message, outer), gone.signal), outer);
    } catch (error) {
      const ours = asCovalenceError(error);
      if (ours.status >= 500)
        log.error({ code: ours.code, cause: ours.cause instanceof Error ? ours.cause.stack : undefined }, ours.message);
      response = problemResponse(ours);
    }
    log.info({ method: message.method, path: message.url?.split('?')[0], status: response.status }, 'request');
    try {
      await sendWebResponse(response, outgoing);
    } catch (error) {
      // The answer had begun: the reader sees it end early, which every reader of ours reports.
      if (!gone.signal.aborted) log.warn({ error: String(error) }, 'an answer ended early');
      outgoing.destroy();
    }
  };

  const onUpgrade = async (message: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    socket.on('error', (error) => log.warn({ error: String(error) }, 'socket'));
    try {
      const outer = outerRequest(message, trustProxy);
      const url = requestUrl(message, outer);
      const visit = { url, headers: { get: (name: string) => headerOf(message, name) }, outer, isActing: true };
      door.checkOrigin(visit);
      const target = syncTarget(url, basePath);
      await house.join(target, await door.grantOf(visit, target.room), message, socket, head);
    } catch (error) {
      refuse(message, socket, head, asCovalenceError(error));
    }
  };

  const http = createHttpServer((message, outgoing) => void onRequest(message, outgoing));
  http.on('upgrade', (message, socket, head) => void onUpgrade(message, socket, head));
  http.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
  });

  const server: CovalenceServer = {
    get url() {
      return `http://${reachableHost(host)}:${port}${basePath}`;
    },
    get port() {
      return port;
    },
    async listen() {
      http.listen(port, host);
      await once(http, 'listening');
      port = (http.address() as AddressInfo).port;
    },
    openFile: (path, name) => house.openFile(path, name),
    onIndexing: (name, listener) => house.onIndexing(name, listener),
    link: (name) =>
      server.url + routes.page(name) + (access.linkToken === undefined ? '' : `#token=${access.linkToken}`),
    room: (name) => house.room(name, `${server.url}${routes.page(name)}`),
    close() {
      closing ??= (async () => {
        const ended = http.listening ? once(http, 'close') : undefined;
        http.close();
        await house.close();
        http.closeAllConnections();
        await ended;
      })();
      return closing;
    },
  };
  return server;
}

function accessOf({ token, authSecret }: ServerOptions, clock: Clock): Access {
  if (authSecret !== undefined) {
    if (token === undefined) return signedTokenAccess(authSecret, clock);
    throw new CovalenceError('command/invalid', 'A server has either a token or a secret that signs tokens, not both.');
  }
  return token === undefined ? openAccess : linkTokenAccess(token);
}

function assertSeesAllRooms({ room }: Grant): void {
  if (room === undefined) return;
  throw new CovalenceError('auth/denied', `The figures are about all rooms; this link is for the room "${room}".`);
}

/** The room whose data a path asks for. */
function roomOf(path: string): string | undefined {
  const [, encoded] = /^\/v1\/rooms\/([^/]+)/.exec(path) ?? [];
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

function headerOf({ headers }: IncomingMessage, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(', ') : value) ?? null;
}

function notFound(path: string): CovalenceError {
  return new CovalenceError(
    'request/not-found',
    `There is nothing at ${path}. The list of rooms is at /, the data channel below /v1.`,
    { path },
  );
}
