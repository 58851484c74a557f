import { describe, expect, it, onTestFinished } from 'vitest';
import type { Clock } from '../../src/protocol/clock.ts';
import { roomPlayback } from '../../src/room/playback/room-playback.ts';
import { memoryBlobStore, memoryLogStore, openRoomData } from '../../src/server/data/index.ts';
import { STEP } from '../../src/server/sync/wire.ts';
import { type HandClock, handClock } from '../hand-clock.ts';
import { startHub } from './sync/hub-server.ts';
import { rawClient, readSync } from './sync/raw-client.ts';

const HOUR = 3_600_000;

/** A wall clock that can be set, beside timers that go on as they do. */
function settableClock(): { clock: Clock; hand: HandClock; set(byMs: number): void } {
  const hand = handClock();
  let offset = 0;
  return {
    hand,
    clock: { now: () => hand.now() + offset, after: hand.after },
    set: (byMs) => void (offset += byMs),
  };
}

describe.each([
  ['back', -HOUR],
  ['forward', HOUR],
])('a wall clock that is set %s by an hour', (_way, jump) => {
  it('[T207] locks end when their time is over', async () => {
    const { clock, hand, set } = settableClock();
    const room = await openRoomData({ name: 'r', log: memoryLogStore().open(), blobs: memoryBlobStore(), clock });
    onTestFinished(() => room.close());
    await room.locks.grant({ name: 'presenter', session: 'a', ttlMs: 5_000 });
    await hand.pass(1_000);
    set(jump);
    await hand.pass(4_001);
    expect(room.locks.list()).toEqual([]);
    const next = await room.locks.grant({ name: 'presenter', session: 'b', ttlMs: 5_000 });
    await hand.pass(3_000);
    room.locks.renew('presenter', next.token);
    await hand.pass(4_000);
    expect(room.locks.list()).toMatchObject([{ session: 'b' }]);
  });

  it('[T207] what plays goes on at its pace', () => {
    const { clock, hand, set } = settableClock();
    const playback = roomPlayback({ clock, count: () => 1_000_000 });
    playback.setFramesPerSecond(10);
    playback.play();
    hand.advance(500);
    expect(playback.frameIndex).toBe(5);
    set(jump);
    hand.advance(100);
    const resumed = playback.frameIndex;
    hand.advance(1_000);
    expect([9, 10, 11]).toContain(playback.frameIndex - resumed);
  });

  it('[T207] connections hear something in time, and questions are answered', async () => {
    const { clock, hand, set } = settableClock();
    const server = await startHub({ clock });
    const client = await rawClient(server, 'argon');
    const answers = (): number =>
      client.messages.filter((message) => message[0] === 0 && readSync(message).step === STEP.state).length;
    const question = Uint8Array.of(0, STEP.stateVector, 1, 0);
    client.send(question);
    await expect.poll(answers).toBe(1);
    set(jump);
    client.send(question);
    await expect.poll(() => (hand.advance(100), answers())).toBe(2);
    const before = client.messages.length;
    for (let seconds = 0; seconds < 25; seconds += 5) {
      hand.advance(5_000);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await expect.poll(() => client.messages.length).toBeGreaterThan(before);
    expect(client.isClosed()).toBe(false);
  });
});
