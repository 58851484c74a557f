import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { systemClock } from '../../../src/protocol/clock.ts';
import { memoryBlobStore } from '../../../src/server/data/memory-blob-store.ts';
import { openRoomData } from '../../../src/server/data/open-room-data.ts';
import { redisCommitLog } from '../../../src/server/redis/redis-commit-log.ts';
import { openRedisLink } from '../../../src/server/redis/redis-link.ts';
import { silentLog } from '../../../src/server/sync/sync-log.ts';
import { seeded } from '../data/seeded.ts';

/*
 * A server that takes the lock of a frame again and again and commits under it, with short leases, while others do the
 * same and it is stopped and continued at any moment. Each line on the standard input names the log of another run. Says
 * each acknowledged commit, `<version> <value> <fence> <seq>`, and `over` when it has made its commits of a run.
 * Arguments: address of Redis, seed, commits of a run.
 */
const [url = '', seed = '1', rounds = '5'] = process.argv.slice(2);
const random = seeded(Number(seed));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const link = openRedisLink({ url, prefix: 'test:', clock: systemClock, log: silentLog });
await new Promise<void>((resolve) => link.onReady(() => resolve()));
writeSync(1, 'ready\n');

let made = 0;
for await (const id of createInterface({ input: process.stdin })) {
  const log = redisCommitLog({ link, clock: systemClock, id, onLost: async () => {} });
  const room = await openRoomData({ name: 'argon', log, blobs: memoryBlobStore() });
  const [frame] = room.ids(0, 1);
  let done = 0;
  while (done < Number(rounds)) {
    try {
      const grant = await room.locks.grant({ name: frame, session: `s${seed}`, ttlMs: 20 });
      await pause(random() * 10);
      if (random() < 0.5) room.locks.renew(frame, grant.token);
      const value = Number(seed) * 100_000 + made;
      const baseVersion = room.head(frame)?.version ?? 0;
      const commit = await room.commit([{ op: 'patch', id: frame, baseVersion, data: { energy: value } }], {
        lockToken: grant.token,
      });
      writeSync(1, `${commit.frames[frame].version} ${value} ${grant.fence} ${commit.seq}\n`);
      made += 1;
      done += 1;
      if (random() < 0.7) await room.locks.release(frame, grant.token);
    } catch {
      await pause(random() * 8);
    }
  }
  await room.close();
  writeSync(1, 'over\n');
}
await link.close();
