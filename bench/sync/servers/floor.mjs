/** The relay of raw.mjs that also keeps a document: what any server of Yjs does at least, without looking at a byte. */
import { createServer } from 'node:http';
import * as decoding from 'lib0/decoding';
import { WebSocketServer } from 'ws';
import * as Y from 'yjs';

const sockets = new Set();
const doc = new Y.Doc();
doc.getMap('state');
const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });
server.on('connection', (socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  socket.on('error', () => undefined);
  socket.on('message', (data) => {
    if (data[0] !== 0 || data[1] !== 2) return;
    const decoder = decoding.createDecoder(data);
    decoder.pos = 2;
    Y.applyUpdate(doc, decoding.readVarUint8Array(decoder));
    for (const other of sockets) if (other !== socket) other.send(data);
  });
});
http.listen(0, '127.0.0.1', () => process.send({ port: http.address().port }));
