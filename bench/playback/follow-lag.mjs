// How long a follower is behind: `npm run build && node bench/playback/follow-lag.mjs`.
// Two programs over real sockets against the built server, and beside each move one loopback round trip of HTTP.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRoom } from '../../dist/index.js';

const MOVES = 300;
const EVERY_MS = 20;

const directory = mkdtempSync(join(tmpdir(), 'covalence-bench-'));
const file = join(directory, 'line.xyz');
writeFileSync(file, Array.from({ length: 1000 }, (_, i) => `1\nframe ${i}\nAr ${i} 0 0\n`).join(''));
const args = ['dist/server/cli/main.js', file, '--port', '0', '--data', join(directory, 'data')];
const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
const url = await new Promise((resolve) => {
  let text = '';
  server.stdout.on('data', (chunk) => {
    text += chunk;
    const found = /(https?:\/\/\S+)/.exec(text);
    if (found !== null) resolve(found[1]);
  });
});
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const roundTrip = () =>
  new Promise((resolve, reject) => {
    const startMs = performance.now();
    get(`${new URL(url).origin}/healthz`, { agent }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(performance.now() - startMs));
    }).on('error', reject);
  });
const median = (values, part = 0.5) => [...values].sort((a, b) => a - b)[Math.floor(values.length * part)];

const ada = await openRoom(url, { user: { name: 'Ada' } });
const bob = await openRoom(url, { user: { name: 'Bob' } });
while (bob.frames.count < 1000 || ada.presence.peers.length < 2) {
  await bob.frames.info();
  await new Promise((resolve) => setTimeout(resolve, 50));
}
let arrived = () => undefined;
bob.playback.onChange(() => arrived(bob.playback.frameIndex));
const lags = [];
const trips = [];
ada.playback.seek(1);
await new Promise((resolve) => setTimeout(resolve, 500));
for (let move = 0; move < MOVES; move += 1) {
  trips.push(await roundTrip());
  const index = 2 + move;
  const startMs = performance.now();
  const seen = new Promise((resolve) => {
    arrived = (at) => at === index && resolve(performance.now() - startMs);
  });
  ada.playback.seek(index);
  lags.push(await seen);
  await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
}
const row = (name, values) =>
  process.stdout.write(
    `${name.padEnd(28)} ${median(values).toFixed(2).padStart(8)} ${median(values, 0.95).toFixed(2).padStart(8)}\n`,
  );
process.stdout.write(`${'ms'.padEnd(28)} ${'median'.padStart(8)} ${'95 %'.padStart(8)}\n`);
row('move to follower', lags);
row('loopback round trip', trips);
process.stdout.write(`ratio of medians              ${(median(lags) / median(trips)).toFixed(2)}\n`);
await Promise.all([ada.close(), bob.close()]);
agent.destroy();
server.kill();
rmSync(directory, { recursive: true, force: true });
