import type { IncomingMessage } from 'node:http';
import { systemClock } from '../../protocol/clock.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import { type Pace, type PaceWatch, type Patience, paceOf, paceWatch } from './pace.ts';

/** What the web's own requests cannot be. */
const NOT_SERVED: ReadonlySet<string> = new Set(['TRACE', 'TRACK', 'CONNECT']);

/**
 * The web-standard form of a request; its body streams and its signal fires when the other side goes away. A body that
 * is sent slower than the pace ends with `request/timeout`. Throws `request/method` for methods that it has no form for.
 */
export function toWebRequest(
  message: IncomingMessage,
  url: URL,
  whenGone: AbortSignal,
  patience: Patience = {},
): Request {
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
    ...(hasBody ? { body: bodyOf(message, patience), duplex: 'half' } : {}),
  });
}

/** The body of a request as it is asked for, at no less than the pace. */
function bodyOf(
  message: IncomingMessage,
  { clock = systemClock, pace = paceOf() }: Patience,
): ReadableStream<Uint8Array> {
  // The connection outlives the body: an answer follows.
  const pieces = message.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array, undefined>;
  let watch: PaceWatch;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        watch = paceWatch(clock, pace, () => controller.error(tooSlow(pace)));
      },
      async pull(controller) {
        watch.waiting();
        let next: IteratorResult<Uint8Array, undefined>;
        try {
          next = await pieces.next();
        } catch (error) {
          watch.end();
          throw error;
        }
        watch.moved(next.value?.byteLength ?? 0);
        if (next.done !== true) return controller.enqueue(next.value);
        watch.end();
        controller.close();
      },
      async cancel() {
        watch.end();
        // Without a reader what is left is passed over.
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

function tooSlow({ patienceMs, byteLength }: Pace): CovalenceError {
  return new CovalenceError(
    'request/timeout',
    `Of the body came less than ${byteLength} bytes in ${patienceMs / 1_000} s of waiting; nothing was changed. Send it again when the line is better, or in smaller requests.`,
    { limit_ms: patienceMs, byte_length: byteLength },
  );
}
