import { setTimeout as wait } from 'node:timers/promises';
import { describe, it, type TestContext } from 'vitest';
import { isCovalenceError } from '../../src/protocol/errors.ts';
import { openRoom } from '../../src/room/open-room.ts';
import type { Room } from '../../src/room/room.ts';
import { type CovalenceServer, createServer, type ServerOptions } from '../../src/server/server.ts';
import { type SlowLine, slowLine } from '../e2e/slow-line.ts';
import { atoms } from '../room/room-fixture.ts';
import { seededRandom } from '../state/replicas.ts';
import { SECRET, tokenFor } from './access/guarded-server.ts';

const SEED = Number(process.env['COVALENCE_SEED'] ?? 20_261_121);
const FRAMES = 60;

/** Tests that wait side by side each have their own context. */
type Stage = Pick<TestContext, 'expect' | 'onTestFinished'>;

const waiting =
  ({ expect }: Stage) =>
  (check: () => unknown) =>
    expect.poll(check, { timeout: 60_000, interval: 25 });

/** A server whose room has frames. */
async function filled({ onTestFinished }: Stage, options: ServerOptions = {}): Promise<CovalenceServer> {
  const server = await createServer({ port: 0, ...options });
  await server.listen();
  onTestFinished(() => server.close());
  const maker = await server.room('argon');
  await maker.frames.append(Array.from({ length: FRAMES }, (_, i) => atoms(1, i)));
  await maker.close();
  return server;
}

async function lineTo(server: CovalenceServer, { onTestFinished }: Stage, delayMs: number): Promise<SlowLine> {
  const made = await slowLine(server.port, delayMs);
  onTestFinished(() => made.close());
  return made;
}

async function enter(
  server: CovalenceServer,
  { onTestFinished }: Stage,
  name: string,
  { token, lane }: { token?: string | (() => Promise<string>); lane?: SlowLine } = {},
): Promise<Room> {
  const url = `${server.url}/r/argon`;
  const room = await openRoom(lane === undefined ? url : lane.at(url), {
    user: { name },
    ...(token !== undefined && { token }),
  });
  onTestFinished(() => room.close());
  return room;
}

describe.concurrent("the presenter's seat on a real server", { timeout: 180_000 }, () => {
  it('[P76] who presents when their right to it ends loses the seat, follows whoever takes it, and stays in the room', async (stage) => {
    const { expect } = stage;
    const eventually = waiting(stage);
    const server = await filled(stage, { authSecret: SECRET });
    let asked = 0;
    const ada = await enter(server, stage, 'Ada', {
      token: () => {
        asked += 1;
        // The tolerance of 10 s leaves the first a few seconds.
        return asked === 1
          ? tokenFor(['read', 'write', 'present'], { lastsMs: -6_000 })
          : tokenFor(['read'], { lastsMs: 600_000 });
      },
    });
    const bob = await enter(server, stage, 'Bob', { token: await tokenFor(['read', 'write', 'present']) });
    ada.playback.present();
    await eventually(() => bob.playback.presenter?.user?.name).toBe('Ada');
    ada.playback.seek(7);
    await eventually(() => bob.playback.frameIndex).toBe(7);
    await eventually(() => ada.can('present')).toBe(false);
    await eventually(() => [ada.playback.isPresenting, ada.playback.mayPresent]).toEqual([false, false]);
    await eventually(() => bob.playback.presenter).toBe(undefined);
    ada.playback.present();
    bob.playback.present();
    bob.playback.seek(21);
    await eventually(() => bob.playback.isPresenting).toBe(true);
    await eventually(() => ada.playback.frameIndex).toBe(21);
    // A move of her own is her own business.
    ada.playback.seek(3);
    expect([ada.playback.following, ada.status]).toEqual(['nobody', 'online']);
    ada.playback.follow('room');
    expect(ada.playback.frameIndex).toBe(21);
    expect(bob.playback.frameIndex).toBe(21);
    expect(bob.playback.isPresenting).toBe(true);
  });

  it('[P77] who presents and stands still for longer than the seat waits, as a page that sleeps does, comes back as one who follows', async (stage) => {
    const { expect } = stage;
    const eventually = waiting(stage);
    const server = await filled(stage);
    const lane = await lineTo(server, stage, 1);
    const ada = await enter(server, stage, 'Ada', { lane });
    const bob = await enter(server, stage, 'Bob');
    ada.playback.present();
    ada.playback.seek(7);
    await eventually(() => bob.playback.frameIndex).toBe(7);
    const wake = lane.stall();
    ada.playback.seek(9);
    bob.playback.seek(30);
    // The server frees the seat, and whoever moved meanwhile takes it.
    await eventually(() => bob.playback.presenter).toBe(undefined);
    bob.playback.present();
    bob.playback.seek(31);
    await eventually(() => bob.playback.isPresenting).toBe(true);
    wake();
    await eventually(() => ada.playback.frameIndex).toBe(31);
    expect([ada.playback.isPresenting, bob.playback.isPresenting, bob.playback.frameIndex]).toEqual([false, true, 31]);
    expect(ada.playback.presenter?.user?.name).toBe('Bob');
  });

  it('[T206] a room is closed within seconds over a line that stalls, also by who presents, holds a lock, and waits for what is saved', async (stage) => {
    const { expect } = stage;
    const eventually = waiting(stage);
    const server = await filled(stage);
    const lane = await lineTo(server, stage, 1);
    const ada = await enter(server, stage, 'Ada', { lane });
    const bob = await enter(server, stage, 'Bob');
    ada.playback.present();
    await eventually(() => ada.playback.isPresenting).toBe(true);
    await ada.frames.lock((await ada.frames.read(3)).id);
    await eventually(() => bob.frames.locks.length).toBe(2);
    const wake = lane.stall();
    ada.state.set('note.a', 1);
    const saved = ada.state.whenSaved().catch((error: unknown) => isCovalenceError(error) && error.code);
    // It would be a minute until the request that gives a lock back is given up.
    const isClosed = await Promise.race([ada.close().then(() => true), wait(30_000).then(() => false)]);
    expect([isClosed, await saved]).toEqual([true, 'room/closed']);
    lane.cut();
    wake();
    await eventually(() => bob.frames.locks.length).toBe(0);
  });

  it('[P79] of two who press present at once one leads; the other asks, is shown what the first shows, and is handed the lead', async (stage) => {
    const { expect } = stage;
    const eventually = waiting(stage);
    const server = await filled(stage);
    const people = [await enter(server, stage, 'Ada'), await enter(server, stage, 'Bob')];
    await eventually(() => people.map(({ presence }) => presence.peers.length)).toEqual([2, 2]);
    for (const [index, { playback }] of people.entries()) {
      playback.present();
      playback.seek(10 + index * 10);
    }
    await eventually(() => people.map(({ playback }) => playback.isPresenting)).toContain(true);
    const [leader, other] = people[0].playback.isPresenting ? people : people.toReversed();
    await eventually(() => [other.playback.isAsking, leader.playback.asking.length]).toEqual([true, 1]);
    leader.playback.seek(33);
    await eventually(() => other.playback.frameIndex).toBe(33);
    leader.playback.handOver(leader.playback.asking[0].clientId);
    await eventually(() => [other.playback.isPresenting, leader.playback.isPresenting]).toEqual([true, false]);
    other.playback.seek(44);
    await eventually(() => leader.playback.frameIndex).toBe(44);
    expect(other.playback.isPresentingOnPurpose).toBe(true);
  });

  it(`[P78] six who grab, ask, hand over, let go and lose their lines at random: at most one leads, fences grow, and at rest all show one frame (seed ${SEED})`, async (stage) => {
    const { expect, onTestFinished } = stage;
    const eventually = waiting(stage);
    const server = await filled(stage);
    const random = seededRandom(SEED);
    const people: { room: Room; lane: SlowLine }[] = [];
    for (const name of ['Ada', 'Bob', 'Cleo', 'Dan', 'Eve', 'Fay']) {
      const lane = await lineTo(server, stage, 5 + people.length * 10);
      people.push({ lane, room: await enter(server, stage, name, { lane }) });
    }
    const inside = await server.room('argon');
    onTestFinished(() => inside.close());
    const fences: number[] = [];
    inside.state.onChange(({ added, updated }) => {
      for (const value of [added.get('lock.presenter'), updated.get('lock.presenter')?.value])
        if (value !== undefined) fences.push((value as { fence: number }).fence);
    });
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
    for (let step = 0; step < 250; step += 1) {
      const { room, lane } = pick(people);
      const { playback } = room;
      const choice = random();
      if (choice < 0.4) playback.seek(Math.floor(random() * FRAMES));
      else if (choice < 0.5) playback.present();
      else if (choice < 0.6) playback.stopPresenting();
      else if (choice < 0.75) for (const { clientId } of playback.asking) playback.handOver(clientId);
      else if (choice < 0.8) playback.follow(pick(['room', 'nobody'] as const));
      else if (choice < 0.85) playback.play();
      else if (choice < 0.9) playback.pause();
      else if (choice < 0.93) lane.cut();
      await wait(15);
    }
    for (const { room } of people) {
      room.playback.follow('room');
      room.playback.stopPresenting();
      room.playback.pause();
    }
    await eventually(() => inside.state.has('lock.presenter')).toBe(false);
    const shown = (): number[] => people.map(({ room }) => room.playback.frameIndex);
    await eventually(() => new Set(shown()).size).toBe(1);
    await eventually(() => (inside.state.get('playback') as { frame_index: number }).frame_index).toBe(shown()[0]);
    expect(people.filter(({ room }) => room.playback.isPresenting)).toEqual([]);
    expect(fences.length).toBeGreaterThan(5);
    expect(fences).toEqual([...fences].sort((a, b) => a - b));
    const late = await enter(server, stage, 'Late');
    await eventually(() => late.playback.frameIndex).toBe(shown()[0]);
    expect(new Set(shown()).size).toBe(1);
  });
});
