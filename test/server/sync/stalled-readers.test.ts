import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Awareness } from 'y-protocols/awareness';
import { count } from '../../counts.ts';
import { buildProgram, runProgram } from '../redis/cli-process.ts';
import { scratchDirectory } from '../data/store-fixture.ts';
import { contentOf, type HubServer, ourClient, stockClient } from './hub-server.ts';

/** Readers that stop reading. */
const READERS = count(100, 250);
const MIB = 1024 * 1024;

let child = '';
beforeAll(async () => {
  child = await buildProgram('test/server/sync/hub-child.ts', 'hub-child');
});

const residentBytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
const eventually = (check: () => unknown) => expect.poll(check, { timeout: 200_000 });

describe('a server process under readers that stall', () => {
  it(`[T85] ${READERS} stalled readers (250 in test:long) cost it at most 8 MiB each and 64 MiB, and have everything when they read again`, async () => {
    const { child: process, says } = runProgram(child, [await scratchDirectory()]);
    const port = Number(await says(/\d+/));
    const server = { port, base: `ws://127.0.0.1:${port}/v1/sync` } as HubServer;
    const readers = await Promise.all(Array.from({ length: READERS }, () => stockClient(server, 'argon')));
    const writer = await ourClient(server, 'argon');
    const watcher = await stockClient(server, 'argon');
    const before = residentBytes(process.pid ?? 0);
    const sockets = readers.map(({ provider }) => (provider.ws as unknown as { _socket: Pauses })._socket);
    for (const socket of sockets) socket.pause();
    let most = 0;
    // Much more than a kernel and the limit hold, of a state that itself stays small.
    for (let round = 0; round < 500; round += 1) {
      writer.state.set('settings.load', `${round} ${'x'.repeat(50_000)}`);
      say(writer.awareness, round);
      if (round % 10 === 9) {
        await eventually(() => String(watcher.state.get('settings.load')).startsWith(`${round} `)).toBe(true);
        most = Math.max(most, residentBytes(process.pid ?? 0) - before);
      }
    }
    expect(most).toBeLessThan((READERS * 8 + 64) * MIB);
    for (const socket of sockets) socket.resume();
    const whole = contentOf(writer.state);
    for (const reader of readers) {
      await eventually(() => contentOf(reader.state) === whole).toBe(true);
      await eventually(() => reader.provider.awareness.getStates().get(writer.doc.clientID)?.['round']).toBe(499);
      expect(reader.doc.store.pendingStructs).toBe(null);
    }
  }, 900_000);
});

interface Pauses {
  pause(): void;
  resume(): void;
}

function say(awareness: Awareness, round: number): void {
  awareness.setLocalState({ round });
}
