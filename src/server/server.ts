import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Clock, systemClock } from '../protocol/clock.ts';
import { asCovalenceError, CovalenceError, isCovalenceError } from '../protocol/errors.ts';
import { routes } from '../protocol/routes.ts';
import type { Room } from '../room/room.ts';
import { type Access, openAccess } from './access/access.ts';
import { linkTokenAccess } from './access/link-token.ts';
import { signedTokenAccess } from './access/signed-token.ts';
import { addressLimits, NO_ADDRESS_LIMITS } from './address-limits.ts';
import { refusal, requestAnswerer } from './answer-request.ts';
import { doorkeeper } from './doorkeeper.ts';
import { guardedHttp } from './http/guarded-http.ts';
import { outerRequest, requestUrl } from './http/outer-request.ts';
import { paceOf } from './http/pace.ts';
import { staticPages } from './http/static-pages.ts';
import { toWebRequest } from './http/web-request.ts';
import { sendWebResponse } from './http/web-response.ts';
import { heldBytes } from './held-bytes.ts';
import { loggedPath } from './logged-path.ts';
import { type IndexingProgress, openHouse } from './open-house.ts';
import type { RedisOptions } from './redis/reach-redis.ts';
import { isLoopback, reachableHost } from './printed-link.ts';
import { serverFigures } from './server-figures.ts';
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from './server-limits.ts';
import type { DocStore } from './sync/doc-store.ts';
import type { SourceReading } from './data/source-reading.ts';
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
  /** The address people use, for `link`: with its base path, without a slash at its end. */
  publicUrl?: string | undefined;
  /** Keeps the shared state in place of the store that belongs to `dataDirectory` or `redis`; closed with the server. */
  docStore?: DocStore | undefined;
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
  /** Secrets that signed before `authSecret`: their tokens are good to their end, and none are signed with them any more. */
  oldAuthSecrets?: readonly string[] | undefined;
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
  /** What this server may be asked for at most. */
  limits?: Partial<ServerLimits>;
  /** Milliseconds in which the head of a request has to be here; default 10,000. */
  headersTimeoutMs?: number;
  /**
   * Milliseconds in which 16 kB of a request have to come, or 64 kB of an answer be read; default 120,000. Slower ones are
   * ended.
   */
  patienceMs?: number | undefined;
  /** Shown in the figures. */
  version?: string;
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
   * `file/not-found`, `file/unknown-format`, `file/damaged`, `file/changed`, and with `file/mismatch` when `reading` does not
   * go with it. What `reading` says is kept for the next opening.
   */
  openFile(path: string, name?: string, reading?: SourceReading): Promise<string>;
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
/** So long requests that are being answered may take when the server closes. */
const DRAIN_MS = 5_000;
const QUIET: ServerLog = { info() {}, warn() {}, error() {} };

/** Makes a server; it serves once `listen` resolved. */
export async function createServer(options: ServerOptions = {}): Promise<CovalenceServer> {
  const { host = '127.0.0.1', basePath = '', allowOrigins = [], clock = systemClock, log = QUIET } = options;
  const { trustProxy = false } = options;
  const limits = { ...DEFAULT_SERVER_LIMITS, ...options.limits };
  const patience = {
    clock,
    pace: paceOf(options.patienceMs),
    answers: heldBytes(limits.answersByteLength, clock),
  };
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
    docStore: options.docStore,
    basePath,
    allowOrigins,
    follow: options.follow ?? false,
    defaultRoom: options.defaultRoom,
    clock,
    log,
    limits,
    onRefused: (code) => figures.refused(code),
  });
  const figures = serverFigures(house.metrics, options.version ?? 'unknown');
  const addresses = trustProxy ? addressLimits(clock, limits) : NO_ADDRESS_LIMITS;
  const pages = staticPages(options.pagesDirectory ?? PAGES);
  let port = options.port ?? 8080;
  let closing: Promise<void> | undefined;
  const isClosing = (): boolean => closing !== undefined;
  const parts = {
    house,
    door,
    access,
    pages,
    addresses,
    figures,
    log,
    basePath,
    allowOrigins,
    isClosing,
    defaultRoom: options.defaultRoom,
  };
  const answer = requestAnswerer(parts);
  /** Requests that are being answered, and who waits for the last. */
  let running = 0;
  let onIdle: (() => void) | undefined;

  const onRequest = async (message: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    outgoing.once('close', () => gone.abort(new CovalenceError('server/unreachable', 'The other side went away.')));
    const startedMs = clock.now();
    running += 1;
    let response: Response;
    try {
      const outer = outerRequest(message, trustProxy);
      response = await answer(toWebRequest(message, requestUrl(message, outer), gone.signal, patience), outer);
    } catch (error) {
      response = refusal(error, parts);
    }
    if (isClosing()) outgoing.setHeader('connection', 'close');
    const [path] = (message.url ?? '').split('?');
    figures.answered(kindOf(message.method, path), response.status, (clock.now() - startedMs) / 1_000);
    const shown = loggedPath(path, access.linkToken ?? options.proxyToken);
    log.info({ method: message.method, path: shown, status: response.status }, 'request');
    try {
      await sendWebResponse(response, outgoing, patience).catch(async (error: unknown) => {
        if (outgoing.headersSent || !isCovalenceError(error, 'server/behind')) throw error;
        await sendWebResponse(refusal(error, parts), outgoing, patience);
      });
    } catch (error) {
      if (isCovalenceError(error)) figures.refused(error.code);
      // The answer had begun: the reader sees it end early, which every reader of ours reports.
      if (!gone.signal.aborted) log.warn({ error: String(error) }, 'an answer ended early');
      outgoing.destroy();
    } finally {
      running -= 1;
      if (running === 0) onIdle?.();
    }
  };

  const onUpgrade = async (message: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    socket.on('error', (error) => log.info({ error: error.message }, 'a socket failed'));
    try {
      const outer = outerRequest(message, trustProxy);
      const url = requestUrl(message, outer);
      const visit = { url, headers: { get: (name: string) => headerOf(message, name) }, outer, isActing: true };
      door.checkOrigin(visit);
      const target = syncTarget(url, basePath);
      addresses.countSocket(outer.address, socket);
      await house.join(target, await door.grantOf(visit, target.room), message, socket, head);
    } catch (error) {
      const ours = asCovalenceError(error);
      figures.refused(ours.code);
      if (ours.status >= 500) log.error({ code: ours.code }, ours.message);
      else log.info({ code: ours.code }, 'a socket was refused');
      refuse(message, socket, head, ours);
    }
  };

  const http = guardedHttp(
    { connections: limits.connections, figures, headersTimeoutMs: options.headersTimeoutMs },
    (message, outgoing) => void onRequest(message, outgoing),
  );
  http.on('upgrade', (message, socket, head) => void onUpgrade(message, socket, head));

  /** Resolves when everything that was asked for is answered, or it has taken too long. */
  const answered = (): Promise<void> =>
    new Promise((resolve) => {
      if (running === 0) return resolve();
      const cancel = clock.after(DRAIN_MS, resolve);
      onIdle = () => {
        cancel();
        resolve();
      };
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
      await house.announce(options.publicUrl ?? server.url);
    },
    openFile: (path, name, reading) => house.openFile(path, name, reading),
    onIndexing: (name, listener) => house.onIndexing(name, listener),
    link: (name) =>
      (options.publicUrl ?? server.url) +
      routes.page(name) +
      (access.linkToken === undefined ? '' : `#token=${access.linkToken}`),
    room: (name) => house.room(name, `${server.url}${routes.page(name)}`),
    close() {
      closing ??= (async () => {
        const ended = http.listening ? once(http, 'close') : undefined;
        http.close();
        await answered();
        try {
          await house.close();
        } finally {
          figures.close();
          http.closeAllConnections();
          await ended;
        }
      })();
      return closing;
    },
  };
  return server;
}

function accessOf({ token, authSecret, oldAuthSecrets }: ServerOptions, clock: Clock): Access {
  if (authSecret !== undefined) {
    if (token === undefined) return signedTokenAccess(authSecret, clock, oldAuthSecrets);
    throw new CovalenceError('command/invalid', 'A server has either a token or a secret that signs tokens, not both.');
  }
  return token === undefined ? openAccess : linkTokenAccess(token);
}

/** What a request counts as. */
function kindOf(method: string | undefined, path: string): 'read' | 'commit' | 'page' | 'health' {
  if (/\/(?:healthz|readyz|metrics)$/.test(path)) return 'health';
  if (!path.includes('/v1/')) return 'page';
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? 'read' : 'commit';
}

function headerOf({ headers }: IncomingMessage, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(', ') : value) ?? null;
}
