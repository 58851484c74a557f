import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CovalenceError } from '../../protocol/errors.ts';

/** What the web's own requests cannot be. */
const NOT_SERVED: ReadonlySet<string> = new Set(['TRACE', 'TRACK', 'CONNECT']);

/** The web-standard form of a request; its body streams and its signal fires when the other side goes away. Throws
 * `request/method` for methods that it has no form for. */
export function toWebRequest(message: IncomingMessage, url: URL, whenGone: AbortSignal): Request {
  if (NOT_SERVED.has(message.method ?? '')) {
    throw new CovalenceError('request/method', `${message.method} is not possible here.`);
  }
  const headers = new Headers();
  for (let at = 0; at < message.rawHeaders.length; at += 2) {
    headers.append(message.rawHeaders[at], message.rawHeaders[at + 1]);
  }
  // Behind a trusted proxy the name that was asked for is another one.
  headers.set('host', url.host);
  const method = message.method ?? 'GET';
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(url, {
    method,
    headers,
    signal: whenGone,
    ...(hasBody ? { body: Readable.toWeb(message) as ReadableStream<Uint8Array>, duplex: 'half' } : {}),
  });
}

/** Sends a web-standard response, streaming, as fast as the other side reads. */
export async function sendWebResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  // The request's socket: the answer gets its own only when the one before it on this connection has ended.
  if (outgoing.closed || !outgoing.req.socket.writable) {
    // Nobody is there any more, and a pipe into nothing would never end.
    await response.body?.cancel();
    return;
  }
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) {
    if (name !== 'set-cookie') outgoing.setHeader(name, value);
  }
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies);
  if (response.body === null || outgoing.req.method === 'HEAD') {
    await response.body?.cancel();
    outgoing.end();
    return;
  }
  await pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), outgoing);
}
