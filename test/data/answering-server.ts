import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What a server does with one request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A server on a real socket, until the test ends, that gives one of `answers` after the other, the last for ever. */
export async function listen(...answers: Answer[]): Promise<string> {
  const server = createServer((request, response) => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    void answer?.(request, response);
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`;
}

/** Bytes that a connection has taken when it stands still, which it does where the system's buffers are full. */
export async function standstill(connection: Socket): Promise<number> {
  for (;;) {
    const before = connection.bytesWritten;
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    if (connection.bytesWritten === before) return before;
  }
}
