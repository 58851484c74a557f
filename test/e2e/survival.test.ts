import { describe, expect, it } from 'vitest';
import { frameArray } from '../../src/protocol/frames.ts';
import { openRoom } from '../../src/room/open-room.ts';
import { startCovalence } from './covalence-process.ts';

describe('a server that is killed', () => {
  it('[V8] has everything that was stored after SIGKILL and a new start, under the same epoch', async () => {
    const covalence = await startCovalence(['demo/data/droplets.xyz.gz']);
    try {
      let ids: string[];
      let epoch: string | undefined;
      let version: number;
      {
        await using room = await openRoom(covalence.url, { user: { name: 'Ada' } });
        ids = Array.from({ length: 50 }, (_, number) => room.selections.add({ particle_ids: [number] }).key);
        const frame = await room.frames.read(2, { data: ['positions'] });
        const old = frame.data['positions'];
        if (typeof old !== 'object') throw new Error('no positions');
        const moved = frameArray(
          Float64Array.from(old.data, (x) => x + 1),
          old.shape,
        );
        const commit = await room.frames.write(frame.id, { positions: moved }, { baseVersion: frame.version });
        version = commit.frames[frame.id].version;
        epoch = room.frames.trajectory?.epoch;
        expect(await room.state.whenSaved()).toMatch(/disk|process|fsync/);
        await covalence.kill();
      }
      await covalence.restart();
      await using room = await openRoom(covalence.url);
      expect([...room.selections.keys()].sort()).toEqual([...ids].sort());
      expect(room.frames.trajectory?.epoch).toBe(epoch);
      expect((await room.frames.read(2, { data: ['positions'] })).version).toBe(version);
    } finally {
      await covalence.close();
    }
  });
});
