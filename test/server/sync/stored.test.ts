import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { systemClock } from '../../../src/protocol/clock.ts';
import type { DocStore } from '../../../src/server/sync/doc-store.ts';
import { fileDocStore } from '../../../src/server/sync/file-doc-store.ts';
import { memoryDocStore } from '../../../src/server/sync/memory-doc-store.ts';
import { createSyncHub } from '../../../src/server/sync/sync-hub.ts';
import { STEP, syncMessage } from '../../../src/server/sync/wire.ts';
import { webSocketTransport } from '../../../src/transport/websocket.ts';
import { count } from '../../counts.ts';
import { handClock } from '../../hand-clock.ts';
import { ourClient, startHub } from './hub-server.ts';
import { rawClient } from './raw-client.ts';
import { seeded } from './seeded.ts';

const SEED = Number(process.env['SEED'] ?? 1);
/** How often the server is killed. */
const KILLS = count(30, 200);
const WRITERS = 8;
const eventually = (check: () => unknown) => expect.poll(check, { timeout: 60_000, interval: 5 });

/** A store that does nothing until it is told to, and fails as long as it is told to. */
function slowStore(): DocStore & { pass(): void; setFailing(isFailing: boolean): void; waiting(): number } {
  const inner = memoryDocStore();
  let gates: (() => void)[] = [];
  let isFailing = false;
  const held = async (work: () => Promise<void>): Promise<void> => {
    await new Promise<void>((resolve) => gates.push(resolve));
    if (isFailing) throw new Error('the disk is away');
    await work();
  };
  return {
    ...inner,
    append: (room, entry) => held(() => inner.append(room, entry)),
    compact: (room, snapshot) => held(() => inner.compact(room, snapshot)),
    pass() {
      const passing = gates;
      gates = [];
      for (const gate of passing) gate();
    },
    setFailing: (failing) => void (isFailing = failing),
    waiting: () => gates.length,
  };
}

describe('what is called saved', () => {
  it('[T100] is stored: no answer comes before the store has said so', async () => {
    const store = slowStore();
    const server = await startHub({ store });
    const ada = await ourClient(server, 'argon');
    let level: string | undefined;
    ada.state.set('settings.a', 1);
    const saved = ada.transport.whenSaved?.().then((told) => (level = told));
    await eventually(() => store.waiting()).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(level).toBe(undefined);
    store.pass();
    await saved;
    expect(level).toBe('memory');
    expect((await store.load('argon'))?.updates.length).toBe(1);
  });

  it('[T101] survives a store that fails: nothing is called saved until it is, and then everything is there', async () => {
    const clock = handClock();
    const store = slowStore();
    const server = await startHub({ store, clock });
    const ada = await ourClient(server, 'argon');
    let isSaved = false;
    store.setFailing(true);
    ada.state.set('settings.a', 1);
    const saved = ada.transport.whenSaved?.().then(() => (isSaved = true));
    await eventually(() => store.waiting()).toBe(1);
    store.pass();
    ada.state.set('settings.b', 2);
    await eventually(async () => (await server.hub.room('argon')).doc.getMap('state').size).toBe(2);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      clock.advance(1_000);
      await eventually(() => store.waiting()).toBe(1);
      store.pass();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(isSaved).toBe(false);
    expect(server.faults.length).toBe(1);
    store.setFailing(false);
    clock.advance(1_000);
    await eventually(() => store.waiting()).toBe(1);
    store.pass();
    await saved;
    const copy = new Y.Doc();
    for (const update of (await store.load('argon'))?.updates ?? []) Y.applyUpdate(copy, update);
    expect(copy.getMap('state').toJSON()).toEqual({ 'settings.a': 1, 'settings.b': 2 });
  });

  it('[T102] waits after a reconnect for what was written offline, and for it alone', async () => {
    const server = await startHub();
    const ada = await ourClient(server, 'argon', { secret: 'ada' });
    const away = new Promise<void>((resolve) => {
      ada.transport.onStatus(({ status }) => status === 'offline' && resolve());
    });
    for (const socket of server.sockets) socket.destroy();
    await away;
    ada.state.set('settings.offline', 1);
    expect(await ada.transport.whenSaved?.()).toBe('memory');
    const copy = new Y.Doc();
    for (const update of (await server.store.load('argon'))?.updates ?? []) Y.applyUpdate(copy, update);
    expect(copy.getMap('state').get('settings.offline')).toBe(1);
  });

  it('[T103] is not said to a connection that has not sent its whole state, at first and after a gap', async () => {
    const server = await startHub();
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    for (let index = 0; index < 3; index += 1) doc.getMap('state').set(`settings.k${index}`, index);
    const client = await rawClient(server, 'argon', '?z=1&s=x');
    const answers = (): number[] => client.messages.filter(([type]) => type === 101).map(([, id]) => id);
    const asked = (): number =>
      client.messages.filter(([type, step]) => type === 0 && step === STEP.stateVector).length;
    client.send(syncMessage(STEP.update, updates[0]));
    client.send(Uint8Array.of(101, 1));
    await eventually(async () => (await server.store.load('argon'))?.updates.length).toBe(1);
    expect(answers()).toEqual([]);
    client.send(syncMessage(STEP.state, updates[0]));
    await eventually(answers).toEqual([1]);
    client.send(syncMessage(STEP.update, updates[2])); // 1 was lost
    client.send(Uint8Array.of(101, 2));
    await eventually(asked).toBe(2);
    expect(answers()).toEqual([1]);
    client.send(syncMessage(STEP.state, Y.encodeStateAsUpdate(doc)));
    await eventually(answers).toEqual([1, 2]);
    expect((await server.hub.room('argon')).doc.getMap('state').size).toBe(3);
  });

  it('[T104] gives up when it is told to, and when the room is closed', async () => {
    const store = slowStore();
    const server = await startHub({ store });
    const ada = await ourClient(server, 'argon');
    ada.state.set('settings.a', 1);
    const stop = new AbortController();
    const first = ada.transport.whenSaved?.({ signal: stop.signal });
    const second = ada.transport.whenSaved?.();
    stop.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    await ada.transport.close();
    await expect(second).rejects.toMatchObject({ code: 'room/closed' });
    await eventually(() => store.waiting()).toBe(1);
    store.pass();
  });
});

let child = '';
beforeAll(async () => {
  const here = fileURLToPath(new URL('.', import.meta.url));
  child = fileURLToPath(new URL('../../../node_modules/.cache/covalence-test/hub-child.mjs', import.meta.url));
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(here, 'hub-child.ts'),
      outDir: join(child, '..'),
      emptyOutDir: false,
      minify: false,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'hub-child.mjs' } },
    },
    ssr: { noExternal: true },
  });
});

async function start(directory: string, port = 0): Promise<{ process: ChildProcess; port: number }> {
  const started = spawn(process.execPath, [child, directory, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void started.kill('SIGKILL'));
  const [line] = (await once(started.stdout, 'data')) as [Buffer];
  return { process: started, port: Number(line.toString()) };
}

interface Writer {
  state: Y.Map<unknown>;
  /** Keys whose last value was called saved, with that value. */
  saved: Map<string, number>;
  run(): Promise<void>;
}

describe('a server process', () => {
  const scratch = async (): Promise<string> => {
    const directory = await mkdtemp(join(tmpdir(), 'covalence-kill-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    return directory;
  };
  const writer = (port: number, number: number): Writer => {
    const doc = new Y.Doc();
    const awareness = new Awareness(doc);
    const url = `ws://127.0.0.1:${port}/v1/sync/argon`;
    const transport = webSocketTransport({ url, doc, awareness, secret: `writer ${number}`, maxBackoffMs: 100 });
    const ended = new AbortController();
    onTestFinished(async () => {
      ended.abort();
      await transport.close();
      awareness.destroy();
    });
    transport.connect();
    const state = doc.getMap('state');
    const saved = new Map<string, number>();
    return {
      state,
      saved,
      async run() {
        for (let value = 1; !ended.signal.aborted; value += 1) {
          const key = `settings.w${number}k${value % 20}`;
          state.set(key, value);
          try {
            await transport.whenSaved?.();
          } catch {
            return;
          }
          saved.set(key, value);
        }
      },
    };
  };
  /** What a reader who knows nothing finds. */
  const read = async (port: number): Promise<Record<string, number | undefined>> => {
    const doc = new Y.Doc();
    const awareness = new Awareness(doc);
    const transport = webSocketTransport({ url: `ws://127.0.0.1:${port}/v1/sync/argon`, doc, awareness });
    transport.connect();
    await transport.synced;
    await transport.close();
    awareness.destroy();
    return doc.getMap<number>('state').toJSON();
  };

  /** What a server that begins on a copy of this directory has. */
  const onDisk = async (directory: string): Promise<Record<string, number | undefined>> => {
    const copy = await scratch();
    await cp(directory, copy, { recursive: true });
    const hub = createSyncHub({ docStore: await fileDocStore({ directory: copy }), clock: systemClock });
    const { doc } = await hub.room('argon');
    const found = doc.getMap<number>('state').toJSON();
    await hub.close();
    return found;
  };

  it(`[T105] killed ${KILLS} times (200 in test:long) under ${WRITERS} writers (seed ${SEED}) has everything that was called saved`, async () => {
    const random = seeded(SEED);
    const directory = await scratch();
    let server = await start(directory);
    const { port } = server;
    const writers = Array.from({ length: WRITERS }, (_, number) => writer(port, number));
    for (const { run } of writers) void run();
    let total = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const count = (): number =>
        writers.reduce((sum, { saved }) => sum + [...saved.values()].reduce((a, b) => a + b, 0), 0);
      const before = count();
      // Far enough to be in the middle of things, at a different point each time.
      await eventually(count).toBeGreaterThan(before + 50 + Math.floor(random() * 300));
      server.process.kill('SIGKILL');
      await once(server.process, 'exit');
      const acknowledged = writers.map(({ saved }) => new Map(saved));
      // Before a server listens again: the writers must not bring anything back first.
      const found = await onDisk(directory);
      for (const saved of acknowledged) {
        for (const [key, value] of saved) {
          expect(found[key], `seed ${SEED} kill ${kill} ${key}`).toBeGreaterThanOrEqual(value);
          total += 1;
        }
      }
      server = await start(directory, port);
    }
    expect(total).toBeGreaterThan(KILLS * WRITERS);
    await eventually(async () => {
      const found = await read(port);
      return writers.every(({ saved }) => [...saved].every(([key, value]) => (found[key] ?? 0) >= value));
    }).toBe(true);
  }, 1_200_000);

  it('[T107] killed at the moment somebody saw a change has that change: nothing seen is taken back', async () => {
    const directory = await scratch();
    for (let round = 0; round < 5; round += 1) {
      const server = await start(directory);
      const open = async (secret: string): Promise<{ state: Y.Map<unknown>; doc: Y.Doc }> => {
        const doc = new Y.Doc();
        const awareness = new Awareness(doc);
        const url = `ws://127.0.0.1:${server.port}/v1/sync/argon`;
        const transport = webSocketTransport({ url, doc, awareness, secret });
        onTestFinished(async () => {
          await transport.close();
          awareness.destroy();
        });
        transport.connect();
        await transport.synced;
        return { state: doc.getMap('state'), doc };
      };
      const exited = once(server.process, 'exit');
      const [writer, reader] = await Promise.all([open(`writer ${round}`), open(`reader ${round}`)]);
      const seen = new Promise<void>((resolve) => {
        reader.state.observe(() => {
          if (Number(reader.state.get('playback')) < round * 1_000 + 50) return;
          server.process.kill('SIGKILL');
          resolve();
        });
      });
      for (let index = 0; index <= 100; index += 1) {
        writer.state.set('playback', round * 1_000 + index);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await seen;
      await exited;
      const inspected = await start(directory);
      const found = await read(inspected.port);
      expect(found['playback'], `round ${round}`).toBeGreaterThanOrEqual(round * 1_000 + 50);
      inspected.process.kill('SIGKILL');
      await once(inspected.process, 'exit');
    }
  });

  it('[T106] that is asked to stop stores everything first, also what nobody waited for', async () => {
    const directory = await scratch();
    const first = await start(directory);
    const doc = new Y.Doc();
    const awareness = new Awareness(doc);
    const transport = webSocketTransport({ url: `ws://127.0.0.1:${first.port}/v1/sync/argon`, doc, awareness });
    const statuses: string[] = [];
    transport.onStatus(({ status, error }) => statuses.push(`${status} ${error?.code ?? ''}`));
    transport.connect();
    await transport.synced;
    for (let index = 0; index < 200; index += 1) doc.getMap('state').set(`settings.k${index}`, index);
    await eventually(async () => Object.keys(await read(first.port)).length).toBe(200);
    first.process.kill('SIGTERM');
    const [code] = (await once(first.process, 'exit')) as [number];
    expect(code).toBe(0);
    await eventually(() => statuses).toContain('offline server/closing');
    await transport.close();
    awareness.destroy();
    const second = await start(directory);
    expect(Object.keys(await read(second.port)).length).toBe(200);
  });
});
