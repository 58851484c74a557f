import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { CONTENT_TYPE } from '../../src/protocol/routes.ts';

/** What can go wrong between a server and its client. */
export const FAULTS = [
  'flips a bit',
  'truncates',
  'loses a blob',
  'swaps frames',
  'serves stale',
  'resets before answering',
  'resets in the middle',
  'answers with nothing',
  'answers with a page',
] as const;
export type Fault = (typeof FAULTS)[number];

/** A real HTTP proxy that damages answers with frames while `fault` is set; everything else passes. */
export interface FaultProxy {
  readonly url: string;
  fault: Fault | undefined;
  /** A number in [0, 1) that says where the damage is done. */
  where: number;
  /** Answers damaged so far. */
  readonly damaged: number;
  close(): Promise<void>;
}

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** Starts a proxy on a free port before the server at `port`. */
export async function startFaultProxy(port: number): Promise<FaultProxy> {
  let damaged = 0;
  /** The first answer to each address, for serving stale. */
  const first = new Map<string, Answer>();
  const sockets = new Set<Socket>();

  const ask = async (incoming: IncomingMessage, path: string): Promise<Answer> => {
    const upstream = request({ port, host: '127.0.0.1', method: incoming.method, path, headers: incoming.headers });
    incoming.pipe(upstream);
    const [response] = (await once(upstream, 'response')) as [IncomingMessage];
    const pieces: Buffer[] = [];
    for await (const piece of response) pieces.push(piece as Buffer);
    return { status: response.statusCode ?? 502, headers: response.headers, body: Buffer.concat(pieces) };
  };
  const send = (outgoing: ServerResponse, { status, headers, body }: Answer): void => {
    const { 'transfer-encoding': _chunked, 'content-length': _length, connection: _connection, ...kept } = headers;
    outgoing.writeHead(status, kept);
    outgoing.end(body);
  };
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const path = incoming.url ?? '/';
    const isFrames = incoming.headers.accept === CONTENT_TYPE.frames;
    if (!isFrames) return send(outgoing, await ask(incoming, path));
    const { fault, where } = proxy;
    if (fault !== undefined) damaged += 1;
    if (fault === 'resets before answering') return void incoming.socket.destroy();
    const good = await ask(incoming, fault === 'swaps frames' ? shiftedIndex(path) : path);
    const address = path.replace(/&have=[^&]*/, '');
    if (fault === undefined && !first.has(address)) first.set(address, good);
    const at = Math.floor(where * good.body.length);
    const body = Buffer.from(good.body);
    switch (fault) {
      case 'flips a bit':
        body[at] ^= 1 << Math.floor((where * 8_000) % 8);
        return send(outgoing, { ...good, body });
      case 'truncates':
        return send(outgoing, { ...good, body: body.subarray(0, at) });
      case 'loses a blob':
        // Sixteen aligned bytes or more of the middle are missing; the rest moves up.
        return send(outgoing, {
          ...good,
          body: Buffer.concat([body.subarray(0, at & ~15), body.subarray((at & ~15) + 64)]),
        });
      case 'serves stale':
        return send(outgoing, first.get(address) ?? good);
      case 'resets in the middle':
        outgoing.writeHead(good.status, { 'content-type': CONTENT_TYPE.frames });
        outgoing.write(body.subarray(0, at), () => incoming.socket.destroy());
        return undefined;
      case 'answers with nothing':
        return send(outgoing, { ...good, body: Buffer.alloc(0) });
      case 'answers with a page':
        outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Log in to the network</h1>');
        return undefined;
      default:
        return send(outgoing, good);
    }
  };

  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.on('upgrade', (incoming, socket: Socket, head) => {
    const upstream = connect(port, '127.0.0.1');
    const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`];
    for (let i = 0; i < incoming.rawHeaders.length; i += 2)
      lines.push(`${incoming.rawHeaders[i]}: ${incoming.rawHeaders[i + 1]}`);
    upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    upstream.pipe(socket).pipe(upstream);
    for (const end of [socket, upstream]) {
      sockets.add(end);
      end.on('error', () => undefined);
      end.on('close', () => (socket.destroy(), upstream.destroy()));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: undefined,
    where: 0.5,
    get damaged() {
      return damaged;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return proxy;
}

/** The same request for the frames behind. */
function shiftedIndex(path: string): string {
  return path.replace(
    /index=(\d+):(\d+)/,
    (_, from: string, to: string) => `index=${Number(from) + 1}:${Number(to) + 1}`,
  );
}
