import { describe, expect, it } from 'vitest';
import { PresenterRoom, seeded, type Viewer } from './presenter-world.ts';

/** A room whose messages take at most 40 ms, with some people in it who all know each other. */
async function roomOf(people: number): Promise<{ room: PresenterRoom; viewers: Viewer[] }> {
  const room = new PresenterRoom(seeded(7), 40);
  const viewers = Array.from({ length: people }, () => room.join());
  await room.world.pass(200);
  return { room, viewers };
}

const frames = (viewers: readonly Viewer[]): number[] => viewers.map(({ playback }) => playback.frameIndex);

describe('presenting', () => {
  it('[P13] alone, no lock is taken; the position is committed once, and whoever comes lands there', async () => {
    const { room, viewers } = await roomOf(1);
    for (let index = 0; index < 400; index += 10) viewers[0].playback.seek(index);
    await room.world.pass(5_000);
    expect(room.lock).toBe(undefined);
    expect(room.grants).toBe(0);
    expect(room.committed).toMatchObject({ frame_index: 390 });
    expect(room.commits).toBe(1);
    const late = room.join();
    await room.world.pass(200);
    expect(late.playback.frameIndex).toBe(390);
    expect(late.playback.following).toBe('room');
  });

  it('[P13] whoever comes while somebody plays alone plays along', async () => {
    const { room, viewers } = await roomOf(1);
    viewers[0].playback.play();
    await room.world.pass(3_000);
    expect(room.grants).toBe(0);
    const late = room.join();
    await room.world.pass(1_000);
    expect(room.grants).toBe(1);
    expect(late.playback.isPlaying).toBe(true);
    expect(Math.abs(late.playback.frameIndex - viewers[0].playback.frameIndex)).toBeLessThanOrEqual(6);
  });

  it('[P14] whoever moves last leads; scrubbing is free at once', async () => {
    const { room, viewers } = await roomOf(3);
    const [ada, bob, eve] = viewers;
    ada.playback.seek(100);
    expect(ada.playback.frameIndex).toBe(100);
    await room.world.pass(300);
    expect(frames(viewers)).toEqual([100, 100, 100]);
    expect(eve.playback.presenter?.clientId).toBe(ada.id);
    bob.playback.seek(500);
    expect(bob.playback.frameIndex).toBe(500);
    await room.world.pass(1_000);
    expect(frames(viewers)).toEqual([500, 500, 500]);
    expect(eve.playback.presenter?.clientId).toBe(bob.id);
    expect(eve.playback.isPresentingOnPurpose).toBe(false);
  });

  it('[P14] two hands at once do not fight: the lead changes once, the other hand is free until it rests', async () => {
    const { room, viewers } = await roomOf(3);
    const [ada, bob, eve] = viewers;
    for (let i = 0; i < 60; i += 1) {
      ada.playback.seek(1_000 + i);
      if (i >= 10) bob.playback.seek(2_000 + i);
      await room.world.pass(50);
      expect(ada.playback.frameIndex).toBe(1_000 + i);
      if (i >= 10) expect(bob.playback.frameIndex).toBe(2_000 + i);
    }
    expect(room.grants).toBe(2);
    expect(eve.playback.frameIndex).toBeGreaterThan(2_050);
    await room.world.pass(2_000);
    expect(frames(viewers)).toEqual([2_059, 2_059, 2_059]);
  });

  it('[P72] a hand that lies on the slider is not dragged along however long it rests, and joins the others when it lets go', async () => {
    const { room, viewers } = await roomOf(3);
    const [ada, bob, eve] = viewers;
    const letGo = ada.playback.hold();
    ada.playback.seek(1_000);
    await room.world.pass(500);
    bob.playback.seek(2_000);
    await room.world.pass(500);
    bob.playback.play();
    await room.world.pass(20_000);
    expect(bob.playback.isPresenting).toBe(true);
    expect([ada.playback.frameIndex, ada.playback.isPlaying]).toEqual([1_000, false]);
    expect(eve.playback.isPlaying).toBe(true);
    letGo();
    letGo();
    expect(ada.playback.isPlaying).toBe(true);
    bob.playback.pause();
    await room.world.pass(2_000);
    expect(new Set(frames(viewers)).size).toBe(1);
  });

  it('[P15] who presents on purpose keeps the lead; the others look around on their own and come back', async () => {
    const { room, viewers } = await roomOf(2);
    const [ada, bob] = viewers;
    ada.playback.seek(100);
    ada.playback.present();
    await room.world.pass(20_000);
    expect(bob.playback.isPresentingOnPurpose).toBe(true);
    bob.playback.seek(7);
    await room.world.pass(1_000);
    expect(frames(viewers)).toEqual([100, 7]);
    expect(bob.playback.following).toBe('nobody');
    expect(room.grants).toBe(1);
    bob.playback.follow('room');
    expect(bob.playback.frameIndex).toBe(100);
  });

  it('[P14] a listener is told that the lead changed also where the frame does not', async () => {
    const { room, viewers } = await roomOf(2);
    const [ada, bob] = viewers;
    let told: string[] = [];
    const look = (): void => void told.push(String(bob.playback.presenter?.clientId ?? 'nobody'));
    bob.playback.onChange(look);
    ada.playback.present();
    await room.world.pass(500);
    expect(told.at(-1)).toBe(String(ada.id));
    told = [];
    ada.playback.stopPresenting();
    await room.world.pass(500);
    expect(told.at(-1)).toBe('nobody');
  });

  it('[P15] asked, the presenter sees who asks and hands over to whom they choose', async () => {
    const { room, viewers } = await roomOf(3);
    const [ada, bob, eve] = viewers;
    ada.playback.present();
    await room.world.pass(500);
    bob.playback.present();
    eve.playback.present();
    await room.world.pass(500);
    expect([bob, eve].map(({ playback }) => playback.isAsking)).toEqual([true, true]);
    expect(ada.playback.asking.map(({ clientId }) => clientId)).toEqual([bob.id, eve.id]);
    expect(ada.playback.isPresenting).toBe(true);
    ada.playback.handOver(eve.id);
    await room.world.pass(1_000);
    expect(viewers.map(({ playback }) => playback.isPresenting)).toEqual([false, false, true]);
    expect(viewers.map(({ playback }) => playback.isAsking)).toEqual([false, false, false]);
    expect(bob.playback.presenter?.clientId).toBe(eve.id);
    // And 30 s after the last move the seat is free for whoever asks.
    bob.playback.present();
    await room.world.pass(20_000);
    expect(eve.playback.isPresenting).toBe(true);
    await room.world.pass(15_000);
    expect(bob.playback.isPresenting).toBe(true);
  });

  it('[P16] the idle give the lead back after 3 s; the crashed lose it after at most 6 s', async () => {
    const { room, viewers } = await roomOf(2);
    const [ada, bob] = viewers;
    ada.playback.seek(9);
    await room.world.pass(2_000);
    expect(room.lock).toBeDefined();
    await room.world.pass(3_000);
    expect(room.lock).toBe(undefined);
    expect(room.committed).toMatchObject({ frame_index: 9 });
    ada.playback.play();
    await room.world.pass(3_000);
    room.crash(ada);
    bob.playback.pause();
    bob.playback.seek(77);
    expect(bob.playback.frameIndex).toBe(77);
    await room.world.pass(6_000);
    expect(frames([bob])).toEqual([77]);
    expect(room.lock === undefined || bob.playback.isPresenting).toBe(true);
  });

  it('[P62] each position is said once, while playing only changes and a heartbeat; whoever rests says nothing', async () => {
    const { room, viewers } = await roomOf(2);
    const [ada] = viewers;
    ada.playback.seek(1);
    await room.world.pass(200);
    room.said.length = 0;
    // A hand on the slider: every position once, also where the slider repeats itself.
    for (let index = 10; index < 60; index += 1) {
      ada.playback.seek(index);
      ada.playback.seek(index);
      await room.world.pass(10);
    }
    expect(room.said.map(({ playback }) => playback.frame_index)).toEqual(Array.from({ length: 50 }, (_, i) => 10 + i));
    // Ten seconds of 24 frames a second are 240 frames, and a word now and then.
    room.said.length = 0;
    ada.playback.play();
    await room.world.pass(10_000);
    expect(room.said.length).toBeGreaterThanOrEqual(6);
    expect(room.said.length).toBeLessThanOrEqual(9);
    const gaps = room.said.slice(1).map(({ atMs }, i) => atMs - room.said[i].atMs);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1_700);
    ada.playback.pause();
    await room.world.pass(5_000);
    expect(room.lock).toBe(undefined);
    room.said.length = 0;
    await room.world.pass(60_000);
    expect(room.said).toEqual([]);
  });

  it('[P62] whoever presents is heard of at least every 1.7 s, so that who missed a word has it right again', async () => {
    const { room, viewers } = await roomOf(2);
    const [ada] = viewers;
    ada.playback.present();
    await room.world.pass(500);
    room.said.length = 0;
    await room.world.pass(10_000);
    expect(room.said.length).toBeGreaterThanOrEqual(5);
    expect(new Set(room.said.map(({ playback }) => playback.fence)).size).toBe(1);
    expect(room.grants).toBe(1);
  });

  it('[P63] what is written when a lead ends bears its fence: given back, run out, handed over', async () => {
    const { room, viewers } = await roomOf(3);
    const [ada, bob, eve] = viewers;
    ada.playback.seek(5);
    await room.world.pass(200);
    const first = room.lock?.fence ?? 0;
    await room.world.pass(4_000);
    expect(room.written).toEqual([expect.objectContaining({ frame_index: 5, fence: first })]);
    bob.playback.present();
    bob.playback.seek(8);
    await room.world.pass(200);
    const second = room.lock?.fence ?? 0;
    expect(second).toBeGreaterThan(first);
    eve.playback.present();
    await room.world.pass(200);
    bob.playback.handOver(eve.id);
    await room.world.pass(500);
    const third = room.lock?.fence ?? 0;
    expect(third).toBeGreaterThan(second);
    eve.playback.seek(9);
    await room.world.pass(200);
    room.crash(eve);
    await room.world.pass(20_000);
    expect(room.written.map(({ frame_index, fence }) => [frame_index, fence])).toEqual([
      [5, first],
      [8, second],
      [9, third],
    ]);
    expect(frames([ada, bob])).toEqual([9, 9]);
  });

  it('[P17] a quiet seek moves nobody else', async () => {
    const { room, viewers } = await roomOf(2);
    const [ada, bob] = viewers;
    bob.playback.seek(40, { quietly: true });
    await room.world.pass(3_000);
    expect(frames(viewers)).toEqual([0, 40]);
    expect(room.grants).toBe(0);
    ada.playback.seek(5);
    await room.world.pass(500);
    expect(frames(viewers)).toEqual([5, 5]);
    bob.playback.seek(41, { quietly: true });
    await room.world.pass(500);
    expect(frames(viewers)).toEqual([5, 41]);
    bob.playback.follow('room');
    expect(frames(viewers)).toEqual([5, 5]);
  });

  it('[P18] following a person shows their frame, whoever leads, until they leave', async () => {
    const { room, viewers } = await roomOf(3);
    const [ada, bob, eve] = viewers;
    bob.playback.follow('nobody');
    bob.playback.seek(900);
    room.look(bob, 900);
    await room.world.pass(100);
    eve.playback.follow(bob.id);
    expect(eve.playback.frameIndex).toBe(900);
    ada.playback.seek(3);
    await room.world.pass(500);
    expect(frames(viewers)).toEqual([3, 900, 900]);
    room.look(bob, 901);
    await room.world.pass(100);
    expect(eve.playback.frameIndex).toBe(901);
    room.crash(bob);
    await room.world.pass(500);
    expect(eve.playback.following).toBe('room');
    expect(eve.playback.frameIndex).toBe(3);
  });
});
