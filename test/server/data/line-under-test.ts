import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type { WebSocket as ServerSocket } from 'ws';
import { STEP } from '../../../src/server/sync/wire.ts';
import { MESSAGE } from '../../../src/protocol/messages.ts';

type Serve = (socket: ServerSocket, stream: Duplex) => void;

/** The server's end of a socket, as far as a room uses it. */
class ServerEnd extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  binaryType = 'nodebuffer';
  readonly #onClose: (code: number, reason: string) => void;

  constructor(onClose: (code: number, reason: string) => void) {
    super();
    this.#onClose = onClose;
  }

  close(code: number, reason: string): void {
    this.#onClose(code, reason);
  }

  terminate(): void {
    this.#onClose(1006, '');
  }

  ping(): void {
    this.emit('pong');
  }
}

/** The client's end of a socket, as far as y-websocket uses it. */
class ClientEnd {
  readonly OPEN = 1;
  readyState = 0;
  binaryType = 'arraybuffer';
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly #line: Line;

  constructor(line: Line) {
    this.#line = line;
    line.ask(this);
  }

  send(message: Uint8Array): void {
    this.#line.toServer.push(Uint8Array.from(message));
  }

  close(): void {
    this.#line.hangUp(this);
  }
}

/**
 * A WebSocket between one client and a room's server, whose messages wait until they are handed on: what happens when is
 * a list of steps. `toServer` and `toClient` are messages on their way.
 */
export class Line {
  readonly toServer: Uint8Array[] = [];
  readonly toClient: Uint8Array[] = [];
  isUp = true;
  /** Lets the client try to connect. */
  wake: () => void = () => undefined;
  readonly #serve: () => Serve | undefined;
  #client: ClientEnd | undefined;
  #server: ServerEnd | undefined;

  /** `serve`: the room, while there is a server. */
  constructor(serve: () => Serve | undefined) {
    this.#serve = serve;
  }

  /** A class whose sockets are this line, for `webSocketTransport`. */
  get WebSocket(): typeof globalThis.WebSocket {
    return ClientEnd.bind(undefined, this) as unknown as typeof globalThis.WebSocket;
  }

  get isConnected(): boolean {
    return this.#server !== undefined;
  }

  ask(client: ClientEnd): void {
    this.#client = client;
  }

  /** Answers a client that waits for its socket to open; false when none does, or none can. */
  open(): boolean {
    const client = this.#client;
    const serve = this.#serve();
    if (!this.isUp || client === undefined || client.readyState !== 0 || serve === undefined) return false;
    const server = new ServerEnd((code, reason) => this.#end(code, reason));
    this.#server = server;
    client.readyState = 1;
    client.onopen?.();
    const stream = {
      writableLength: 0,
      on: () => stream,
      write: (frame: Buffer) => {
        if (this.#server === server) this.toClient.push(payloadOf(frame));
        return true;
      },
    };
    serve(server as unknown as ServerSocket, stream as unknown as Duplex);
    return true;
  }

  /** Connects when that is possible, and hands on everything; false when there was nothing to do. */
  flow(): boolean {
    if (this.isUp && !this.isConnected) this.wake();
    let hasMoved = this.open();
    while (this.step('server') || this.step('client')) hasMoved = true;
    return hasMoved;
  }

  /** Hands on the oldest message of one direction; false when there is none. */
  step(to: 'server' | 'client'): boolean {
    const message = to === 'server' ? this.toServer.shift() : this.toClient.shift();
    if (message === undefined) return false;
    if (to === 'server') this.#server?.emit('message', Buffer.from(message), true);
    else this.#client?.onmessage?.({ data: Uint8Array.from(message).buffer });
    return true;
  }

  /** Hands on an update of the shared document that is on its way, and keeps it: it will arrive twice. */
  repeat(to: 'server' | 'client'): boolean {
    const messages = to === 'server' ? this.toServer : this.toClient;
    const at = messages.findIndex(([type, step]) => type === MESSAGE.sync && step === STEP.update);
    if (at === -1) return false;
    const copy = messages[at];
    while (messages.length > 0 && messages[0] !== copy) this.step(to);
    // A line that was closed by what came before has nothing on its way any more.
    if (messages.length === 0) return false;
    messages.unshift(Uint8Array.from(copy));
    return this.step(to);
  }

  /** The line breaks: what is on the way is lost, and both ends are told. */
  cut(): void {
    this.isUp = false;
    this.#end(1006, '');
  }

  /** The server is dead: nobody is left to be told at its end. */
  orphan(): void {
    this.#server?.removeAllListeners();
    this.#end(1006, '');
  }

  hangUp(client: ClientEnd): void {
    if (client === this.#client) this.#end(1005, '');
  }

  #end(code: number, reason: string): void {
    const [client, server] = [this.#client, this.#server];
    this.toServer.length = 0;
    this.toClient.length = 0;
    this.#client = undefined;
    this.#server = undefined;
    if (server !== undefined) {
      server.readyState = 3;
      server.emit('close');
    }
    if (client === undefined) return;
    client.readyState = 3;
    client.onclose?.({ code, reason });
  }
}

/** What an unmasked frame holds. */
function payloadOf(frame: Buffer): Uint8Array {
  const short = frame[1];
  return Uint8Array.from(frame.subarray(short < 126 ? 2 : short === 126 ? 4 : 10));
}
