import { CovalenceError, asCovalenceError } from '../../src/protocol/errors.ts';
import { type Frame, frameArray } from '../../src/protocol/frames.ts';
import { CONTENT_TYPE, HEADER } from '../../src/protocol/routes.ts';
import { frameStreamEncoder } from '../../src/data/frame-stream-encoder.ts';
import { valueToWire } from '../../src/data/frame-codec.ts';
import { encodeMsgpack } from '../../src/data/msgpack.ts';
import type { DataProvider } from '../../src/data/provider.ts';
import { joined } from './sample-frames.ts';

/** What a test may do to the frames of an answer before they are encoded, and to its bytes after. */
export interface Faults {
  frames?: (frames: Frame[]) => Frame[];
  bytes?: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
}

/** A `fetch` that serves the reads of `provider` in memory, and the addresses it was asked for. */
export interface FrameServer {
  fetch: typeof fetch;
  requests: URL[];
  faults: Faults;
}

/** The reading half of the data channel in a page of code, so that faults can be put exactly where they are meant. */
export function frameServer(provider: DataProvider): FrameServer {
  const server: FrameServer = {
    requests: [],
    faults: {},
    fetch: async (input, init) => serve(new Request(input, init)),
  };

  async function serve(request: Request): Promise<Response> {
    request.signal.throwIfAborted();
    const url = new URL(request.url);
    server.requests.push(url);
    try {
      return await answer(url);
    } catch (error) {
      const refused = asCovalenceError(error);
      return Response.json(refused.toProblem(), {
        status: refused.status,
        headers: { 'content-type': CONTENT_TYPE.problem },
      });
    }
  }

  async function answer(url: URL): Promise<Response> {
    const data = url.searchParams.get('data');
    const keys = data === null ? undefined : data.split(',').filter((key) => key !== '');
    if (url.pathname === '/base/v1/rooms/r') return Response.json(await provider.info());
    if (url.pathname === '/base/v1/rooms/r/scalars') {
      const scalars = Object.entries(await provider.scalars(keys));
      const columns = scalars.map(([key, values]) => [key, valueToWire(frameArray(values))] as const);
      const body = encodeMsgpack(Object.fromEntries(columns));
      return new Response(body, { headers: { 'content-type': CONTENT_TYPE.msgpack } });
    }
    if (url.pathname !== '/base/v1/rooms/r/frames')
      throw new CovalenceError('request/not-found', `Nothing at ${url.pathname}.`);
    const [start, stop] = (url.searchParams.get('index') ?? '').split(':').map(Number);
    let frames: Frame[] = [];
    for await (const frame of provider.readRange(start, stop, keys === undefined ? {} : { data: keys }))
      frames.push(frame);
    frames = server.faults.frames?.(frames) ?? frames;
    const encoder = frameStreamEncoder({ have: new Set(url.searchParams.get('have')?.split(',')) });
    const whole = joined([encoder.start(), ...frames.flatMap((frame) => encoder.frame(frame)), encoder.end()]);
    const { seq } = await provider.info();
    return new Response(server.faults.bytes?.(whole) ?? whole, {
      headers: { 'content-type': CONTENT_TYPE.frames, [HEADER.seq]: String(seq) },
    });
  }
  return server;
}
