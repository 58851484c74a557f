import { openTrajectory } from '../../../src/data/formats/open-trajectory.ts';
import { fileSource } from '../../../src/server/data/file-source.ts';

/** Run as a process of its own by memory.test.ts: prints what indexing the file at argv[2] costs, as JSON. */
async function measure(path: string): Promise<void> {
  const cpu = async (action: () => Promise<void>): Promise<number> => {
    const before = process.cpuUsage();
    await action();
    const { user, system } = process.cpuUsage(before);
    return Math.round((user + system) / 1000);
  };
  const source = await fileSource(path);
  const read = async (): Promise<void> => {
    let bytes = 0;
    for await (const piece of source.stream(0)) bytes += piece.length;
    if (bytes !== source.byteLength) throw new Error(`${bytes} bytes read of ${source.byteLength}`);
  };
  await read();
  const readMs = await cpu(read);
  const trajectory = await openTrajectory(source);
  let seen = 0;
  let firstAfter = -1;
  const indexMs = await cpu(async () => {
    const pass = trajectory.index((progress) => {
      seen = progress.bytesRead;
    });
    await trajectory.read(0);
    firstAfter = Math.round(seen / 1e6);
    await pass;
  });
  const { energy } = trajectory.scalars();
  const result = {
    readMs,
    indexMs,
    count: trajectory.count,
    energies: energy.length,
    lastEnergy: energy.at(-1),
    firstAfter,
    peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  process.stdout.write(JSON.stringify(result));
  await trajectory.close();
}

await measure(process.argv[2]);
