import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { httpProvider } from '../../src/data/http-provider.ts';
import { memoryProvider } from '../../src/data/memory-provider.ts';
import type { DataProvider } from '../../src/data/provider.ts';
import { type OpenAnswer, restOf } from '../../src/data/open-answer.ts';
import { platformGet } from '../../src/data/platform-get-node.ts';
import type { Frame } from '../../src/protocol/frames.ts';
import { type Answer, listen, standstill } from './answering-server.ts';
import { frameServer } from './frame-server.ts';
import { sampleData } from './sample-frames.ts';

const source = memoryProvider({ frames: [0, 1, 2].map((index) => sampleData(index, 2000)) });
const frames = frameServer(source);
const serve: Answer = async (request, response) => {
  const answer = await frames.fetch(`http://host.example${request.url ?? ''}`);
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(new Uint8Array(await answer.arrayBuffer()));
};

async function all(provider: DataProvider): Promise<Frame[]> {
  const all: Frame[] = [];
  for await (const frame of provider.readRange(0, 3)) all.push(frame);
  return all;
}

const read = (url: string): Promise<Frame[]> => all(httpProvider({ url, room: 'r' }));
const original = await all(source);

describe('frames over node:http', () => {
  it('[D230] frames are those of the server, through a redirect and on a kept connection that was closed meanwhile', async () => {
    const sockets = new Set<Socket>();
    const note: Answer = (request, response) => {
      sockets.add(request.socket);
      return serve(request, response);
    };
    const url = await listen(
      (request, response) => response.writeHead(307, { location: request.url }).end(),
      serve,
      note,
      // Asked on the kept connection: it ends without a word.
      (request) => request.socket.resetAndDestroy(),
      note,
    );
    expect(await read(url)).toEqual(original);
    expect(await read(url)).toEqual(original);
    expect(await read(url)).toEqual(original);
    expect(sockets.size).toBe(2);
  });

  it('[D230] a break in the middle, a refusal and a dead port are coded errors; what came before is handed out', async () => {
    const half: Answer = async (request, response) => {
      const bytes = new Uint8Array(await (await frames.fetch(`http://host.example${request.url ?? ''}`)).arrayBuffer());
      response.writeHead(200, { 'content-type': 'application/vnd.covalence.frames', 'content-length': bytes.length });
      response.write(bytes.subarray(0, Math.ceil(bytes.length * 0.7)), () => request.socket.destroy());
    };
    const url = await listen(half);
    const came: Frame[] = [];
    const broken = (async () => {
      for await (const frame of httpProvider({ url, room: 'r' }).readRange(0, 3)) came.push(frame);
    })();
    await expect(broken).rejects.toMatchObject({ code: 'server/unreachable' });
    expect(came).toEqual(original.slice(0, came.length));
    expect(came.length).toBe(1);
    const refused = read(await listen((_, response) => response.writeHead(503).end('busy')));
    await expect(refused).rejects.toMatchObject({
      code: 'server/failed',
      message: expect.stringContaining('503') as string,
    });
    const dead = 'http://127.0.0.1:9/base';
    await expect(read(dead)).rejects.toMatchObject({ code: 'server/unreachable' });
  });

  it('[D230] a reader that pauses holds little and gets all, and one that leaves ends the connection', async () => {
    const total = 64 * 1024 * 1024;
    const connections: Socket[] = [];
    const url = await listen((request, response) => {
      connections.push(request.socket);
      request.socket.on('error', () => undefined);
      response.writeHead(200, { 'content-length': total });
      const write = (left: number): void => {
        if (left === 0) response.end();
        else response.write(Buffer.alloc(64 * 1024), () => write(left - 64 * 1024));
      };
      write(total);
    });
    const abort = new AbortController();
    const open = async (): Promise<OpenAnswer> =>
      (await platformGet(url, { headers: new Headers(), signal: abort.signal })) as OpenAnswer;
    const patient = await open();
    let received = (await patient.read())?.byteLength ?? 0;
    expect(await standstill(connections[0])).toBeLessThan(total / 2);
    for (let piece = await patient.read(); piece !== undefined; piece = await patient.read())
      received += piece.byteLength;
    expect(received).toBe(total);

    const leaving = await open();
    await leaving.read();
    const closed = new Promise((resolve) => connections[1].once('close', resolve));
    abort.abort();
    await closed;
    await expect(restOf(leaving)).rejects.toThrow(/abort/i);
  });

  it('[D230] a fetch that is given is the one that is used', async () => {
    const url = 'http://127.0.0.1:9/base';
    const provider = httpProvider({ url, room: 'r', fetch: frames.fetch });
    expect((await provider.read(1)).data).toEqual(original[1].data);
  });
});
