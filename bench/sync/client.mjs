/** A client that speaks the handshake of y-websocket and costs this machine as little as possible. */
import { createServer } from 'node:net';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { WebSocket } from 'ws';
import * as Y from 'yjs';

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function message(isHocuspocus, type, ...parts) {
  const encoder = encoding.createEncoder();
  if (isHocuspocus) encoding.writeVarString(encoder, 'room');
  encoding.writeVarUint(encoder, type);
  for (const part of parts) {
    if (typeof part === 'number') encoding.writeVarUint(encoder, part);
    else if (typeof part === 'string') encoding.writeVarString(encoder, part);
    else encoding.writeVarUint8Array(encoder, part);
  }
  return encoding.toUint8Array(encoder);
}

/** Joins the room. `write` overwrites one of ten keys; a reader keeps what it was sent and applies it only at the end. */
export async function connectClient(
  port,
  { isHocuspocus = false, isWriter = false, path = 'room', from, onUpdate } = {},
) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/${path}`, { perMessageDeflate: false });
  socket.binaryType = 'nodebuffer';
  const doc = new Y.Doc();
  const state = doc.getMap('state');
  // A relay has nothing to give to those who come late.
  if (from !== undefined) Y.applyUpdate(doc, from.whole());
  const received = [];
  let byteLength = 0;
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('message', (data) => {
    byteLength += data.length;
    const decoder = decoding.createDecoder(data);
    if (isHocuspocus) decoding.readVarString(decoder);
    if (decoding.readVarUint(decoder) !== 0) return;
    const step = decoding.readVarUint(decoder);
    const payload = decoding.readVarUint8Array(decoder);
    if (step === 0) socket.send(message(isHocuspocus, 0, 1, Y.encodeStateAsUpdate(doc, payload)));
    else {
      received.push(payload);
      onUpdate?.(payload);
    }
  });
  if (isHocuspocus) socket.send(message(true, 2, 0, 'token', '4.7.0'));
  socket.send(message(isHocuspocus, 0, 0, Y.encodeStateVector(doc)));
  if (isWriter) doc.on('update', (update) => socket.send(message(isHocuspocus, 0, 2, update)));
  return {
    state,
    write: (number) => state.set(`key.${number % 10}`, { t: number, a: 'x', b: [1, 2, 3] }),
    whole: () => Y.encodeStateAsUpdate(doc),
    bytes: () => byteLength,
    sawLast(writer) {
      doc.transact(() => {
        for (const update of received.splice(0)) Y.applyUpdate(doc, update);
      });
      return JSON.stringify(writer.state.toJSON()) === JSON.stringify(state.toJSON());
    },
    close: () => socket.terminate(),
  };
}
