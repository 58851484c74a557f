import { encodeMsgpack } from '../../../data/msgpack.ts';
import { CovalenceError } from '../../../protocol/errors.ts';
import { CONTENT_TYPE } from '../../../protocol/routes.ts';
import { acceptedTypes } from '../../http/accepted-types.ts';

/** What an answer can be written as. */
export type Representation = 'msgpack' | 'frames' | 'json';

const TYPES: Readonly<Record<Representation, string>> = {
  msgpack: CONTENT_TYPE.msgpack,
  frames: CONTENT_TYPE.frames,
  json: CONTENT_TYPE.json,
};

const ACCEPTED: Readonly<Record<string, Representation | 'default'>> = {
  [CONTENT_TYPE.frames]: 'frames',
  [CONTENT_TYPE.msgpack]: 'msgpack',
  'application/msgpack': 'msgpack',
  'application/vnd.msgpack': 'msgpack',
  [CONTENT_TYPE.json]: 'json',
  // A browser's address bar wants something to look at.
  'text/html': 'json',
  'application/*': 'default',
  '*/*': 'default',
};

/** The content type of a representation. */
export function contentTypeOf(representation: Representation): string {
  return TYPES[representation];
}

/**
 * The representation, of those `offered`, that the request likes best; the first one when it does not say. Throws
 * `request/not-acceptable` when it wants none of them.
 */
export function negotiate(request: Request, offered: readonly Representation[]): Representation {
  for (const type of acceptedTypes(request)) {
    const wish = ACCEPTED[type] as Representation | 'default' | undefined;
    if (wish === 'default') return offered[0];
    if (wish !== undefined && offered.includes(wish)) return wish;
  }
  throw new CovalenceError(
    'request/not-acceptable',
    `This cannot be written as ${(request.headers.get('accept') ?? '').slice(0, 100)}. Ask for ${offered.map(contentTypeOf).join(' or ')}.`,
    { offered: offered.map(contentTypeOf) },
  );
}

/** An answer that is small enough to be written at once: JSON, or msgpack when the request prefers it. */
export function answer(
  request: Request,
  body: unknown,
  options: { status?: number; headers?: Record<string, string>; prefer?: 'json' | 'msgpack' } = {},
): Response {
  const order = options.prefer === 'msgpack' ? (['msgpack', 'json'] as const) : (['json', 'msgpack'] as const);
  const representation = negotiate(request, order);
  const bytes = representation === 'msgpack' ? encodeMsgpack(body) : JSON.stringify(body, jsonValue);
  return new Response(bytes, {
    status: options.status ?? 200,
    headers: {
      'content-type': contentTypeOf(representation),
      'cache-control': 'no-store',
      vary: 'accept',
      ...options.headers,
    },
  });
}

/** An answer of bytes that many may be reading: a Response of bytes would copy them for each. */
export function bytesAnswer(bytes: Uint8Array, init: { status?: number; headers: Record<string, string> }): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (bytes.byteLength > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
  return new Response(body, { ...init, headers: { ...init.headers, 'content-length': String(bytes.byteLength) } });
}

/** Writes binary values, which JSON lacks, as lists of numbers. */
export function jsonValue(_key: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? [...(value as Uint8Array)] : value;
}
