// One reader, one file, in a process of its own: CPU of the pass and of reading every frame, peak memory. argv: path.
import { statSync } from 'node:fs';
import { openTrajectory } from '../../dist/data/formats/open-trajectory.js';
import { fileSource } from '../../dist/server/data/file-source.js';

const cpu = async (action) => {
  const before = process.cpuUsage();
  await action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const path = process.argv[2];
const trajectory = await openTrajectory(await fileSource(path));
const indexMs = await cpu(() => trajectory.index());
let sum = 0;
const readMs = await cpu(async () => {
  for (let index = 0; index < trajectory.count; index += 1) {
    const { positions } = await trajectory.read(index);
    for (const value of positions.data) sum += value;
  }
});
const drawnMs = await cpu(async () => {
  for (let index = 0; index < trajectory.count; index += 1) {
    await trajectory.read(index, ['positions', 'numbers', 'cell', 'pbc']);
  }
});
const peakMb = process.resourceUsage().maxRSS / 1024;
process.stdout.write(
  JSON.stringify({
    megabytes: statSync(path).size / 1e6,
    frames: trajectory.count,
    indexMs,
    readMs,
    drawnMs,
    sum,
    peakMb,
  }),
);
