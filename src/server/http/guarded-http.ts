import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { CovalenceError } from '../../protocol/errors.ts';
import { CONTENT_TYPE } from '../../protocol/routes.ts';
import type { ServerFigures } from '../server-figures.ts';

/** A request's head has to be here after so long. */
const HEADERS_TIMEOUT_MS = 10_000;
/** How often late ones are looked for. */
const CHECK_MS = 1_000;
/** A connection on which nothing moves so long is asked whether anybody is there at its other end. */
const PROBE_MS = 60_000;
/** Longer than the proxies' usual 60 s, so that it is they who end an idle connection, knowing that they did. */
const KEEP_ALIVE_MS = 65_000;
const MAX_HEADER_BYTE_LENGTH = 16_384;

/** Answers a connection that speaks no proper HTTP, or one too many. */
function endWith(socket: Socket, error: CovalenceError): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(error.toProblem());
  socket.end(
    `HTTP/1.1 ${error.status} ${error.code}\r\ncontent-type: ${CONTENT_TYPE.problem}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

function parseFailure(code: string | undefined): CovalenceError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new CovalenceError(
      'request/headers',
      `The headers of a request have at most ${MAX_HEADER_BYTE_LENGTH} bytes.`,
      { limit: MAX_HEADER_BYTE_LENGTH },
    );
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new CovalenceError(
      'request/timeout',
      `The head of the request was not here after ${HEADERS_TIMEOUT_MS / 1_000} s.`,
      { limit_ms: HEADERS_TIMEOUT_MS },
    );
  }
  return new CovalenceError('request/invalid', 'This is no HTTP/1.1 request.');
}

/** What connections may cost. */
export interface GuardedHttpOptions {
  /** Connections at once. */
  connections: number;
  figures: ServerFigures;
  /** Milliseconds for the head of a request; default 10,000. */
  headersTimeoutMs?: number | undefined;
}

/** An HTTP server that slow, silent, oversized and too many clients cannot hold up. */
export function guardedHttp(
  { connections, figures, headersTimeoutMs }: GuardedHttpOptions,
  listener: RequestListener,
): Server {
  const http = createServer(
    {
      headersTimeout: headersTimeoutMs ?? HEADERS_TIMEOUT_MS,
      // An upload may take long; one that stands still, or an answer that is not read, is ended by its pace.
      requestTimeout: 0,
      keepAlive: true,
      keepAliveInitialDelay: PROBE_MS,
      connectionsCheckingInterval: Math.min(CHECK_MS, headersTimeoutMs ?? CHECK_MS),
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTE_LENGTH,
    },
    listener,
  );
  // What the server itself takes long for is no silence of the other side.
  http.timeout = 0;
  http.on('connection', (socket: Socket) => {
    if (figures.connectionCount >= connections) {
      socket.on('error', () => undefined);
      figures.refused('server/behind');
      endWith(
        socket,
        new CovalenceError('server/behind', `This server has ${connections} connections, its limit.`, {
          limit: connections,
        }),
      );
      return;
    }
    figures.connected(socket);
  });
  http.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const refusal = parseFailure(error.code);
    figures.refused(refusal.code);
    endWith(socket as Socket, refusal);
  });
  return http;
}
