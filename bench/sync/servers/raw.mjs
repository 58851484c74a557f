/** The least a relay can do: every message goes to everybody else as it came. `frame` builds the frame once for all. */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const sockets = new Set();
const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });
server.on('connection', (socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  socket.on('error', () => undefined);
  // Not the handshake of y-websocket, which every client sends and nobody else needs.
  socket.on('message', (data) => {
    if (data[0] !== 0 || data[1] !== 2) return;
    for (const other of sockets) if (other !== socket) other.send(data);
  });
});
http.listen(0, '127.0.0.1', () => process.send({ port: http.address().port }));
