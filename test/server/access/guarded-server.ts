import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Capability } from '../../../src/protocol/capabilities.ts';
import { type Clock, systemClock } from '../../../src/protocol/clock.ts';
import { signToken } from '../../../src/server/access/signed-token.ts';
import { type CovalenceServer, createServer, type ServerOptions } from '../../../src/server/server.ts';

export const SECRET = 'a secret of at least thirty-two bytes';

/** A server that asks for signed tokens; it ends with the test. */
export async function guardedServer(options: ServerOptions = {}): Promise<CovalenceServer> {
  const server = await createServer({ port: 0, authSecret: SECRET, ...options });
  await server.listen();
  onTestFinished(() => server.close());
  return server;
}

/** A token for an hour. */
export function tokenFor(
  can: readonly Capability[],
  { room = '*', clock = systemClock, ...more }: { room?: string; clock?: Clock; name?: string; lastsMs?: number } = {},
): Promise<string> {
  const { lastsMs = 3_600_000, ...claims } = more;
  return signToken(SECRET, { room, can, expiresMs: clock.now() + lastsMs, ...claims }, clock);
}

/** How a WebSocket ends: `open` when it is served, its close code, or the status of the refused upgrade. */
export async function visit(
  url: string,
  options: { token?: string; headers?: Record<string, string> } = {},
): Promise<string> {
  const protocols = options.token === undefined ? [] : ['covalence', `covalence-token.${options.token}`];
  const socket = new WebSocket(url, protocols, { headers: options.headers ?? {} });
  try {
    return await new Promise<string>((resolve) => {
      socket.once('message', () => resolve('open'));
      socket.once('close', (code, reason) => resolve(`${code} ${reason.toString().split(':')[0]}`));
      socket.once('unexpected-response', (_request, response) => {
        response.resume();
        resolve(`${response.statusCode} ${response.statusMessage}`);
      });
      socket.on('error', (error) => resolve(error.message));
    });
  } finally {
    socket.terminate();
  }
}
