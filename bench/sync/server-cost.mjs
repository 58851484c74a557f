/**
 * What the server itself does with an update and a join, without sockets: CPU per incoming update when 20 arrive in one
 * turn, gate, Yjs, frame and store in memory included, against applying each alone with Yjs; bytes and CPU of joining a
 * room with 10,000 keys against gzip-1 of the state. Interleaved; medians.
 *
 *     npm run build && npm install --prefix bench && node bench/sync/server-cost.mjs
 */
import { gzipSync } from 'node:zlib';
import * as Y from '../../node_modules/yjs/dist/yjs.mjs';
import { systemClock } from '../../dist/protocol/clock.js';
import { ClientOwners } from '../../dist/server/sync/client-owners.js';
import { joinState } from '../../dist/server/sync/join-state.js';
import { roomIntake } from '../../dist/server/sync/room-intake.js';
import { DEFAULT_SYNC_LIMITS } from '../../dist/server/sync/sync-limits.js';
import { toldUpdates } from '../../dist/server/sync/told-updates.js';
import { updateFrame } from '../../dist/server/sync/wire.js';

const UPDATES = 20_000;
const ROUNDS = 9;
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const cpu = (work) => {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return user + system;
};

function updatesOf(writers) {
  const updates = [];
  const docs = Array.from({ length: writers }, () => new Y.Doc());
  for (const doc of docs) doc.on('update', (update) => updates.push(update));
  for (let number = 0; number < UPDATES; number += 1) {
    docs[number % writers].getMap('state').set(`key.${number % 10}`, { t: number, a: 'x', b: [1, 2, 3] });
  }
  return updates;
}

function ours(updates, perTurn) {
  const doc = new Y.Doc();
  doc.getMap('state');
  let bytes = 0;
  const { applyAlone } = toldUpdates(doc, ({ update }) => (bytes += updateFrame(update).length));
  const connection = {
    identity: { subject: 'a', canWrite: true },
    gaps: 0,
    mayContest: () => true,
    refuse(error) {
      throw error;
    },
  };
  const intake = roomIntake({
    room: 'room',
    doc,
    applyAlone,
    owners: new ClientOwners(),
    clock: systemClock,
    limits: DEFAULT_SYNC_LIMITS,
    readerCount: () => 100,
    log: console,
    onGap() {
      throw new Error('gap');
    },
    onWholeState() {},
    onPoisoned(error) {
      throw error;
    },
  });
  for (let at = 0; at < updates.length; at += perTurn) {
    for (const update of updates.slice(at, at + perTurn)) intake.take(connection, update, false);
    intake.flush();
  }
  return { doc, bytes };
}
function plain(updates) {
  const doc = new Y.Doc();
  let bytes = 0;
  doc.on('update', (update) => (bytes += update.length));
  for (const update of updates) Y.applyUpdate(doc, update);
  return { doc, bytes };
}

console.log('CPU per incoming update, us (median of 9 rounds of 20,000)');
for (const writers of [1, 20]) {
  const updates = updatesOf(writers);
  const found = { 'Yjs alone, one by one, no gate': [], 'covalence, 1 a turn': [], 'covalence, 20 a turn': [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    found['Yjs alone, one by one, no gate'].push(cpu(() => plain(updates)) / UPDATES);
    found['covalence, 1 a turn'].push(cpu(() => ours(updates, 1)) / UPDATES);
    found['covalence, 20 a turn'].push(cpu(() => ours(updates, 20)) / UPDATES);
  }
  for (const [name, values] of Object.entries(found))
    console.log(`${String(writers).padStart(3)} writers  ${name.padEnd(34)} ${median(values).toFixed(2)}`);
}

const doc = new Y.Doc();
doc.transact(() => {
  for (let key = 0; key < 10_000; key += 1)
    doc
      .getMap('state')
      .set(`selection.s${key}`, { id: key, atoms: [key, key + 1, key + 2], name: `selection ${key}`, visible: true });
});
const state = Y.encodeStateAsUpdate(doc);
const packed = gzipSync(state, { level: 1 }).length;
const join = joinState(doc);
const first = cpu(() => join.frame(true));
const repeated = median(Array.from({ length: 50 }, () => cpu(() => join.frame(true))));
const bytes = join.frame(true).length;
console.log('Join of a room with 10,000 keys');
console.log(
  `  stock client ${state.length} B; our client ${bytes} B; gzip-1 ${packed} B; ours / gzip-1 ${(bytes / packed).toFixed(3)}`,
);
console.log(
  `  CPU of the first join ${(first / 1000).toFixed(1)} ms, of a repeated one ${(repeated / 1000).toFixed(2)} ms`,
);
