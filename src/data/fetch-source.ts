import { CovalenceError, isCovalenceError } from '../protocol/errors.ts';
import type { ByteSource } from './formats/format.ts';
import { memorySource } from './formats/source/memory-source.ts';

/** How {@link fetchSource} reaches a file. */
export interface FetchSourceOptions {
  fetch?: typeof fetch;
  signal?: AbortSignal;
}

/** Bytes that a usual connection carries while another request goes and comes. */
const JUMP_BYTE_LENGTH = 512 * 1024;

/** Enough to see whether ranges work and what the file is. */
const PROBE_BYTE_LENGTH = 64 * 1024;

/**
 * A file on any web server. Where the server answers ranges only the bytes that are needed travel, else the file is
 * loaded whole. Rejects with `file/not-found`, `server/unreachable`, and reads with `file/changed` when the file is no
 * longer the one that was opened.
 */
export async function fetchSource(url: string | URL, options: FetchSourceOptions = {}): Promise<ByteSource> {
  const doFetch = options.fetch ?? ((input, init) => fetch(input, init));
  const address = String(url);
  const name = fileName(address);

  const get = async (init: RequestInit, signal: AbortSignal | undefined): Promise<Response> => {
    signal?.throwIfAborted();
    let response: Response;
    try {
      response = await doFetch(address, { ...init, ...(signal && { signal }) });
    } catch (error) {
      signal?.throwIfAborted();
      throw unreachable(address, error);
    }
    if (response.ok) return response;
    const code = response.status >= 500 ? 'server/unreachable' : 'file/not-found';
    throw new CovalenceError(code, `${address} cannot be read: the server answered ${response.status}.`, {
      url: address,
      status: response.status,
    });
  };
  const range = (offset: number, end: number | undefined, signal: AbortSignal | undefined): Promise<Response> =>
    get({ headers: { range: `bytes=${offset}-${end === undefined ? '' : end - 1}` } }, signal);

  const first = await range(0, PROBE_BYTE_LENGTH, options.signal);
  const head = await bytesOf(first, address, options.signal);
  const byteLength =
    first.status === 206 ? await totalOf(first, head, () => get({ method: 'HEAD' }, options.signal)) : head.byteLength;
  if (first.status !== 206 || byteLength === undefined) {
    const whole = first.status === 206 ? await bytesOf(await get({}, options.signal), address, options.signal) : head;
    return memorySource(name, whole);
  }
  const identity = identityOf(first);

  const check = (response: Response): Response => {
    const total = totalInRange(response);
    const isSame =
      response.status === 206 && identityOf(response) === identity && (total === undefined || total === byteLength);
    if (isSame) return response;
    throw new CovalenceError('file/changed', `${address} changed while it was open. Open it again.`, { url: address });
  };
  return {
    name,
    byteLength,
    jumpByteLength: JUMP_BYTE_LENGTH,
    async read(offset, length, signal) {
      const end = Math.min(offset + length, byteLength);
      if (end <= offset) return new Uint8Array(0);
      if (end <= head.byteLength) return head.slice(offset, end);
      const bytes = await bytesOf(check(await range(offset, end, signal)), address, signal);
      if (bytes.byteLength === end - offset) return bytes;
      throw unreachable(address, new Error(`${bytes.byteLength} bytes came where ${end - offset} were asked for`));
    },
    async *stream(offset, signal) {
      if (offset >= byteLength) return;
      const response = check(await range(offset, undefined, signal));
      let received = 0;
      for await (const piece of piecesOf(response, address, signal)) {
        received += piece.byteLength;
        yield piece;
      }
      if (received !== byteLength - offset)
        throw unreachable(address, new Error(`the answer ended after ${received} bytes`));
    },
    close: async () => undefined,
  };
}

async function totalOf(
  response: Response,
  head: Uint8Array,
  askHead: () => Promise<Response>,
): Promise<number | undefined> {
  const total = totalInRange(response);
  if (total !== undefined) return total;
  if (head.byteLength < PROBE_BYTE_LENGTH) return head.byteLength;
  // Another origin may hide Content-Range; Content-Length is never hidden.
  const length = Number((await askHead()).headers.get('content-length') ?? Number.NaN);
  return Number.isSafeInteger(length) && length >= head.byteLength ? length : undefined;
}

function totalInRange(response: Response): number | undefined {
  const total = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  return total === undefined ? undefined : Number(total);
}

function identityOf(response: Response): string {
  return `${response.headers.get('etag') ?? ''} ${response.headers.get('last-modified') ?? ''}`;
}

async function bytesOf(response: Response, address: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    signal?.throwIfAborted();
    throw unreachable(address, error);
  }
}

async function* piecesOf(
  response: Response,
  address: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  let isWhole = false;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      isWhole = done;
      if (value === undefined) return;
      yield value;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw isCovalenceError(error) ? error : unreachable(address, error);
  } finally {
    if (!isWhole) await reader.cancel().catch(() => undefined);
  }
}

function unreachable(address: string, cause: unknown): CovalenceError {
  const message = `${address} cannot be loaded. Check the address, the network, and whether its server lets other pages read it (CORS).`;
  return new CovalenceError('server/unreachable', message, { url: address }, { cause });
}

function fileName(address: string): string {
  const path = address.split(/[?#]/, 1)[0];
  const last = path.slice(path.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(last) || 'file';
  } catch {
    // A name that is no encoded text stands for itself.
    return last;
  }
}
