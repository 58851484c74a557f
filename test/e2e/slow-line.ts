import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A line of its own to a server on this machine, as slow as one across the world. */
export interface SlowLine {
  /** The address of the server behind it. */
  at(url: string): string;
  /** Breaks off everything that is on its way, without a word to either end. */
  cut(): void;
  /** Nothing arrives any more at either end until the returned function is called; nobody is told. */
  stall(): () => void;
  close(): Promise<void>;
}

/** Every byte arrives `delayMs` later, in order, either way. */
export async function slowLine(port: number, delayMs: number): Promise<SlowLine> {
  const sockets = new Set<Socket>();
  let isStalled = false;
  const carry = (from: Socket, to: Socket): void => {
    from.on('data', (bytes) => setTimeout(() => to.writable && to.write(bytes), delayMs));
    if (isStalled) from.pause();
    from.on('end', () => setTimeout(() => to.end(), delayMs));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      setTimeout(() => to.destroy(), delayMs);
    });
    sockets.add(from);
  };
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    carry(near, far);
    carry(far, near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    at(url) {
      const slow = new URL(url);
      slow.port = String((server.address() as AddressInfo).port);
      return slow.href;
    },
    cut,
    stall() {
      isStalled = true;
      for (const socket of sockets) socket.pause();
      return () => {
        isStalled = false;
        for (const socket of sockets) socket.resume();
      };
    },
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
