import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createDecoder, readVarUint, readVarUint8Array } from 'lib0/decoding';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { HubServer } from './hub-server.ts';

/** A client that sends whatever a test wants. */
export interface RawClient {
  socket: WebSocket;
  /** The TCP socket below, e.g. to stop reading. */
  tcp: Socket;
  /** Everything received, oldest first. */
  messages: Uint8Array[];
  send(message: Uint8Array | string): void;
  closed: Promise<{ code: number; reason: string }>;
  isClosed(): boolean;
}

export async function rawClient(server: HubServer, room: string, query = ''): Promise<RawClient> {
  const socket = new WebSocket(`${server.base}/${room}${query}`);
  const messages: Uint8Array[] = [];
  let isClosed = false;
  socket.on('message', (data: Buffer) => messages.push(new Uint8Array(data)));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => {
      isClosed = true;
      resolve({ code, reason: reason.toString() });
    });
  });
  socket.on('error', () => undefined);
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  const { _socket: tcp } = socket as unknown as { _socket: Socket };
  return { socket, tcp, messages, send: (message) => socket.send(message), closed, isClosed: () => isClosed };
}

/** A TCP connection on which the upgrade has been done by hand: for frames that no WebSocket library writes. */
export async function tcpClient(server: HubServer, room: string): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  socket.write(
    `GET /v1/sync/${room} HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: websocket\r\n` +
      'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-version: 13\r\n\r\n',
  );
  await once(socket, 'data');
  return socket;
}

/** The parts of a sync message. */
export function readSync(message: Uint8Array): { type: number; step: number; payload: Uint8Array } {
  const decoder = createDecoder(message);
  const type = readVarUint(decoder);
  if (type !== 0 && type !== 100) return { type, step: -1, payload: message.subarray(1) };
  return { type, step: readVarUint(decoder), payload: readVarUint8Array(decoder) };
}
