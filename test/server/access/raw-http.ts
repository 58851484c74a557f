import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A TCP connection to a server; it ends with the test. */
export async function rawSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Everything that comes until the server ends the connection. */
export function everything(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  return new Promise((resolve) => socket.once('close', () => resolve(text)));
}

/** Sends bytes as they are and returns what comes back; asks the server to close, unless the bytes do. */
export async function exchange(port: number, bytes: string): Promise<string> {
  const socket = await rawSocket(port);
  const all = everything(socket);
  socket.write(bytes, 'latin1');
  return all;
}
