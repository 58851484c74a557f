import { platformGet } from '#platform-get';
import { type Clock, systemClock } from '../protocol/clock.ts';
import { CovalenceError, asCovalenceError, errorFromProblem, isCovalenceError } from '../protocol/errors.ts';
import { CONTENT_TYPE, HEADER } from '../protocol/routes.ts';
import type { TokenSource } from '../protocol/token-source.ts';
import { isRecord } from './frame-codec.ts';
import type { FrameSource } from './frame-source.ts';
import { decodeMsgpack } from './msgpack.ts';
import { AnswerLost, type OpenAnswer, openAnswer, restOf } from './open-answer.ts';

/** How a client reaches its server. */
export interface HttpClientOptions {
  /** Address of the server without the room: `https://host/base`. */
  url: string;
  /** Sent as `Authorization: Bearer`; a source is asked for another one when the server refuses the token. */
  token?: string | TokenSource | undefined;
  /** The session issued on the control channel, when there is one. */
  session?: (() => string | undefined) | undefined;
  fetch?: typeof fetch | undefined;
  clock?: Clock | undefined;
  /** Milliseconds without a byte after which the server counts as unreachable; default 60,000. */
  silenceMs?: number | undefined;
}

/** One request. */
export interface HttpRequest {
  method?: string;
  /** One of the `routes`. */
  path: string;
  query?: Readonly<Record<string, string | undefined>>;
  headers?: Readonly<Record<string, string | undefined>>;
  body?: Uint8Array<ArrayBuffer>;
  /** Content type that the answer must have; also asked for. */
  accept: string;
  signal?: AbortSignal | undefined;
}

/** An answer that is not a refusal, its body still to be read. */
export interface HttpAnswer {
  headers: Pick<Headers, 'get'>;
  /** Pieces of the body; rejects as `request` does. */
  body: AsyncIterable<Uint8Array>;
  /** The body instead, when it was read and its hashes were compared elsewhere; rejects likewise. */
  frames?: FrameSource;
}

/** Sends requests; every way in which one can fail is a coded error. */
export interface HttpClient {
  /**
   * Rejects with the server's refusal, with `server/unreachable` when there is no answer or it breaks off, and with the
   * signal's own reason on abort.
   */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** The body as msgpack or JSON, whichever is accepted; rejects likewise. */
  value(request: HttpRequest): Promise<{ headers: Pick<Headers, 'get'>; value: unknown }>;
  /** For requests that are answered by nothing but "done"; rejects likewise. */
  send(request: Omit<HttpRequest, 'accept'>): Promise<void>;
}

const SILENCE_MS = 60_000;

/** A client over `fetch`. */
export function httpClient(options: HttpClientOptions): HttpClient {
  const clock = options.clock ?? systemClock;
  const silenceMs = options.silenceMs ?? SILENCE_MS;
  const doFetch = options.fetch ?? ((input, init) => fetch(input, init));

  const unreachable = (cause: unknown): CovalenceError => {
    const message = `The server ${options.url} cannot be reached. Check the address and the network, then try again.`;
    return new CovalenceError('server/unreachable', message, { server: options.url }, { cause });
  };
  /** `task` with an end to waiting: after `silenceMs` everything is aborted. */
  const withinTime = async <T>(task: () => Promise<T>, abort: AbortController): Promise<T> => {
    const undo = clock.after(silenceMs, () => abort.abort(unreachable(new Error(`silent for ${silenceMs} ms`))));
    try {
      return await task();
    } catch (error) {
      // The reason of the abort says more than what fetch makes of it.
      if (abort.signal.aborted) throw abort.signal.reason;
      throw isCovalenceError(error) || error instanceof AnswerLost ? error : unreachable(error);
    } finally {
      undo();
    }
  };

  const request = async ({
    method = 'GET',
    path,
    query = {},
    headers = {},
    body,
    accept,
    signal,
  }: HttpRequest): Promise<HttpAnswer> => {
    signal?.throwIfAborted();
    assertNoFolderAbove(path);
    const url = options.url.replace(/\/$/, '') + path + queryText(query);
    const abort = new AbortController();
    const onAbort = (): void => abort.abort(signal?.reason);
    signal?.addEventListener('abort', onAbort);
    const done = (): void => signal?.removeEventListener('abort', onAbort);
    const sent = new Headers();
    const own = {
      accept,
      [HEADER.session]: options.session?.(),
      ...headers,
    };
    for (const [name, value] of Object.entries(own)) if (value !== undefined) sent.set(name, value);
    try {
      // The cache of the browser knows nothing of versions; ours is keyed by hash.
      const init: RequestInit & { cache: 'no-store' } = {
        method,
        headers: sent,
        signal: abort.signal,
        cache: 'no-store',
      };
      if (body !== undefined) init.body = body;
      let token: string | undefined;
      const ask = async (): Promise<OpenAnswer> => {
        const quick = accept === CONTENT_TYPE.frames && options.fetch === undefined ? platformGet : undefined;
        return (await quick?.(url, { headers: sent, signal: abort.signal })) ?? openAnswer(await doFetch(url, init));
      };
      const send = (): Promise<OpenAnswer> => {
        token = typeof options.token === 'object' ? options.token.current() : options.token;
        if (token !== undefined && headers['authorization'] === undefined) sent.set('authorization', `Bearer ${token}`);
        return withinTime(ask, abort);
      };
      let answer = await send();
      if (answer.status === 401 && typeof options.token === 'object' && (await options.token.renew(token))) {
        await answer.cancel();
        answer = await send();
      }
      if (answer.status < 200 || answer.status >= 300) throw await withinTime(() => refusal(answer), abort);
      const contentType = answer.headers.get('content-type') ?? 'nothing';
      if (answer.status !== 204 && !contentType.startsWith(accept)) {
        abort.abort();
        throw unexpected(`it answered with ${contentType} where ${accept} was asked for`, options.url);
      }
      const { frames } = answer;
      return {
        headers: answer.headers,
        body: bodyOf(answer, abort, done),
        ...(frames && { frames: timedFrames(frames, abort, done) }),
      };
    } catch (error) {
      done();
      throw error;
    }
  };

  async function* bodyOf(answer: OpenAnswer, abort: AbortController, done: () => void): AsyncGenerator<Uint8Array> {
    let isWhole = false;
    try {
      for (;;) {
        const piece = await withinTime(() => answer.read(), abort);
        isWhole = piece === undefined;
        if (piece === undefined) return;
        yield piece;
      }
    } finally {
      done();
      if (!isWhole) await answer.cancel();
    }
  }

  /** `frames` with an end to waiting. */
  const timedFrames = (frames: FrameSource, abort: AbortController, done: () => void): FrameSource => ({
    next: () => (frames.hasMore ? frames.next() : withinTime(() => frames.next(), abort)),
    get hasMore() {
      return frames.hasMore;
    },
    cancel() {
      done();
      return frames.cancel();
    },
  });

  return {
    request,
    async send(asked) {
      const { body } = await request({ ...asked, accept: CONTENT_TYPE.json });
      for await (const piece of body) void piece;
    },
    async value(asked) {
      const { headers, body } = await request(asked);
      const pieces: Uint8Array[] = [];
      for await (const piece of body) pieces.push(piece);
      const bytes = new Uint8Array(await new Blob(pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer());
      return { headers, value: parse(asked.accept, bytes, options.url) };
    },
  };
}

/** Reads the refusal of an answer. */
async function refusal(answer: OpenAnswer): Promise<CovalenceError> {
  const bytes = await restOf(answer);
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // Not a problem document: something between here and the server answered.
    body = undefined;
  }
  const error = errorFromProblem(body, answer.status);
  const retryAfter = Number(answer.headers.get('retry-after') ?? Number.NaN);
  if (Number.isFinite(retryAfter) && isRecord(error.fields)) error.fields['retry_after'] ??= retryAfter;
  return error;
}

function parse(contentType: string, bytes: Uint8Array, server: string): unknown {
  try {
    return contentType === CONTENT_TYPE.msgpack ? decodeMsgpack(bytes) : JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw unexpected(`its answer cannot be read: ${asCovalenceError(error).message}`, server, error);
  }
}

/** The error of an answer that no Covalence server gives. */
export function unexpected(found: string, server: string, cause?: unknown): CovalenceError {
  const message = `${server} does not answer as a Covalence server: ${found}. Check the address.`;
  return new CovalenceError('server/failed', message, { server }, { cause });
}

function queryText(query: Readonly<Record<string, string | undefined>>): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  // Commas and colons are legal in a query and keep it readable.
  return parts.length === 0 ? '' : `?${parts.join('&').replaceAll('%2C', ',').replaceAll('%3A', ':')}`;
}

/** Every reader of addresses takes `.../frames/..` for the room itself; a write of that would hit the room. */
function assertNoFolderAbove(path: string): void {
  const member = path.split('/').find((segment) => segment === '.' || segment === '..');
  if (member === undefined && !path.endsWith('/')) return;
  throw new CovalenceError('request/invalid', `"${member ?? ''}" is no id of a frame and no name of a room or a lock.`);
}
