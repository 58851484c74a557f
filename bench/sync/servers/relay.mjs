import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

/** Sends every update to everybody else as it came, after `look` saw it; tells its port to who started the process. */
export function relay(look = () => undefined) {
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
      look(data);
      for (const other of sockets) if (other !== socket) other.send(data);
    });
  });
  http.listen(0, '127.0.0.1', () => process.send({ port: http.address().port }));
}
