/**
 * How long an edit takes from a client of one server to a client of another over one Redis, against one round trip to
 * that Redis (the same script and bytes, answered). Interleaved; medians.
 *
 *     npm run build && npm install --prefix bench && node bench/sync/crossing.mjs
 */
import { fork, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { connectClient, freePort } from './client.mjs';

const EDITS = Number(process.env.EDITS ?? 1000);
const port = await freePort();
const redis = spawn('redis-server', ['--port', String(port), '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
const url = `redis://127.0.0.1:${port}`;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
await sleep(300);
const start = () =>
  new Promise((resolve) => {
    const child = fork(fileURLToPath(new URL('servers/covalence.mjs', import.meta.url)), {
      env: { ...process.env, REDIS: url },
    });
    child.once('message', (message) => resolve({ child, port: message.port }));
  });
const [a, b] = [await start(), await start()];
let heard = () => undefined;
const writer = await connectClient(a.port, { isWriter: true });
let near = () => undefined;
const beside = await connectClient(a.port, { onUpdate: () => near() });
const reader = await connectClient(b.port, { onUpdate: () => heard() });
const plain = connect(port, '127.0.0.1').setNoDelay();
const payload = 'x'.repeat(80);
const ping = () =>
  new Promise((resolve) => {
    const begun = process.hrtime.bigint();
    plain.once('data', () => resolve(Number(process.hrtime.bigint() - begun) / 1e6));
    plain.write(`*2\r\n$4\r\nECHO\r\n$${payload.length}\r\n${payload}\r\n`);
  });
const edit = (number) =>
  new Promise((resolve) => {
    const begun = process.hrtime.bigint();
    const times = {};
    const done = (where) => {
      times[where] ??= Number(process.hrtime.bigint() - begun) / 1e6;
      if (times.here !== undefined && times.there !== undefined) resolve(times);
    };
    near = () => done('here');
    heard = () => done('there');
    writer.write(number);
  });
for (let number = 0; number < 200; number += 1) await edit(number);
const samples = { here: [], there: [], ping: [] };
for (let number = 0; number < EDITS; number += 1) {
  samples.ping.push(await ping());
  const { here, there } = await edit(number);
  samples.here.push(here);
  samples.there.push(there);
  await sleep(2);
}
const at = (values, part) => values.toSorted((x, y) => x - y)[Math.floor(values.length * part)];
const row = (name, values) =>
  console.log(`${name.padEnd(44)} p50 ${at(values, 0.5).toFixed(2)} ms  p99 ${at(values, 0.99).toFixed(2)} ms`);
console.log(`${EDITS} edits, one at a time`);
row('one round trip to Redis (ECHO of 80 bytes)', samples.ping);
row('client -> server -> client', samples.here);
row('client -> server -> Redis -> server -> client', samples.there);
console.log(
  `added by the second process: ${(at(samples.there, 0.5) - at(samples.here, 0.5)).toFixed(2)} ms = ${((at(samples.there, 0.5) - at(samples.here, 0.5)) / at(samples.ping, 0.5)).toFixed(1)} round trips`,
);
for (const each of [writer, beside, reader]) each.close();
for (const { child } of [a, b]) child.kill('SIGKILL');
redis.kill('SIGKILL');
process.exit(0);
