import { openTrajectory } from '../../../src/data/formats/open-trajectory.ts';
import { fileSource } from '../../../src/server/data/file-source.ts';
import { isFrameArray } from '../../../src/protocol/frames.ts';

/** Run as a process of its own by binary-memory.test.ts: prints what indexing and reading the file at argv[2] costs. */
async function measure(path: string): Promise<void> {
  const source = await fileSource(path);
  let bytesRead = 0;
  const trajectory = await openTrajectory({
    ...source,
    byteLength: source.byteLength,
    read(offset, length, signal) {
      bytesRead += length;
      return source.read(offset, length, signal);
    },
  });
  await trajectory.index();
  const indexBytes = bytesRead;
  for (let k = 0; k < 100; k += 1) {
    const index = Math.floor((trajectory.count * k) / 100);
    const { positions } = await trajectory.read(index);
    if (!isFrameArray(positions)) throw new Error(`frame ${index} has no positions`);
  }
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(JSON.stringify({ count: trajectory.count, indexBytes, peakMb }));
  await trajectory.close();
}

await measure(process.argv[2]);
