import { readFile } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
import * as Y from 'yjs';
import { openRoom } from '../../src/room/open-room.ts';
import { writeAwareness } from '../../src/server/sync/awareness-entries.ts';
import { awarenessMessage, STEP, syncMessage } from '../../src/server/sync/wire.ts';
import type { HubServer } from '../server/sync/hub-server.ts';
import { rawClient, tcpClient } from '../server/sync/raw-client.ts';
import { valueDraft, writeDraft } from '../server/sync/update-draft.ts';
import { startCovalence } from './covalence-process.ts';

const MB = 1_048_576;

/** Memory of a process in bytes; undefined where the system does not tell. */
async function memoryOf(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(text) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024;
}

const update = (bytes: Uint8Array): Uint8Array => syncMessage(STEP.update, bytes);

it('[T192] every named attack on the real server ends its own connection by its code; nobody else notices, memory stays', async () => {
  const covalence = await startCovalence(['--memory']);
  onTestFinished(() => covalence.close());
  const { port } = new URL(covalence.base);
  const server = { port: Number(port), base: `ws://127.0.0.1:${port}/v1/sync` } as HubServer;
  await using ada = await openRoom(`${covalence.base}/r/argon`, { user: { name: 'Ada' } });
  await using bob = await openRoom(`${covalence.base}/r/argon`, { user: { name: 'Bob' } });
  await using elsewhere = await openRoom(`${covalence.base}/r/neon`);
  ada.state.ref('note.ada').set({ text: 'before' });
  await expect.poll(() => bob.state.get('note.ada')).toEqual({ text: 'before' });
  // Bob has written nothing yet: his history could be begun by whoever comes first.
  const victim = bob.presence.self.clientId;
  const lost: string[] = [];
  for (const room of [ada, bob, elsewhere]) room.onStatus(({ status }) => lost.push(status));

  /** Sends messages and resolves with the close code. */
  const attack = async (...messages: (Uint8Array | string)[]): Promise<number> => {
    const attacker = await rawClient(server, 'argon');
    for (const message of messages) attacker.send(message);
    const patience = new Promise<{ code: number }>((resolve) => setTimeout(() => resolve({ code: -1 }), 30_000));
    return (await Promise.race([attacker.closed, patience])).code;
  };
  const v2 = new Y.Doc();
  v2.getMap('state').set('a', 'b');
  const structs = Array.from({ length: 64_000 }, () => ({
    key: 'a',
    content: { kind: 'values' as const, values: [1] },
  }));
  const nobody = awarenessMessage(writeAwareness([]));
  const evil = JSON.parse('{"__proto__": {"isAdmin": true}}') as unknown;
  const attacks: Record<string, [expected: number, run: () => Promise<number>]> = {
    'sixteen bytes': [
      4422,
      () =>
        attack(
          update(
            writeDraft({
              blocks: [
                { client: 7, clock: 0, structs: [{ key: 'a', content: { kind: 'deleted', length: 2 ** 53 - 2 } }] },
              ],
            }),
          ),
        ),
    ],
    'a flood with gaps': [
      1013,
      () =>
        attack(
          ...Array.from({ length: 200 }, (_, at) =>
            update(writeDraft(valueDraft('a', 'x'.repeat(1_000), 1_000 + at, 5))),
          ),
        ),
    ],
    'quadratic cost': [4422, () => attack(update(writeDraft({ blocks: [{ client: 7, clock: 0, structs }] })))],
    'a foreign client id': [4403, () => attack(update(writeDraft(valueDraft('note.forged', 'evil', victim, 0))))],
    'an unknown message': [4400, () => attack(Uint8Array.of(99, 1, 2))],
    'a text': [4400, () => attack('text')],
    '105 MB': [1009, () => attack(new Uint8Array(105 * MB))],
    'the second encoding': [4422, () => attack(update(Y.encodeStateAsUpdateV2(v2)))],
    'a prototype as key': [4422, () => attack(update(writeDraft(valueDraft('__proto__', 1))))],
    'a prototype in a value': [4422, () => attack(update(writeDraft(valueDraft('note.x', evil))))],
    'a ledger key': [4422, () => attack(update(writeDraft(valueDraft('lock.presenter', 1))))],
    'forty thousand messages': [4529, () => attack(...Array.from({ length: 40_000 }, () => nobody))],
    'an invalid frame': [
      0,
      async () => {
        const socket = await tcpClient(server, 'argon');
        socket.resume();
        socket.write(Uint8Array.of(0xf2, 0x80, 0, 0, 0, 0));
        await new Promise((resolve) => socket.once('close', resolve));
        return 0;
      },
    ],
    'questions that are not read': [
      0,
      async () => {
        const attacker = await rawClient(server, 'argon');
        attacker.tcp.pause();
        for (let at = 0; at < 300; at += 1) attacker.send(syncMessage(STEP.stateVector, Uint8Array.of(0)));
        await ada.state.whenSaved();
        attacker.socket.terminate();
        return 0;
      },
    ],
    'somebody else’s presence': [
      0,
      async () => {
        const attacker = await rawClient(server, 'argon');
        const state = JSON.stringify({ user: { name: 'Mallory', color: '#000000' } });
        attacker.send(awarenessMessage(writeAwareness([{ clientId: victim, clock: 2 ** 40, state }])));
        await ada.state.whenSaved();
        attacker.socket.terminate();
        return 0;
      },
    ],
  };
  const before = await memoryOf(covalence.pid);
  for (const [what, [expected, run]] of Object.entries(attacks)) {
    expect([what, await run()]).toEqual([what, expected]);
    ada.state.ref('note.ada').set({ text: what });
    await expect.poll(() => bob.state.get('note.ada'), { timeout: 60_000 }).toEqual({ text: what });
    elsewhere.state.ref('note.b').set({ text: what });
  }
  await elsewhere.state.whenSaved();
  const after = await memoryOf(covalence.pid);
  if (before !== undefined && after !== undefined) expect((after - before) / MB).toBeLessThan(128);
  expect(lost).toEqual([]);
  expect(new Set(bob.presence.peers.map(({ user }) => user?.name))).toEqual(new Set(['Ada', 'Bob']));
  await using late = await openRoom(`${covalence.base}/r/argon`);
  expect(late.state.snapshot()).toEqual(ada.state.snapshot());
  const figures = await (await fetch(`${covalence.base}/metrics`)).text();
  for (const code of ['sync/refused', 'auth/denied', 'request/invalid', 'request/rate']) {
    expect(figures).toContain(`covalence_refused_total{code="${code}"}`);
  }
  expect(covalence.errors()).toBe('');
});
