import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { LIMITS } from '../../../src/protocol/limits.ts';
import { awarenessMessage, STEP, syncMessage } from '../../../src/server/sync/wire.ts';
import { writeAwareness } from '../../../src/server/sync/awareness-entries.ts';
import { type HubServer, ourClient, startHub, stockClient } from './hub-server.ts';
import { rawClient, readSync, tcpClient } from './raw-client.ts';
import { valueDraft, writeDraft } from './update-draft.ts';

const eventually = (check: () => unknown) => expect.poll(check, { timeout: 60_000 });

/** Two honest people work before and after; a third joins afterwards and has everything. */
async function survives(server: HubServer, attack: () => Promise<void>): Promise<void> {
  const ada = await stockClient(server, 'argon');
  const bob = await ourClient(server, 'argon');
  ada.state.set('playback', 'before');
  await eventually(() => bob.state.get('playback')).toBe('before');
  const room = await server.hub.room('argon');
  await attack();
  ada.state.set('scene.after', 'ada');
  bob.state.set('settings.after', 'bob');
  await eventually(() => [bob.state.get('scene.after'), ada.state.get('settings.after')]).toEqual(['ada', 'bob']);
  const joiner = await stockClient(server, 'argon');
  expect(joiner.state.toJSON()).toEqual(room.doc.getMap('state').toJSON());
  expect(joiner.state.get('scene.after')).toBe('ada');
  expect(room.doc.store.pendingStructs).toBe(null);
  expect(await server.hub.room('argon')).toBe(room);
  await room.saved();
  expect(server.faults).toEqual([]);
}

const update = (bytes: Uint8Array, step: 1 | 2 = STEP.update): Uint8Array => syncMessage(step, bytes);

describe('attacks', () => {
  it('[T40] sixteen bytes that make a document nobody can join', async () => {
    const server = await startHub();
    // A deleted struct whose length reaches beyond what can be encoded.
    const brick = writeDraft({
      blocks: [{ client: 7, clock: 0, structs: [{ key: 'a', content: { kind: 'deleted', length: 2 ** 53 - 2 } }] }],
    });
    expect(brick.length).toBeLessThan(24);
    await survives(server, async () => {
      const attacker = await rawClient(server, 'argon');
      attacker.send(update(brick));
      expect(await attacker.closed).toMatchObject({ code: 4422, reason: expect.stringMatching(/^sync\/refused: /) });
    });
  });

  it('[T41] a flood of updates with missing predecessors: nothing is kept, and it ends after 20', async () => {
    const server = await startHub();
    await survives(server, async () => {
      const attacker = await rawClient(server, 'argon');
      const filling = 'x'.repeat(1_000);
      for (let index = 0; index < 200; index += 1)
        attacker.send(update(writeDraft(valueDraft('a', filling, 1_000 + index, 5))));
      expect(await attacker.closed).toMatchObject({
        code: 1013,
        reason: expect.stringMatching(/^server\/behind: 21 /),
      });
      const room = await server.hub.room('argon');
      expect(Y.encodeStateAsUpdate(room.doc).byteLength).toBeLessThan(1_000);
    });
  });

  it('[T42] an update of quadratic cost', async () => {
    const server = await startHub();
    const structs = Array.from({ length: 64_000 }, () => ({
      key: 'a',
      content: { kind: 'values' as const, values: [1] },
    }));
    const quadratic = writeDraft({ blocks: [{ client: 7, clock: 0, structs }] });
    await survives(server, async () => {
      const attacker = await rawClient(server, 'argon');
      const before = process.cpuUsage();
      attacker.send(update(quadratic));
      expect(await attacker.closed).toMatchObject({ code: 4422 });
      expect(process.cpuUsage(before).user / 1e6).toBeLessThan(1);
    });
  });

  it('[T42] quadratic cost in many small updates, by its rate', async () => {
    const server = await startHub({ limits: { contestedPerMinute: 500 } });
    await survives(server, async () => {
      const attacker = await rawClient(server, 'argon');
      for (let clock = 0; clock < 600; clock += 1)
        attacker.send(update(writeDraft(valueDraft('playback', 1, 7, clock))));
      expect(await attacker.closed).toMatchObject({ code: 4529, reason: expect.stringMatching(/^request\/rate: /) });
    });
  });

  it('[T43] writing under somebody else’s client id', async () => {
    const server = await startHub();
    const victim = await ourClient(server, 'argon', { secret: 'victim' });
    victim.state.set('settings.victim', 1);
    await eventually(async () => (await server.hub.room('argon')).doc.getMap('state').get('settings.victim')).toBe(1);
    await survives(server, async () => {
      const forged = writeDraft(valueDraft('settings.forged', 'evil', victim.doc.clientID, 1));
      const asUpdate = await rawClient(server, 'argon');
      asUpdate.send(update(forged));
      expect(await asUpdate.closed).toMatchObject({ code: 4403, reason: expect.stringMatching(/^auth\/denied: /) });
      const asState = await rawClient(server, 'argon', '?s=attacker&z=1');
      asState.send(update(forged, STEP.state));
      asState.send(syncMessage(STEP.stateVector, Uint8Array.of(0)));
      await eventually(() => asState.messages.some((message) => readSync(message).step === 1)).toBe(true);
      asState.socket.close();
    });
    victim.state.set('settings.victim', 2);
    const room = await server.hub.room('argon');
    await eventually(() => room.doc.getMap('state').get('settings.victim')).toBe(2);
    expect(room.doc.getMap('state').has('settings.forged')).toBe(false);
    expect(victim.doc.getMap('state').toJSON()).toEqual(room.doc.getMap('state').toJSON());
    expect(victim.transport.status).toBe('online');
  });

  it('[T43] claiming the id of somebody who is here but has not written yet', async () => {
    const server = await startHub();
    const victim = await ourClient(server, 'argon', { secret: 'victim' });
    victim.awareness.setLocalState({ user: { name: 'Ada', color: '#fff' } });
    const room = await server.hub.room('argon');
    await eventually(() => room.awareness.getStates().get(victim.doc.clientID)).toBeTruthy();
    const attacker = await rawClient(server, 'argon');
    attacker.send(update(writeDraft(valueDraft('settings.forged', 'evil', victim.doc.clientID, 0))));
    expect(await attacker.closed).toMatchObject({ code: 4403 });
    victim.state.set('settings.mine', 1);
    await eventually(() => room.doc.getMap('state').toJSON()).toEqual({ 'settings.mine': 1 });
  });

  it('[T44] three hundred questions for the whole state from a client that does not read', async () => {
    const server = await startHub();
    const room = await server.hub.room('argon');
    room.doc.transact(() => {
      for (let index = 0; index < 5_000; index += 1)
        room.doc.getMap('state').set(`selection.s${index}`, 'x'.repeat(100));
    });
    await survives(server, async () => {
      const attacker = await rawClient(server, 'argon');
      attacker.tcp.pause();
      const before = [...server.sockets].reduce((sum, { writableLength }) => sum + writableLength, 0);
      for (let index = 0; index < 300; index += 1) attacker.send(syncMessage(STEP.stateVector, Uint8Array.of(0)));
      await new Promise((resolve) => setTimeout(resolve, 300));
      const queued = [...server.sockets].reduce((sum, { writableLength }) => sum + writableLength, 0) - before;
      expect(queued).toBeLessThan(2_000_000);
      attacker.socket.terminate();
    });
  });

  it('[T45] frames that are none end their own connection only', async () => {
    const server = await startHub();
    const frames = [
      [0xf2, 0x80, 0, 0, 0, 0], // reserved bits
      [0x87, 0x80, 0, 0, 0, 0], // unknown opcode
      [0x88, 0x82, 0, 0, 0, 0, 0, 1], // close code 1
      [0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], // 2^63 bytes
      [0x82, 0x01, 0], // no mask
      [0x80, 0x80, 0, 0, 0, 0], // nothing to continue
      [0x09, 0x80, 0, 0, 0, 0], // ping in pieces
      [0x81, 0x81, 0, 0, 0, 0, 0xff], // text that is not UTF-8
    ];
    await survives(server, async () => {
      for (const frame of frames) {
        const socket = await tcpClient(server, 'argon');
        const ended = once(socket, 'close');
        socket.resume();
        socket.write(Uint8Array.from(frame));
        await ended;
      }
    });
  });

  it('[T45] messages that are none: empty, text, of an unknown type, cut short, with wild lengths', async () => {
    const server = await startHub();
    const messages: [Uint8Array | string, number][] = [
      [new Uint8Array(0), 4400],
      ['text', 4400],
      [Uint8Array.of(99, 1, 2), 4400],
      [Uint8Array.of(0, 7, 0), 4400],
      [Uint8Array.of(0, 2, 200, 1, 0), 4400],
      [Uint8Array.of(0, 2, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255), 4400],
      [Uint8Array.of(1, 3, 255, 255, 127), 4400],
      [awarenessMessage(Uint8Array.of(1, 5, 1, 1, 123)), 4400],
      [Uint8Array.of(101), 4400],
      [syncMessage(STEP.stateVector, Uint8Array.of(255, 255, 255, 255, 15)), 4400],
    ];
    await survives(server, async () => {
      for (const [message, code] of messages) {
        const attacker = await rawClient(server, 'argon');
        attacker.send(message);
        expect([message, (await attacker.closed).code]).toEqual([message, code]);
      }
    });
  });

  it('[T46] a message of 105 MB', async () => {
    const server = await startHub();
    await survives(server, async () => {
      const attacker = await rawClient(server, 'argon');
      const before = process.memoryUsage().arrayBuffers;
      attacker.send(new Uint8Array(105 * 1024 * 1024));
      expect(await attacker.closed).toMatchObject({ code: 1009 });
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(150 * 1024 * 1024);
    });
  });

  it('[T46] a document above the size of one message, by many small ones', async () => {
    const server = await startHub({ limits: { messageByteLength: 300_000 } });
    await survives(server, async () => {
      const attacker = await rawClient(server, 'argon');
      const filling = 'x'.repeat(100_000);
      for (let clock = 0; clock < 4; clock += 1) {
        attacker.send(update(writeDraft(valueDraft(`settings.k${clock}`, filling, 7, clock))));
      }
      expect(await attacker.closed).toMatchObject({
        code: 4413,
        reason: expect.stringMatching(/at most 300000 bytes/),
      });
      // There is room again once something is removed.
      const cleaner = await stockClient(server, 'argon');
      for (const key of cleaner.state.keys()) if (key.startsWith('settings.k')) cleaner.state.delete(key);
    });
  });

  it('[T47] input in the second encoding of Yjs', async () => {
    const server = await startHub();
    const doc = new Y.Doc();
    doc.getMap('state').set('a', 'b');
    // 46 bytes of garbage in it keep the decoder of Yjs busy for ever; the decoder is never reached.
    await survives(server, async () => {
      const attacker = await rawClient(server, 'argon');
      attacker.send(update(Y.encodeStateAsUpdateV2(doc)));
      expect(await attacker.closed).toMatchObject({ code: 4422 });
    });
  });

  it('[T48] keys and fields that name a prototype', async () => {
    const server = await startHub();
    const evil = JSON.parse('{"__proto__": {"isAdmin": true}}') as unknown;
    await survives(server, async () => {
      for (const draft of [
        valueDraft('__proto__', 1),
        valueDraft('settings.constructor', 1),
        valueDraft('settings.x', evil),
      ]) {
        const attacker = await rawClient(server, 'argon');
        attacker.send(update(writeDraft(draft)));
        expect(await attacker.closed).toMatchObject({ code: 4422 });
      }
    });
  });

  it('[T49] ten thousand messages at once end the connection, by its rate', async () => {
    const server = await startHub({ limits: { messagesPerSecond: 100, messageBurst: 1_000 } });
    await survives(server, async () => {
      const attacker = await rawClient(server, 'argon');
      for (let index = 0; index < 10_000; index += 1) attacker.send(Uint8Array.of(3));
      expect(await attacker.closed).toMatchObject({
        code: 4529,
        reason: expect.stringMatching(/100 messages a second/),
      });
    });
  });

  it('[T50] a poisoned room does not touch another', async () => {
    const server = await startHub();
    const other = await stockClient(server, 'neon');
    const attacker = await rawClient(server, 'argon');
    attacker.send(update(writeDraft(valueDraft('lock.x', 1))));
    expect((await attacker.closed).code).toBe(4422);
    other.state.set('playback', 1);
    const late = await stockClient(server, 'neon');
    await eventually(() => late.state.toJSON()).toEqual({ playback: 1 });
  });

  it('[T51] a hundred thousand people in one message, and a state above the limit', async () => {
    const server = await startHub();
    await survives(server, async () => {
      const crowd = Array.from({ length: 9_000 }, (_, clientId) => ({
        clientId: clientId + 50,
        clock: 1,
        state: '{}',
      }));
      const attacker = await rawClient(server, 'argon');
      attacker.send(awarenessMessage(writeAwareness(crowd)));
      const room = await server.hub.room('argon');
      await eventually(() => room.awareness.getStates().has(50)).toBe(true);
      expect(room.awareness.getStates().size).toBeLessThanOrEqual(4 + 2);
      const state = JSON.stringify({ x: 'x'.repeat(LIMITS.awarenessByteLength) });
      attacker.send(awarenessMessage(writeAwareness([{ clientId: 50, clock: 2, state }])));
      expect(await attacker.closed).toMatchObject({ code: 4400, reason: expect.stringMatching(/state of a person/) });
      await eventually(() => room.awareness.getStates().has(50)).toBe(false);
    });
  });
});
