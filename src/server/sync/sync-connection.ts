import { createDecoder, readVarUint, readVarUint8Array } from 'lib0/decoding';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '../../protocol/clock.ts';
import { asCovalenceError, CovalenceError, type ErrorCode } from '../../protocol/errors.ts';
import { CLOSE, MESSAGE } from '../../protocol/messages.ts';
import { closeCodeOf, closeReason } from './close-reason.ts';
import { type RateLimit, rateLimit } from './rate-limit.ts';
import type { SyncLimits } from './sync-limits.ts';
import type { SyncLog } from './sync-log.ts';
import { EMPTY_AWARENESS, frameOf, STEP } from './wire.ts';

/** What a connection hands to whoever serves it. A throw of a coded error closes the connection with its close code. */
export interface ConnectionDuties {
  clock: Clock;
  log: SyncLog;
  limits: SyncLimits;
  /** Told of every refusal that closes a connection. */
  onRefused?: ((code: ErrorCode) => void) | undefined;
  /** The state vector of everything sent to all so far: from there a reader that fell behind is served again. */
  sentVector(): Uint8Array;
  onUpdate(connection: SyncConnection, update: Uint8Array, isWholeState: boolean): void;
  /** The other side asked for everything that its state vector lacks. */
  onQuestion(connection: SyncConnection, stateVector: Uint8Array): void;
  /** `isOpening`: it came before the client can have heard of anybody else, so it speaks of itself. */
  onAwareness(connection: SyncConnection, update: Uint8Array, isOpening: boolean): void;
  onAwarenessQuestion(connection: SyncConnection): void;
  onBarrier(connection: SyncConnection, id: number): void;
  /** A reader that was behind takes messages again; it has everything up to `stateVector`. */
  onDrained(connection: SyncConnection, stateVector: Uint8Array): void;
  onClosed(connection: SyncConnection): void;
}

/** Who is at the other end. */
export interface ConnectionIdentity {
  session: string;
  subject: string;
  /** Understands messages 100-104. */
  isOurs: boolean;
  /** Can inflate message 104; old browsers cannot. */
  canInflate: boolean;
  canWrite: boolean;
  /** When its token runs out, in milliseconds since 1970. */
  expiresMs: number;
}

/** A stock client gives up after 30 s in which it heard nothing. */
const SILENCE_MS = 15_000;
/** Nothing heard for so long: ask. */
const PING_MS = 20_000;
/** Nothing heard for so long, not even an answer to a ping: gone. */
const DEAD_MS = 60_000;

/** One socket of a room: reads messages, never queues more than the limit, and says when it can be served again. */
export class SyncConnection {
  readonly identity: ConnectionIdentity;
  /** Gaps in a row; an update that fits sets it back. */
  gaps = 0;
  /** Fresh beginnings of keys that exist already. */
  readonly mayContest: RateLimit;
  readonly #webSocket: WebSocket;
  readonly #socket: Duplex;
  readonly #duties: ConnectionDuties;
  readonly #maySend: RateLimit;
  #messageCount = 0;
  #lastSentMs: number;
  #lastHeardMs: number;
  #behind: { sinceMs: number; stateVector: Uint8Array } | undefined;
  #isClosed = false;

  constructor(webSocket: WebSocket, socket: Duplex, identity: ConnectionIdentity, duties: ConnectionDuties) {
    const { clock, limits, log } = duties;
    this.identity = identity;
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#duties = duties;
    this.#lastSentMs = clock.now();
    this.#lastHeardMs = this.#lastSentMs;
    this.#maySend = rateLimit(clock, { perSecond: limits.messagesPerSecond, burst: limits.messageBurst });
    this.mayContest = rateLimit(clock, { perSecond: limits.contestedPerMinute / 60, burst: limits.contestedPerMinute });
    webSocket.binaryType = 'nodebuffer';
    webSocket.on('message', (data: Buffer, isBinary) => this.#take(data, isBinary));
    webSocket.on('pong', () => (this.#lastHeardMs = clock.now()));
    webSocket.on('error', (error) => log.info({ error: error.message }, 'a socket failed'));
    webSocket.on('close', () => this.#end());
    socket.on('drain', () => this.#drain());
  }

  get isOpen(): boolean {
    return !this.#isClosed && this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  /** True while this reader takes nothing; what is sent to it meanwhile is dropped. */
  get isBehind(): boolean {
    return this.#behind !== undefined;
  }

  /** Sends a frame made by `frameOf`. False when it was dropped, because the reader is behind or gone. */
  send(frame: Buffer, nowMs: number = this.#duties.clock.now()): boolean {
    if (this.#behind !== undefined || !this.isOpen) return false;
    this.#socket.write(frame);
    this.#lastSentMs = nowMs;
    if (this.#socket.writableLength > this.#duties.limits.socketQueueByteLength) {
      this.#behind = { sinceMs: this.#lastSentMs, stateVector: this.#duties.sentVector() };
    }
    return true;
  }

  /** Ends the connection for the reason that an error names. */
  refuse(error: unknown): void {
    const ours = asCovalenceError(error, 'request/invalid');
    this.#duties.onRefused?.(ours.code);
    this.#duties.log.info({ code: ours.code, session: this.identity.session }, ours.message);
    this.close(closeCodeOf(ours), closeReason(ours));
  }

  close(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#webSocket.close(code, reason);
    // Whoever does not read will not answer the close frame either.
    if (this.#socket.writableLength > 0) this.#duties.clock.after(1_000, () => this.#webSocket.terminate());
  }

  /** Called every few seconds: breaks silence, finds sockets whose other end is gone, ends readers that stay behind. */
  tend(): void {
    const { clock, limits } = this.#duties;
    const now = clock.now();
    if (this.#hasExpired(now)) return;
    // Where the wall clock was set back, everything was just now.
    this.#lastSentMs = Math.min(this.#lastSentMs, now);
    this.#lastHeardMs = Math.min(this.#lastHeardMs, now);
    if (this.#behind !== undefined) this.#behind.sinceMs = Math.min(this.#behind.sinceMs, now);
    if (this.#behind !== undefined) {
      if (now - this.#behind.sinceMs < limits.socketBehindMs) return;
      this.close(CLOSE.tooSlow, `sync/too-slow: nothing was read for ${limits.socketBehindMs / 1_000} s.`);
      this.#webSocket.terminate();
      return;
    }
    if (now - this.#lastSentMs >= SILENCE_MS) this.send(EMPTY_FRAME);
    if (now - this.#lastHeardMs >= DEAD_MS) this.#webSocket.terminate();
    else if (now - this.#lastHeardMs >= PING_MS && this.isOpen) this.#webSocket.ping();
  }

  /** Ends the connection of a token that has run out; what it sends after that counts for nothing. */
  #hasExpired(nowMs: number): boolean {
    if (nowMs < this.identity.expiresMs) return false;
    this.refuse(new CovalenceError('auth/required', 'This link has run out. Ask whoever sent it for a new one.'));
    return true;
  }

  #take(data: Buffer, isBinary: boolean): void {
    // A socket that is closing still delivers what had arrived; it was refused, so nothing of it counts.
    if (!this.isOpen) return;
    this.#lastHeardMs = this.#duties.clock.now();
    if (this.#hasExpired(this.#lastHeardMs)) return;
    try {
      if (!isBinary) throw new CovalenceError('request/invalid', 'A text message came; messages of rooms are binary.');
      if (!this.#maySend()) {
        const { messagesPerSecond } = this.#duties.limits;
        throw new CovalenceError('request/rate', `More than ${messagesPerSecond} messages a second came.`, {
          limit: messagesPerSecond,
        });
      }
      this.#read(data);
    } catch (error) {
      this.refuse(error);
    }
  }

  #read(data: Buffer): void {
    const duties = this.#duties;
    this.#messageCount += 1;
    const decoder = createDecoder(data);
    const type = readVarUint(decoder);
    switch (type) {
      case MESSAGE.sync: {
        const step = readVarUint(decoder);
        const payload = readVarUint8Array(decoder);
        if (step === STEP.stateVector) duties.onQuestion(this, payload);
        else if (step === STEP.state || step === STEP.update) duties.onUpdate(this, payload, step === STEP.state);
        else throw new CovalenceError('request/invalid', `There is no sync step ${step}.`);
        return;
      }
      case MESSAGE.awareness:
        duties.onAwareness(this, readVarUint8Array(decoder), this.#messageCount <= 2);
        return;
      case MESSAGE.queryAwareness:
        duties.onAwarenessQuestion(this);
        return;
      case MESSAGE.barrier:
        duties.onBarrier(this, readVarUint(decoder));
        return;
      default:
        throw new CovalenceError('request/invalid', `Messages of type ${type} are not part of the protocol.`, { type });
    }
  }

  #drain(): void {
    if (this.#behind === undefined || !this.isOpen) return;
    const { stateVector } = this.#behind;
    this.#behind = undefined;
    this.#duties.onDrained(this, stateVector);
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#behind = undefined;
    this.#duties.onClosed(this);
  }
}

const EMPTY_FRAME = frameOf(EMPTY_AWARENESS);
