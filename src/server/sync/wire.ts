import { createEncoder, toUint8Array, writeVarString, writeVarUint, writeVarUint8Array } from 'lib0/encoding';
import { MESSAGE } from '../../protocol/messages.ts';

/** Steps of the y-protocols sync message. */
export const STEP = { stateVector: 0, state: 1, update: 2 } as const;
/** One of {@link STEP}. */
export type Step = (typeof STEP)[keyof typeof STEP];

/** A sync message of the shared document, or of the ledger with `type` {@link MESSAGE}.ledger. */
export function syncMessage(step: Step, payload: Uint8Array, type: number = MESSAGE.sync): Uint8Array {
  const encoder = createEncoder();
  writeVarUint(encoder, type);
  writeVarUint(encoder, step);
  writeVarUint8Array(encoder, payload);
  return toUint8Array(encoder);
}

/** An awareness message around an encoded awareness update. */
export function awarenessMessage(update: Uint8Array): Uint8Array {
  const encoder = createEncoder();
  writeVarUint(encoder, MESSAGE.awareness);
  writeVarUint8Array(encoder, update);
  return toUint8Array(encoder);
}

/** A message of type `type` that carries JSON as a string. */
export function jsonMessage(type: number, value: unknown): Uint8Array {
  const encoder = createEncoder();
  writeVarUint(encoder, type);
  writeVarString(encoder, JSON.stringify(value));
  return toUint8Array(encoder);
}

/** The answer to barrier `id`. */
export function barrierMessage(id: number, level: string): Uint8Array {
  const encoder = createEncoder();
  writeVarUint(encoder, MESSAGE.barrier);
  writeVarUint(encoder, id);
  writeVarString(encoder, level);
  return toUint8Array(encoder);
}

/** `inner`, already deflated, as a message that our clients inflate. */
export function compressedMessage(deflated: Uint8Array): Uint8Array {
  const encoder = createEncoder();
  writeVarUint(encoder, MESSAGE.compressed);
  writeVarUint8Array(encoder, deflated);
  return toUint8Array(encoder);
}

/** An awareness message without states: keeps y-websocket clients from giving up after 30 s of silence. */
export const EMPTY_AWARENESS: Uint8Array = awarenessMessage(Uint8Array.of(0));

/**
 * The unmasked binary WebSocket frame around a message (RFC 6455, 5.2), made once and written to every socket: building
 * it per socket is what costs at a hundred readers.
 */
export function frameOf(message: Uint8Array): Buffer {
  const frame = emptyFrame(message.byteLength);
  frame.set(message, frame.byteLength - message.byteLength);
  return frame;
}

/** The frame around {@link syncMessage} of an update, without making the message first: there is one for every update. */
export function updateFrame(update: Uint8Array): Buffer {
  const { byteLength } = update;
  let digits = 1;
  for (let rest = byteLength >>> 7; rest > 0; rest >>>= 7) digits += 1;
  const frame = emptyFrame(2 + digits + byteLength);
  let at = frame.byteLength - byteLength;
  frame.set(update, at);
  at -= digits + 2;
  frame[at] = MESSAGE.sync;
  frame[at + 1] = STEP.update;
  at += 2;
  for (let rest = byteLength; digits > 0; digits -= 1, rest >>>= 7) {
    frame[at] = digits > 1 ? (rest & 127) | 128 : rest;
    at += 1;
  }
  return frame;
}

/** A frame that ends with `length` bytes still to be written. */
function emptyFrame(length: number): Buffer {
  const headerLength = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerLength + length);
  frame[0] = 0x82;
  if (headerLength === 2) frame[1] = length;
  else if (headerLength === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeUInt32BE(Math.floor(length / 2 ** 32), 2);
    frame.writeUInt32BE(length % 2 ** 32, 6);
  }
  return frame;
}
