import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket as ClientSocket, WebSocketServer, type WebSocket } from 'ws';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { STEP, syncMessage } from '../../src/server/sync/wire.ts';
import { backoffMs } from '../../src/transport/backoff.ts';
import { webSocketTransport, type WebSocketTransportOptions } from '../../src/transport/websocket.ts';
import type { Transport, TransportStatusEvent } from '../../src/transport/transport.ts';
import { startHub, stockClient } from '../server/sync/hub-server.ts';

const eventually = (check: () => unknown) => expect.poll(check, { timeout: 60_000, interval: 5 });

/** A server that says what a test wants it to say. */
async function scripted(onSocket: (socket: WebSocket, url: URL, attempt: number) => void): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  let attempt = 0;
  server.on('connection', (socket, request) => {
    attempt += 1;
    socket.on('error', () => undefined);
    onSocket(socket, new URL(request.url ?? '/', 'http://localhost'), attempt);
  });
  await once(server, 'listening');
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/base/v1/sync/argon`;
}

function open(
  url: string,
  options: Partial<WebSocketTransportOptions> = {},
): Transport & { told: TransportStatusEvent[] } {
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  const transport = webSocketTransport({ url, doc, awareness, maxBackoffMs: 30, ...options });
  const told: TransportStatusEvent[] = [];
  transport.onStatus((event) => told.push(event));
  transport.connect();
  onTestFinished(async () => {
    await transport.close();
    awareness.destroy();
  });
  return Object.assign(transport, { told });
}

const EMPTY_STATE = syncMessage(STEP.state, Uint8Array.of(0, 0));

describe('the transport over a WebSocket', () => {
  it('[T209] goes through the WebSocket class that it is given', async () => {
    const server = await startHub();
    const opened: string[] = [];
    class Counted extends ClientSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        opened.push(new URL(url).pathname);
      }
    }
    const transport = open(`${server.base}/argon`, { webSocket: Counted as unknown as typeof globalThis.WebSocket });
    await transport.synced;
    expect(opened).toEqual(['/v1/sync/argon']);
  });

  it('[T120] announces itself, its secret and the parameters of each moment; http addresses will do', async () => {
    const seen: URL[] = [];
    const url = await scripted((socket, asked) => {
      seen.push(asked);
      socket.close(1013);
    });
    let token = 0;
    const transport = open(`${url.replace('ws:', 'http:')}?room_key=x`, {
      secret: 'mine',
      params: () => ({ token: String((token += 1)) }),
    });
    await eventually(() => seen.length).toBeGreaterThan(2);
    await transport.close();
    expect(seen[0].pathname).toBe('/base/v1/sync/argon');
    expect(Object.fromEntries(seen[0].searchParams)).toMatchObject({ z: '1', s: 'mine', room_key: 'x' });
    const tokens = seen.map(({ searchParams }) => Number(searchParams.get('token')));
    expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
    expect(new Set(tokens).size).toBe(tokens.length);
  });

  it('[T121] says why it was refused for good, and does not come back', async () => {
    let attempts = 0;
    const url = await scripted((socket) => {
      attempts += 1;
      socket.close(4403, 'auth/denied: this link is for looking only.');
    });
    const transport = open(url);
    await expect(transport.synced).rejects.toMatchObject({
      code: 'auth/denied',
      message: 'this link is for looking only.',
    });
    expect(transport.told).toEqual([{ status: 'denied', error: expect.objectContaining({ code: 'auth/denied' }) }]);
    await expect(transport.whenSaved?.()).rejects.toMatchObject({ code: 'auth/denied' });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect([attempts, transport.status]).toEqual([1, 'denied']);
  });

  it('[T121] never sends again what was too large for the server', async () => {
    let attempts = 0;
    const url = await scripted((socket) => {
      attempts += 1;
      socket.close(1009);
    });
    const transport = open(url);
    await expect(transport.synced).rejects.toMatchObject({ code: 'sync/too-large' });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(attempts).toBe(1);
  });

  it('[T122] comes back after everything else, and is told as offline with the reason meanwhile', async () => {
    const url = await scripted((socket, _url, attempt) => {
      if (attempt < 4)
        socket.close(attempt === 1 ? 1013 : 1001, attempt === 1 ? 'store/failed: the disk is away.' : '');
      else socket.send(EMPTY_STATE);
    });
    const transport = open(url);
    await transport.synced;
    expect(transport.told.map(({ status, error }) => [status, error?.code])).toEqual([
      ['offline', 'store/failed'],
      ['online', undefined],
    ]);
  });

  it('[T123] waits twice as long after each attempt, up to a limit, and always for a random part of it', async () => {
    const longest = [1, 2, 3, 4, 5, 6, 50].map((attempt) => backoffMs(attempt, 5_000, () => 1));
    expect(longest).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    const shortest = [1, 2, 3, 4, 5, 6, 50].map((attempt) => backoffMs(attempt, 5_000, () => 0));
    expect(shortest).toEqual(longest.map((ms) => ms / 4));
    let rolls = 0;
    const url = await scripted((socket) => socket.close(1013));
    open(url, { random: () => (rolls += 1) % 2 });
    await eventually(() => rolls).toBeGreaterThan(3);
  });

  it('[T198] of several addresses goes to the next when one is lost or turns it away, and stays for its own faults', async () => {
    const visits: string[] = [];
    const script = (name: string, ...codes: number[]): Promise<string> =>
      scripted((socket, _url, attempt) => {
        visits.push(name);
        const code = codes[attempt - 1];
        if (code === undefined) socket.send(EMPTY_STATE);
        else socket.close(code);
      });
    const one = await script('one', 1013, 4508);
    const transport = open('', { url: [one, 'ws://127.0.0.1:9/v1/sync/argon', await script('two', 1001)] });
    await eventually(() => transport.status).toBe('online');
    expect(visits).toEqual(['one', 'two', 'one', 'one']);
    const refused = open('', { url: [await script('final', 4403), one] });
    await eventually(() => refused.status).toBe('denied');
    expect(visits.slice(4)).toEqual(['final']);
  });

  it('[T194] leaves no listener on the process, however many rooms a program has open', async () => {
    const url = await scripted(() => undefined);
    const before = process.listenerCount('exit');
    const transports = Array.from({ length: 12 }, () => open(url));
    expect(process.listenerCount('exit')).toBe(before);
    await Promise.all(transports.map((transport) => transport.close()));
    expect(process.listenerCount('exit')).toBe(before);
  });

  it('[T126] asks for what was lost as soon as something shows that it is missing', async () => {
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    for (const key of ['a', 'b', 'c']) doc.getMap('state').set(key, 1);
    const url = await scripted((socket) => {
      socket.on('message', (data: Buffer) => {
        const message = new Uint8Array(data);
        if (message[0] !== 0 || message[1] !== STEP.stateVector) return;
        const stateVector = message.subarray(3);
        if (stateVector.length === 1) {
          socket.send(syncMessage(STEP.state, updates[0]));
          socket.send(syncMessage(STEP.update, updates[2]));
        } else socket.send(syncMessage(STEP.state, Y.encodeStateAsUpdate(doc, stateVector)));
      });
    });
    const transport = open(url);
    await eventually(() => transport.doc.getMap('state').size).toBe(3);
  });

  it('[T124] whatever a server sends, nothing throws: unreadable messages end the connection, unknown ones are passed over', async () => {
    const hostile: (Uint8Array | string)[] = [
      'text',
      new Uint8Array(0),
      Uint8Array.of(0, 9, 1, 1),
      Uint8Array.of(0, 1, 200),
      Uint8Array.of(1, 3, 1, 1, 1),
      Uint8Array.of(100, 1, 3, 255, 255, 255),
      Uint8Array.of(101),
      Uint8Array.of(102, 1, 123),
      Uint8Array.of(103, 1, 123),
      Uint8Array.of(104, 3, 1, 2, 3),
    ];
    const problems: unknown[] = [];
    const note = (error: unknown): void => void problems.push(error);
    process.on('uncaughtException', note);
    process.on('unhandledRejection', note);
    onTestFinished(() => {
      process.off('uncaughtException', note);
      process.off('unhandledRejection', note);
    });
    const url = await scripted((socket, _url, attempt) => {
      const message = hostile[attempt - 1];
      if (message !== undefined) {
        socket.send(message);
        // Yjs tells of broken updates on the console and goes on; the server must not wait for a close.
        setTimeout(() => socket.close(1013), 20);
      } else {
        socket.send(Uint8Array.of(99, 1, 2, 3));
        socket.send(EMPTY_STATE);
      }
    });
    const transport = open(url);
    await transport.synced;
    expect(transport.status).toBe('online');
    expect(transport.told.some(({ error }) => error?.code === 'server/failed')).toBe(true);
    expect(problems).toEqual([]);
  });

  it('[T125] does not send back what it is told of others', async () => {
    const server = await startHub();
    const people = await Promise.all(Array.from({ length: 5 }, () => stockClient(server, 'argon')));
    const sent: number[] = [];
    const doc = new Y.Doc();
    const awareness = new Awareness(doc);
    const transport = webSocketTransport({ url: `${server.base}/argon`, doc, awareness });
    onTestFinished(async () => {
      await transport.close();
      awareness.destroy();
    });
    transport.connect();
    await transport.synced;
    const room = await server.hub.room('argon');
    const before = [...server.sockets].at(-1)?.bytesRead ?? 0;
    for (const [index, { provider }] of people.entries()) provider.awareness.setLocalState({ index });
    await eventually(() => awareness.getStates().size).toBe(6);
    sent.push(([...server.sockets].at(-1)?.bytesRead ?? 0) - before);
    expect(sent).toEqual([0]);
    expect(room.awareness.getStates().size).toBe(5);
  });
});
