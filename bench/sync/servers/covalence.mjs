/** The control channel alone, over a store in memory, as the peers have none; with REDIS over Redis. */
import { createServer } from 'node:http';
import { systemClock } from '../../../dist/protocol/clock.js';
import { memoryDocStore } from '../../../dist/server/sync/memory-doc-store.js';
import { createSyncHub } from '../../../dist/server/sync/sync-hub.js';
import { openRedisLink } from '../../../dist/server/redis/redis-link.js';
import { redisDocStore } from '../../../dist/server/redis/redis-doc-store.js';
import { redisPeerChannel } from '../../../dist/server/redis/redis-peer-channel.js';

const url = process.env.REDIS;
const log = { info() {}, warn() {}, error() {} };
let options = { docStore: memoryDocStore(), clock: systemClock };
if (url !== undefined) {
  const link = openRedisLink({ url, prefix: 'bench:', clock: systemClock, log });
  await new Promise((resolve) => link.onReady(resolve));
  options = {
    docStore: redisDocStore({ link, clock: systemClock }),
    peers: redisPeerChannel(link),
    clock: systemClock,
  };
}
const hub = createSyncHub({
  ...options,
  limits: { messagesPerSecond: 1e6, messageBurst: 1e6, connectionsPerRoom: 1e4, contestedPerMinute: 1e9 },
});
const http = createServer();
http.on('upgrade', (request, socket, head) => {
  const { searchParams } = new URL(request.url, 'http://localhost');
  const known = { isLedger: false, isOurClient: searchParams.has('z') };
  hub.handleUpgrade(request, socket, head, 'room', known).catch(() => socket.destroy());
});
http.listen(0, '127.0.0.1', () => process.send({ port: http.address().port }));
process.on('SIGINT', () => process.exit(0));
