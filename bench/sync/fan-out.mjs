/**
 * What a delivered update costs the server: one writer, 1 to 100 readers, each server in a process of its own, measured
 * by the CPU time the kernel counts for it. Rounds of all servers are interleaved; the median of the rounds counts, as a
 * ratio to a relay that does nothing but send on.
 *
 *     npm run build && npm install --prefix bench && node bench/sync/fan-out.mjs
 */
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { connectClient, freePort } from './client.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SECONDS = Number(process.env.SECONDS ?? 5);
/** Updates before anything is measured: a server that has just started compiles for some ten thousand of them. */
const WARM_UPDATES = Number(process.env.WARM ?? 20_000);
const WARM_PER_SECOND = 2_000;
/** Then as long under the load that is measured: with more readers other code is hot. */
const WARM_SECONDS = Number(process.env.WARM_SECONDS ?? 10);
const SCENES = [
  { readers: 1, perSecond: 1000 },
  { readers: 5, perSecond: 500 },
  { readers: 20, perSecond: 400 },
  { readers: 100, perSecond: 150 },
].filter(
  ({ readers }) => process.env.READERS === undefined || process.env.READERS.split(',').includes(String(readers)),
);
const here = fileURLToPath(new URL('.', import.meta.url));
const SERVERS = {
  raw: 'servers/raw.mjs',
  // What no server with a document can be below: the relay and Y.applyUpdate, without a look at what it applies.
  'raw + Y.applyUpdate': 'servers/floor.mjs',
  covalence: 'servers/covalence.mjs',
  'y-websocket-server 0.1.1': '../node_modules/@y/websocket-server/src/server.js',
  'hocuspocus 4.7': 'servers/hocuspocus.mjs',
};
const wanted = process.env.ONLY?.split(',') ?? Object.keys(SERVERS);

async function start(name) {
  const port = await freePort();
  const child = fork(here + SERVERS[name], {
    env: { ...process.env, PORT: String(port), HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const found = await new Promise((resolve) => {
    child.once('message', (message) => resolve(message.port));
    child.stdout.on('data', (text) => {
      if (text.toString().includes('running at')) resolve(port);
    });
  });
  return { child, port: found };
}

/** CPU seconds of a process so far, in steps of 10 ms. */
function cpuOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** How many readers have the last update; on a busy machine they may need a while. */
async function caughtUp(all, writer) {
  for (let wait = 0; wait < 300; wait += 1) {
    if (all.every((each) => each.sawLast(writer))) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return all.filter((each) => each.sawLast(writer)).length;
}

async function round(name, { readers, perSecond }) {
  const { child, port } = await start(name);
  const isHocuspocus = name.startsWith('hocuspocus');
  const writer = await connectClient(port, { isHocuspocus, isWriter: true });
  const all = [await connectClient(port, { isHocuspocus })];
  await new Promise((resolve) => setTimeout(resolve, 300));
  const load = async (seconds, perSecond) => {
    const begun = process.hrtime.bigint();
    let sent = 0;
    while (sent < perSecond * seconds) {
      const due = Math.floor((Number(process.hrtime.bigint() - begun) / 1e9) * perSecond);
      while (sent < due) writer.write(sent++);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    return sent;
  };
  await load(WARM_UPDATES / WARM_PER_SECOND, WARM_PER_SECOND);
  const late = { isHocuspocus, from: writer };
  all.push(...(await Promise.all(Array.from({ length: readers - 1 }, () => connectClient(port, late)))));
  await load(WARM_SECONDS, perSecond);
  const before = cpuOf(child.pid);
  const bytesBefore = all.reduce((sum, { bytes }) => sum + bytes(), 0);
  const sent = await load(SECONDS, perSecond);
  const cpu = cpuOf(child.pid) - before;
  const bytes = all.reduce((sum, each) => sum + each.bytes(), 0) - bytesBefore;
  const latest = await caughtUp(all, writer);
  for (const each of [writer, ...all]) each.close();
  child.kill('SIGKILL');
  if (latest < readers) throw new Error(`${name}: ${latest} of ${readers} readers have the last update`);
  return { cpu: (cpu / sent / readers) * 1e6, bytes: bytes / sent / readers };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
console.log(
  `CPU of the server in us per delivered update (ratio to raw), ${ROUNDS} rounds of ${SECONDS} s; bytes on the wire`,
);
for (const scene of SCENES) {
  const results = Object.fromEntries(wanted.map((name) => [name, []]));
  for (let number = 0; number < ROUNDS; number += 1) {
    for (const name of wanted) results[name].push(await round(name, scene));
  }
  const raw = results.raw === undefined ? Number.NaN : median(results.raw.map(({ cpu }) => cpu));
  for (const name of wanted) {
    const cpu = median(results[name].map((each) => each.cpu));
    const bytes = median(results[name].map((each) => each.bytes));
    console.log(
      `${String(scene.readers).padStart(3)} readers ${String(scene.perSecond).padStart(4)}/s  ${name.padEnd(26)} ${cpu.toFixed(2).padStart(7)}  ${(cpu / raw).toFixed(2).padStart(5)}  ${bytes.toFixed(0).padStart(5)} B`,
    );
  }
}
process.exit(0);
