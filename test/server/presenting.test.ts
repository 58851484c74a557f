import { describe, expect, it, onTestFinished } from 'vitest';
import { FrameController } from '../../src/components/controllers/frame-controller.ts';
import { frameArray } from '../../src/protocol/frames.ts';
import { openRoom } from '../../src/room/open-room.ts';
import type { Room } from '../../src/room/room.ts';
import { type CovalenceServer, createServer } from '../../src/server/index.ts';
import { lineFrame } from '../components/sample-room.ts';

const eventually = (check: () => unknown) => expect.poll(check, { timeout: 60_000, interval: 20 });

interface Company {
  server: CovalenceServer;
  url: string;
  requests: string[];
  open(name: string): Promise<Room>;
}

/** A real server with a room of some frames, and a way to open it as somebody. */
async function company(frames = 40): Promise<Company> {
  const server = await createServer({ port: 0 });
  await server.listen();
  onTestFinished(() => server.close());
  const url = `${server.url}/r/argon`;
  const requests: string[] = [];
  const open = async (name: string): Promise<Room> => {
    const room = await openRoom(url, {
      user: { name },
      fetch: async (input, init) => {
        requests.push(`${init?.method ?? 'GET'} ${new Request(input).url.replace(/.*\/v1/, '')}`);
        return fetch(input, init);
      },
    });
    onTestFinished(() => room.close());
    return room;
  };
  const first = await open('Maker');
  await first.frames.append(Array.from({ length: frames }, (_, i) => lineFrame(2, i)));
  await first.close();
  requests.length = 0;
  return { server, url, requests, open };
}

describe('presenting on a real server', () => {
  it('[P14] whoever moves leads the other, and the lead changes hands', async () => {
    const { open } = await company();
    const ada = await open('Ada');
    const bob = await open('Bob');
    await eventually(() => ada.presence.peers.length).toBe(2);
    ada.playback.seek(12);
    await eventually(() => bob.playback.frameIndex).toBe(12);
    expect(bob.playback.presenter?.user?.name).toBe('Ada');
    bob.playback.seek(30);
    await eventually(() => [ada.playback.frameIndex, ada.playback.presenter?.user?.name]).toEqual([30, 'Bob']);
  });

  it('[P19] the server writes the last position once when the lead ends, also of one who vanished', async () => {
    const { open, requests } = await company();
    const ada = await open('Ada');
    const bob = await open('Bob');
    await eventually(() => ada.presence.peers.length).toBe(2);
    const commits: unknown[] = [];
    const leads: number[] = [];
    bob.state.onChange(({ added }) => {
      const lock = added.get('lock.presenter') as { fence: number } | undefined;
      if (lock !== undefined) leads.push(lock.fence);
    });
    bob.state.onChange(({ added, updated, origin }) => {
      if (added.has('playback') || updated.has('playback')) commits.push([bob.state.get('playback'), origin]);
    });
    for (let index = 1; index <= 12; index += 1) ada.playback.seek(index);
    await eventually(() => bob.playback.frameIndex).toBe(12);
    await eventually(() => leads.length).toBe(1);
    await eventually(() => commits.length).toBe(1);
    expect(bob.state.get('playback')).toMatchObject({ frame_index: 12 });
    expect(bob.playback.presenter).toBe(undefined);
    ada.playback.present();
    ada.playback.seek(20);
    await eventually(() => bob.playback.frameIndex).toBe(20);
    await ada.close();
    await eventually(() => bob.state.get('playback')).toMatchObject({ frame_index: 20 });
    expect(commits).toHaveLength(2);
    // What was written bears the fence of the lead that ended, and the later lead the higher one.
    const fences = commits.map((commit) => (commit as [{ fence: number }])[0].fence);
    expect(fences).toEqual(leads);
    const late = await open('Eve');
    await eventually(() => late.playback.frameIndex).toBe(20);
    // [P63] Who comes too late with the end of an earlier lead is corrected.
    late.state.set('playback', { frame_index: 3, fence: leads[0] });
    await eventually(() => bob.state.get('playback')).toMatchObject({ frame_index: 20, fence: leads[1] });
    await eventually(() => late.state.get('playback')).toMatchObject({ frame_index: 20 });
    expect([bob, late].map(({ playback }) => playback.frameIndex)).toEqual([20, 20]);
    expect(requests.filter((request) => request.startsWith('POST')).length).toBe(2);
  });

  it("[P64] a program in the server's process presents, follows, and is not among the people before it leads", async () => {
    const { url, server, open } = await company();
    const ada = await open('Ada');
    const program = await server.room('argon');
    onTestFinished(() => program.close());
    expect(ada.presence.peers).toHaveLength(1);
    expect(program.playback.mayPresent).toBe(true);
    await eventually(() => program.presence.peers.length).toBe(1);
    program.presence.update({ user: { name: 'Simulation', color: '#159a80' } });
    program.playback.seek(21);
    await eventually(() => [ada.playback.frameIndex, ada.playback.presenter?.user?.name]).toEqual([21, 'Simulation']);
    ada.playback.seek(3);
    await eventually(() => program.playback.frameIndex).toBe(3);
    program.playback.present();
    await eventually(() => ada.playback.isPresentingOnPurpose).toBe(true);
    ada.playback.present();
    await eventually(() => program.playback.asking.map(({ user }) => user?.name)).toEqual(['Ada']);
    program.playback.handOver(program.playback.asking[0].clientId);
    await eventually(() => ada.playback.isPresenting).toBe(true);
    ada.playback.stopPresenting();
    program.playback.present();
    program.playback.seek(30);
    await eventually(() => ada.playback.frameIndex).toBe(30);
    await program.close();
    await eventually(() => ada.playback.presenter).toBe(undefined);
    const late = await open('Eve');
    await eventually(() => late.playback.frameIndex).toBe(30);
    expect(url).toContain('/r/argon');
  });

  it('[P65] nobody asks for a frame that is named after a lock', async () => {
    const { open, requests } = await company();
    const ada = await open('Ada');
    const bob = await open('Bob');
    await eventually(() => ada.presence.peers.length).toBe(2);
    await bob.frames.read(0);
    const changes: unknown[] = [];
    bob.frames.onChange((change) => changes.push(change));
    ada.playback.present();
    await eventually(() => bob.playback.presenter?.user?.name).toBe('Ada');
    ada.playback.seek(9);
    await eventually(() => bob.playback.frameIndex).toBe(9);
    await bob.frames.read(9);
    ada.playback.stopPresenting();
    await eventually(() => bob.playback.presenter).toBe(undefined);
    expect(changes).toEqual([]);
    expect(requests.filter((request) => /presenter/.test(request) && !/\/locks/.test(request))).toEqual([]);
  });

  it('[P20] locks come and go without a frame or a scalar being read anew', async () => {
    const { open, requests } = await company();
    const ada = await open('Ada');
    const bob = await open('Bob');
    await eventually(() => ada.presence.peers.length).toBe(2);
    await bob.frames.read(3);
    const { seq } = await bob.frames.info();
    const changes: unknown[] = [];
    bob.frames.onChange((change) => changes.push(change));
    requests.length = 0;
    for (let i = 0; i < 3; i += 1) {
      ada.playback.present();
      await eventually(() => bob.playback.presenter?.user?.name).toBe('Ada');
      ada.playback.stopPresenting();
      await eventually(() => bob.playback.presenter).toBe(undefined);
    }
    await bob.frames.read(3);
    expect(changes).toEqual([]);
    expect(requests.filter((request) => request.startsWith('GET'))).toEqual([]);
    // And an edit after them is still one edit: only its frame is read again.
    const frame = await ada.frames.read(5);
    await bob.frames.read(5);
    await ada.frames.write(frame.id, { energy: 7 }, { baseVersion: frame.version });
    await eventually(() => changes).toEqual([{ ids: [frame.id] }]);
    requests.length = 0;
    await bob.frames.read(3);
    // Its neighbours may be read ahead; itself it is here.
    expect(requests.filter((request) => /index=[0-3]:[4-9]/.test(request))).toEqual([]);
    expect((await bob.frames.info()).seq).toBe(seq + 7);
  });

  it('[P73] an edit is shown without asking for what is here already: nothing for another number, nothing for what is taken back', async () => {
    const { open, requests } = await company(6);
    const ada = await open('Ada');
    const bob = await open('Bob');
    await eventually(() => ada.presence.peers.length).toBe(2);
    const shown: { index: number; version: number; first: number; energy: unknown }[] = [];
    let gaps = 0;
    const controller = new FrameController({
      onFrame(frame) {
        if (frame === undefined) {
          gaps += 1;
          return;
        }
        const { positions, energy } = frame.data;
        const [first] = typeof positions === 'object' ? positions.data : [];
        shown.push({ index: frame.index, version: frame.version, first, energy });
      },
    });
    const undo = controller.connect(bob);
    onTestFinished(() => undo());
    for (let index = 0; index < 6; index += 1) {
      bob.playback.seek(index, { quietly: true });
      await eventually(() => shown.at(-1)?.index).toBe(index);
    }
    bob.playback.seek(2, { quietly: true });
    await eventually(() => shown.at(-1)).toMatchObject({ index: 2, version: 1, first: 0 });
    requests.length = 0;
    const gets = () => requests.filter((request) => /^GET .*frames/.test(request));
    const frame = await ada.frames.read(2);
    requests.length = 0;
    // A number: small values come with the answer of whoever asks, arrays are not sent again.
    await ada.frames.write(frame.id, { energy: 77 }, { baseVersion: 1 });
    await eventually(() => shown.at(-1)).toMatchObject({ version: 2, energy: 77 });
    const forEnergy = gets();
    expect(forEnergy.every((request) => request.includes('data=energy'))).toBe(true);
    // An array: only that one is asked for.
    requests.length = 0;
    const positions = frameArray(new Float32Array(6).fill(5), [2, 3]);
    const { seq } = await ada.frames.write(frame.id, { positions }, { baseVersion: 2 });
    await eventually(() => shown.at(-1)).toMatchObject({ version: 3, first: 5, energy: 77 });
    expect(gets().every((request) => request.includes('data=positions'))).toBe(true);
    // Taken back: what it was is here, and nobody is asked for it.
    requests.length = 0;
    await ada.frames.undo(seq);
    await eventually(() => shown.at(-1)).toMatchObject({ version: 4, first: 0, energy: 77 });
    expect(gets().filter((request) => /data=positions/.test(request) || !/data=/.test(request))).toEqual([]);
    expect(gaps).toBe(0);
  });
});
