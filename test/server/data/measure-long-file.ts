import { readFileSync } from 'node:fs';
import { openTrajectory } from '../../../src/data/formats/open-trajectory.ts';
import { createServer } from '../../../src/server/server.ts';
import { createDataRooms } from '../../../src/server/data/data-rooms.ts';
import { fileRoomStorage } from '../../../src/server/data/file-room-storage.ts';

/** `maxRSS` begins with what the process was that started this one; the kernel's own count does not. */
function peakMegabytes(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes !== undefined) return Math.round(Number(kilobytes) / 1024);
  } catch {
    // No Linux.
  }
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

/** Run as a process of its own by long-file.test.ts: opens the file at argv[2] in the data directory at argv[3]. */
async function measure(path: string, dataDirectory: string): Promise<void> {
  const rooms = createDataRooms({ storage: await fileRoomStorage({ directory: dataDirectory }), openTrajectory });
  const room = await rooms.openFile(path);
  const first = await room.frameAt(0);
  await room.indexed;
  const { count } = room;
  const last = await room.frameAt(count - 1);
  for (let i = 0; i < 200; i += 1) await room.frameAt((i * 7919) % count);
  await room.commit([{ op: 'patch', id: last.id, baseVersion: last.version, data: { energy: -1 } }]);
  await rooms.close();
  const result = {
    count,
    first: first.data['energy'],
    last: last.data['energy'],
    peakMb: peakMegabytes(),
    // Everything of a server is loaded, as in a real one.
    isServer: typeof createServer === 'function',
  };
  process.stdout.write(JSON.stringify(result));
}

await measure(process.argv[2], process.argv[3]);
