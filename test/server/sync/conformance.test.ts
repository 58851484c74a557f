import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import { WebsocketProvider as WebsocketProvider30 } from 'y-websocket-3-0';
import * as Y from 'yjs';
import { type CovalenceServer, createServer } from '../../../src/server/server.ts';

const isLong = process.env['COVALENCE_LONG'] === '1';
/** A stock client gives up after 30 s of silence. */
const IDLE_S = isLong ? 120 : 35;

async function openServer(port = 0): Promise<CovalenceServer> {
  const server = await createServer({ port });
  await server.listen();
  onTestFinished(() => server.close());
  return server;
}

/** y-websocket as it comes, but for the sockets that Node 20 lacks. */
function stock(
  server: CovalenceServer,
  name: string,
  Provider: typeof WebsocketProvider = WebsocketProvider,
): WebsocketProvider & { state: Y.Map<unknown> } {
  const doc = new Y.Doc();
  const provider = new Provider(`${server.url.replace('http', 'ws')}/v1/sync`, 'argon', doc, {
    WebSocketPolyfill: WebSocket as never,
  });
  onTestFinished(() => provider.destroy());
  provider.awareness.setLocalStateField('user', { name });
  return Object.assign(provider, { state: doc.getMap('state') });
}

const names = (provider: WebsocketProvider): string[] =>
  [...provider.awareness.getStates().values()]
    .map((state) => String((state['user'] as { name?: string } | undefined)?.name))
    .sort();

it(`[T190] stock y-websocket clients, 3.1 and 3.0, connect, edit, see each other, stay ${IDLE_S} s idle (120 with test:long) and come back`, async () => {
  const server = await openServer();
  const [ada, bob] = [
    stock(server, 'Ada'),
    stock(server, 'Bob', WebsocketProvider30 as unknown as typeof WebsocketProvider),
  ];
  // Within one process stock clients would talk past the server, which is not what is tested here.
  for (const client of [ada, bob]) client.disconnectBc();
  const record = new Y.Map<unknown>([['text', 'hello']]);
  ada.state.set('note.a', record);
  await expect.poll(() => bob.state.toJSON(), { timeout: 60_000 }).toEqual({ 'note.a': { text: 'hello' } });
  for (const client of [ada, bob]) await expect.poll(() => names(client), { timeout: 60_000 }).toEqual(['Ada', 'Bob']);

  let closed = 0;
  for (const client of [ada, bob]) client.on('connection-close', () => (closed += 1));
  await new Promise((resolve) => setTimeout(resolve, IDLE_S * 1_000));
  expect([closed, ada.wsconnected, bob.wsconnected]).toEqual([0, true, true]);

  // The line is cut; both edit meanwhile; both have everything afterwards.
  ada.ws?.close();
  await expect.poll(() => closed).toBeGreaterThan(0);
  record.set('text', 'written while away');
  bob.state.set('note.b', new Y.Map<unknown>([['text', 'meanwhile']]));
  const all = { 'note.a': { text: 'written while away' }, 'note.b': { text: 'meanwhile' } };
  for (const client of [ada, bob]) await expect.poll(() => client.state.toJSON(), { timeout: 60_000 }).toEqual(all);
  for (const client of [ada, bob]) await expect.poll(() => names(client), { timeout: 60_000 }).toEqual(['Ada', 'Bob']);

  // A server that is away and comes back with nothing gets the room back from them.
  const { port } = server;
  await server.close();
  const again = await openServer(port);
  await expect.poll(() => [ada.synced, bob.synced], { timeout: 60_000 }).toEqual([true, true]);
  const late = stock(again, 'Eve');
  late.disconnectBc();
  await expect.poll(() => late.state.toJSON(), { timeout: 60_000 }).toEqual(all);
}, 240_000);

/** A Python with pycrdt, if this machine has one. */
function pythonWithPycrdt(): string | undefined {
  const python = process.env['PYTHON'] ?? 'python3';
  try {
    execFileSync(python, ['-c', 'import pycrdt, websockets'], { stdio: 'ignore' });
    return python;
  } catch {
    return undefined;
  }
}
const python = pythonWithPycrdt();

it.skipIf(python === undefined)(
  `[T191] a client in Python (pycrdt) reads and writes a room${python === undefined ? ': skipped, no python3 with pycrdt and websockets here' : ''}`,
  async () => {
    const server = await openServer();
    const room = await server.room('argon');
    room.state.ref('note.here').set({ text: 'from TypeScript' });
    const url = `${server.url.replace('http', 'ws')}/v1/sync/argon`;
    const script = fileURLToPath(new URL('pycrdt-client.py', import.meta.url));
    const { stdout } = await promisify(execFile)(python ?? '', [script, url, 'note.python', 'note.here']);
    expect(stdout.trim()).toBe('from TypeScript');
    expect(room.state.get('note.python')).toEqual({ text: 'from Python' });
    await room.close();
  },
);
