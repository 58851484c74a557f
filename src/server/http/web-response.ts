import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, systemClock } from '../../protocol/clock.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import { heldBytes, type HeldShare } from '../held-bytes.ts';
import { type Pace, type PaceWatch, type Patience, paceOf, paceWatch } from './pace.ts';

/** Long pieces go out in parts of so many bytes, so that it is seen whether the other side takes them: one at least. */
const PART_BYTE_LENGTH = 65_536;
const SLOW_STATUS = 408;
const CLOSED = 'The connection was closed.';
/** After so many bytes it is the others' turn. */
const TURN_BYTE_LENGTH = 262_144;
/** How often an answer that has begun looks whether there is memory for its next piece. */
const ROOM_MS = 500;

/**
 * Sends a web-standard response, streaming, as fast as the other side reads. Rejects with `request/timeout`, and has
 * ended the connection, when it reads slower than the pace, and with `server/behind`, having sent nothing, when there is
 * no memory for what it would hold.
 */
export async function sendWebResponse(
  response: Response,
  outgoing: ServerResponse,
  { clock = systemClock, pace: asked = paceOf(), answers = heldBytes(Number.POSITIVE_INFINITY, clock) }: Patience = {},
): Promise<void> {
  // The request's socket: the answer gets its own only when the one before it on this connection has ended.
  if (outgoing.closed || !outgoing.req.socket.writable) {
    // Nobody is there any more, and a pipe into nothing would never end.
    await response.body?.cancel();
    return;
  }
  const pace = { ...asked, byteLength: PART_BYTE_LENGTH };
  const slow = new AbortController();
  const end = (error: unknown): void => {
    slow.abort(error);
    outgoing.destroy();
  };
  const watch = paceWatch(clock, pace, () => end(tooSlowReader(pace)));
  const held = answers.share();
  held.evicted.catch(end);
  const pieces = response.body?.getReader();
  try {
    outgoing.once('close', () => void pieces?.cancel().catch(() => undefined));
    // What there is no memory for can be refused as long as nothing was sent.
    const first = outgoing.req.method === 'HEAD' ? undefined : await pieces?.read();
    if (first?.value !== undefined) hold(first.value, held);
    writeHead(response, outgoing);
    if (first === undefined) await pieces?.cancel();
    else if (pieces !== undefined) await sendBody(first, pieces, { outgoing, watch, held, clock });
    waitFor(outgoing, watch);
    const finished = eventOf(outgoing, 'finish');
    outgoing.end();
    if (!outgoing.closed && !outgoing.writableFinished) await finished.next();
    endRest(outgoing.req, clock, pace);
  } catch (error) {
    await pieces?.cancel().catch(() => undefined);
    slow.signal.throwIfAborted();
    throw error;
  } finally {
    watch.end();
    held.end();
  }
}

/** An answer whose turn on its connection has not come waits for the one before it, not for the other side. */
function waitFor(outgoing: ServerResponse, watch: PaceWatch): void {
  if (outgoing.socket !== null) watch.waiting();
}

function writeHead(response: Response, outgoing: ServerResponse): void {
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) {
    if (name !== 'set-cookie') outgoing.setHeader(name, value);
  }
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies);
  // What is still to come of a body that was too slow is waited for no longer.
  if (response.status === SLOW_STATUS) outgoing.setHeader('connection', 'close');
}

function tooSlowReader({ patienceMs, byteLength }: Pace): CovalenceError {
  return new CovalenceError(
    'request/timeout',
    `Of an answer less than ${byteLength} bytes were taken in ${patienceMs / 1_000} s.`,
    { limit_ms: patienceMs, byte_length: byteLength },
  );
}

/** What is left of a body after its answer is passed over, for as long as anybody is waited for. */
function endRest(message: IncomingMessage, clock: Clock, { patienceMs }: Pace): void {
  if (message.complete || message.destroyed) return;
  const { socket } = message;
  const cancel = clock.after(patienceMs, () => socket.destroy());
  message.once('end', cancel);
  message.once('close', cancel);
  message.resume();
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;
type Piece = Awaited<ReturnType<Reader['read']>>;

/** What sends an answer, and what watches over it. */
interface Sending {
  outgoing: ServerResponse;
  watch: PaceWatch;
  held: HeldShare;
  clock: Clock;
}

let turns = Promise.resolve();

/**
 * Long answers go on one after the other, each in a turn of the event loop: however many there are, whoever asks for
 * little waits for one step of one of them.
 */
function nextTurn(): Promise<void> {
  turns = turns.then(() => new Promise<void>((resolve) => void setImmediate(resolve)));
  return turns;
}

async function sendBody(first: Piece, pieces: Reader, { outgoing, watch, held, clock }: Sending): Promise<void> {
  let sinceTurn = 0;
  const drain = eventOf(outgoing, 'drain');
  for (let next = first; !next.done; next = await pieces.read()) {
    sinceTurn += next.value.byteLength;
    if (sinceTurn > TURN_BYTE_LENGTH) {
      sinceTurn = 0;
      await nextTurn();
    }
    if (next !== first) await holdWhenThereIsRoom(next.value, held, clock);
    for (let at = 0, part; at < next.value.byteLength; at += part.byteLength) {
      part = next.value.subarray(at, at + PART_BYTE_LENGTH);
      if (!outgoing.write(part)) {
        waitFor(outgoing, watch);
        await drain.next();
      }
      watch.moved(part.byteLength);
      held.moved(part.byteLength);
    }
  }
}

/** A piece keeps all of its buffer in memory, and may share it with the answers to others. */
function hold({ buffer }: Uint8Array, held: HeldShare): void {
  held.set(buffer.byteLength, buffer);
}

/** An answer that has begun waits for room. */
async function holdWhenThereIsRoom(piece: Uint8Array, held: HeldShare, clock: Clock): Promise<void> {
  for (;;) {
    try {
      hold(piece, held);
      return;
    } catch {
      held.set(0);
      await Promise.race([held.evicted, new Promise<void>((resolve) => void clock.after(ROOM_MS, resolve))]);
    }
  }
}

/** The times an answer tells of an event from now on; each rejects when its connection ends before. */
function eventOf(outgoing: ServerResponse, event: 'drain' | 'finish'): { next(): Promise<void> } {
  let waiting: { resolve: () => void; reject: (error: Error) => void } | undefined;
  // Listened to once for all parts: they are many.
  outgoing.on(event, () => waiting?.resolve());
  outgoing.on('close', () => waiting?.reject(new Error(CLOSED)));
  return {
    next: () =>
      new Promise((resolve, reject) => {
        if (outgoing.closed || outgoing.destroyed) reject(new Error(CLOSED));
        waiting = { resolve, reject };
      }),
  };
}
