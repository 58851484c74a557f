import { createDecoder, readVarUint, readVarUint8Array } from 'lib0/decoding';
import type { WebSocket } from 'ws';
import { encodeStateAsUpdate, encodeStateVector } from 'yjs';
import type { Doc } from 'yjs';
import type { Clock } from '../../protocol/clock.ts';
import { asCovalenceError } from '../../protocol/errors.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { CLOSE, MESSAGE } from '../../protocol/messages.ts';
import type { SyncLog } from './sync-log.ts';
import { EMPTY_AWARENESS, STEP, syncMessage } from './wire.ts';

/** What a connection hands to its room. */
export interface ConnectionDuties {
  doc: Doc;
  clock: Clock;
  log: SyncLog;
  /** An update of the shared document, to be looked at and applied. */
  onUpdate(connection: SyncConnection, update: Uint8Array): void;
  /** The other side asked for everything that its state vector lacks. */
  onQuestion(connection: SyncConnection, stateVector: Uint8Array): void;
  onAwareness(connection: SyncConnection, update: Uint8Array): void;
  onBarrier(connection: SyncConnection, id: number): void;
  /** A reader that was behind takes messages again and has the shared document; what else it missed is to be sent. */
  onDrained(connection: SyncConnection): void;
  onClosed(connection: SyncConnection): void;
}

/** Milliseconds of silence after which a stock client must hear something; it gives up after 30,000. */
const SILENCE_MS = 15_000;
/** How often a reader that fell behind is looked at. */
const DRAIN_CHECK_MS = 200;
/** Below this many queued bytes a reader that fell behind is served again. */
const DRAINED_BYTE_LENGTH = 256 * 1024;

/** One socket of a room: reads messages, never queues more than the limit, and catches up by one difference of states. */
export class SyncConnection {
  readonly session: string;
  readonly isOurs: boolean;
  /** Client ids whose awareness this connection speaks for. */
  readonly clientIds: Set<number> = new Set();
  /** Gaps in a row; an update that fits sets it back. */
  gaps = 0;
  readonly #socket: WebSocket;
  readonly #duties: ConnectionDuties;
  #lastSentMs: number;
  #behind: { sinceMs: number; stateVector: Uint8Array } | undefined;
  readonly #late: Uint8Array[] = [];
  #cancelSilence: () => void;
  #cancelDrain: (() => void) | undefined;
  #isClosed = false;

  constructor(socket: WebSocket, options: { session: string; isOurs: boolean }, duties: ConnectionDuties) {
    this.session = options.session;
    this.isOurs = options.isOurs;
    this.#socket = socket;
    this.#duties = duties;
    this.#lastSentMs = duties.clock.now();
    this.#cancelSilence = duties.clock.after(SILENCE_MS, () => this.#breakSilence());
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data: Buffer, isBinary) => this.#read(data, isBinary));
    socket.on('error', (error) => duties.log.info({ error: String(error) }, 'a socket failed'));
    socket.on('close', () => this.#end());
  }

  /** Sends a message now; a reader that takes nothing is left out and gets the difference later. An answer is kept. */
  send(message: Uint8Array, isAnswer = false): void {
    if (this.#isClosed) return;
    if (this.#behind !== undefined) {
      if (isAnswer) this.#late.push(message);
      return;
    }
    this.#socket.send(message);
    this.#lastSentMs = this.#duties.clock.now();
    if (this.#socket.bufferedAmount <= LIMITS.socketQueueByteLength) return;
    // What was queued will arrive; everything after it is sent as one difference once the queue is empty.
    this.#behind = { sinceMs: this.#lastSentMs, stateVector: encodeStateVector(this.#duties.doc) };
    this.#checkDrained();
  }

  close(code: number, reason: string): void {
    if (!this.#isClosed) this.#socket.close(code, reason.slice(0, 120));
  }

  #read(data: Buffer, isBinary: boolean): void {
    try {
      if (!isBinary) throw new TypeError('messages are binary');
      const decoder = createDecoder(data);
      switch (readVarUint(decoder)) {
        case MESSAGE.sync: {
          const step = readVarUint(decoder);
          const payload = readVarUint8Array(decoder);
          if (step === STEP.stateVector) this.#duties.onQuestion(this, payload);
          else this.#duties.onUpdate(this, payload);
          return;
        }
        case MESSAGE.awareness:
          this.#duties.onAwareness(this, readVarUint8Array(decoder));
          return;
        case MESSAGE.barrier:
          this.#duties.onBarrier(this, readVarUint(decoder));
          return;
        default: // messages of other clients' own making are none of our business
      }
    } catch (error) {
      const { message } = asCovalenceError(error, 'sync/refused');
      this.#duties.log.info({ error: message }, 'refused a message');
      this.close(CLOSE.refused, message);
    }
  }

  #breakSilence(): void {
    const { clock } = this.#duties;
    const silentMs = clock.now() - this.#lastSentMs;
    if (silentMs >= SILENCE_MS) this.send(EMPTY_AWARENESS);
    this.#cancelSilence = clock.after(Math.max(SILENCE_MS - silentMs, 1_000), () => this.#breakSilence());
  }

  #checkDrained(): void {
    const { clock, doc } = this.#duties;
    this.#cancelDrain = clock.after(DRAIN_CHECK_MS, () => {
      if (this.#isClosed || this.#behind === undefined) return;
      const { sinceMs, stateVector } = this.#behind;
      if (this.#socket.bufferedAmount <= DRAINED_BYTE_LENGTH) {
        this.#behind = undefined;
        this.send(syncMessage(STEP.update, encodeStateAsUpdate(doc, stateVector)));
        this.#duties.onDrained(this);
        for (const message of this.#late.splice(0)) this.send(message, true);
      } else if (clock.now() - sinceMs > LIMITS.socketBehindMs) {
        this.close(CLOSE.tooSlow, `Nothing was read for ${LIMITS.socketBehindMs / 1000} s. Connect again.`);
        this.#socket.terminate();
      } else this.#checkDrained();
    });
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelSilence();
    this.#cancelDrain?.();
    this.#duties.onClosed(this);
  }
}
