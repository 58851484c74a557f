/**
 * A server process with the control channel over a file store, for tests that kill it. Arguments: data directory, port.
 * Prints the port when it listens.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../../src/protocol/clock.ts';
import { fileDocStore } from '../../../src/server/sync/file-doc-store.ts';
import { createSyncHub } from '../../../src/server/sync/sync-hub.ts';

const [directory, port] = process.argv.slice(2);
if (directory === undefined) throw new Error('usage: hub-child <directory> [port]');
const hub = createSyncHub({ docStore: await fileDocStore({ directory }), clock: systemClock });
const http = createServer();
http.on('upgrade', (request, socket, head) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const known = { isLedger: false, isOurClient: url.searchParams.has('z') };
  hub.handleUpgrade(request, socket, head, url.pathname.split('/').at(-1) ?? '', known).catch(() => socket.destroy());
});
http.listen(Number(port ?? 0), '127.0.0.1', () => {
  process.stdout.write(`${(http.address() as AddressInfo).port}\n`);
});
process.once('SIGTERM', () => {
  http.close();
  void hub.close().then(() => process.exit(0));
});
