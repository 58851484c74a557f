import { type ClientRequest, type IncomingMessage, get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';
import type { OpenAnswer, PlatformGet } from './open-answer.ts';

/** Bytes that may wait for the reader before the connection is told to. */
const MAX_WAITING_BYTE_LENGTH = 1024 * 1024;

/**
 * Reads by `node:http`: what comes is handed out as it lies in the buffer of the socket, where `fetch` of Node copies it
 * into a stream of another kind first. Redirects are left to `fetch`.
 */
export const platformGet: PlatformGet = (url, init) =>
  new Promise((resolve, reject) => {
    const get = url.startsWith('https:') ? getSecure : getPlain;
    const request = get(url, { headers: Object.fromEntries(init.headers), signal: init.signal });
    request.once('response', (response) => {
      const status = response.statusCode ?? 0;
      if (status < 300 || status >= 400) return resolve(answerOf(status, response));
      response.destroy();
      resolve(undefined);
    });
    request.once('error', (error) => {
      if (wasClosedMeanwhile(request, error)) resolve(platformGet(url, init));
      else reject(error);
    });
  });

/** A kept connection that the server closed while it was asked on. */
function wasClosedMeanwhile(request: ClientRequest, error: NodeJS.ErrnoException): boolean {
  return request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

function answerOf(status: number, response: IncomingMessage): OpenAnswer {
  const pieces = piecesOf(response);
  return {
    status,
    headers: {
      get(name) {
        const value = response.headers[name.toLowerCase()];
        return Array.isArray(value) ? value.join(', ') : (value ?? null);
      },
    },
    ...pieces,
  };
}

function piecesOf(response: IncomingMessage): Pick<OpenAnswer, 'read' | 'cancel'> {
  const waiting: Uint8Array[] = [];
  let waitingByteLength = 0;
  let isOver = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  const news = (): void => {
    wake?.();
    wake = undefined;
  };
  response.on('data', (piece: Uint8Array) => {
    waiting.push(piece);
    waitingByteLength += piece.byteLength;
    if (waitingByteLength > MAX_WAITING_BYTE_LENGTH) response.pause();
    news();
  });
  response.once('end', () => {
    isOver = true;
    news();
  });
  response.once('error', (error) => {
    failure = error;
    news();
  });
  return {
    async read() {
      while (waiting.length === 0) {
        if (failure !== undefined) throw failure;
        if (isOver) return undefined;
        if (response.isPaused()) response.resume();
        await new Promise<void>((resolve) => (wake = resolve));
      }
      const piece = waiting.shift() as Uint8Array;
      waitingByteLength -= piece.byteLength;
      return piece;
    },
    async cancel() {
      response.destroy();
    },
  };
}
