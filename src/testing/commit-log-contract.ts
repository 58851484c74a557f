import type { CommitLog } from '../server/data/commit-log.ts';
import type { CommitRecord } from '../server/data/commit-record.ts';
import { isCovalenceError } from '../protocol/errors.ts';
import { type ContractCase, check, checkEqual, checkRefused } from './contract.ts';

/** What the author of a log hands to {@link commitLogContract}. What is left out is not asked of the log. */
export interface CommitLogHarness {
  /** A fresh, empty log. Each call is independent of the others. */
  open(): Promise<CommitLog>;
  /** The same content in a new log, as after a restart; `log` was closed before. Absent when the log forgets. */
  reopen?: (log: CommitLog) => Promise<CommitLog>;
  /** Another writer on the same content, while `log` is open. Absent where one writer has the log for itself. */
  other?: (log: CommitLog) => Promise<CommitLog>;
  /** Lets the next append fail because there is no room left; the one after it may succeed. */
  fillDisk?: (log: CommitLog) => void;
  /** Lets the next append reach the store, and its answer be lost. */
  loseAnswer?: (log: CommitLog) => void;
  /**
   * An empty log that dies before its step `atStep`, counted from 1 for whatever it does to its store, as a process that
   * is killed: `died` resolves and nothing it was asked settles any more. `survivor` is what the next process opens.
   */
  openDoomed?: (atStep: number) => Promise<{ log: CommitLog; died: Promise<void>; survivor: () => Promise<CommitLog> }>;
}

/** A record as a commit makes it, with bytes in it. */
function record(seq: number, author = 'ada'): CommitRecord {
  const inline = Uint8Array.of(seq, 2, 3, 255);
  const value = { type: '|u1' as const, shape: [4], hash: 'ab'.repeat(32), byteLength: 4, inline };
  return {
    seq,
    at: 1_700_000_000_000 + seq,
    author,
    idempotencyKey: `key-${seq}`,
    ops: [{ op: 'set', id: `n${seq}`, version: seq, keys: { 'info.x': value, energy: null } }],
  };
}

async function read(log: CommitLog, since = 0): Promise<CommitRecord[]> {
  const records: CommitRecord[] = [];
  for await (const one of log.read(since)) records.push(one);
  return records;
}

const upTo = (last: number): CommitRecord[] => Array.from({ length: last }, (_, i) => record(i + 1));

/** The promises every log of commits keeps, as named cases for any test framework. */
export function commitLogContract(harness: CommitLogHarness): ContractCase[] {
  const onLog = (title: string, run: (log: CommitLog) => Promise<void>): ContractCase => ({
    title,
    async run() {
      const log = await harness.open();
      try {
        await run(log);
      } finally {
        await log.close();
      }
    },
  });
  const { reopen, other, fillDisk, loseAnswer, openDoomed } = harness;
  const cases = [
    onLog('an empty log has head 0 and nothing to read', async (log) => {
      checkEqual(log.head, 0, 'head');
      checkEqual(await read(log), [], 'read');
      check(log.durability !== '', 'the log says what an acknowledgement is worth');
    }),
    onLog('what was appended is read in order and equal, from any place on, as often as asked', async (log) => {
      check(await log.append(0, [record(1)]), 'the first append');
      check(await log.append(1, [record(2), record(3)]), 'an append of several');
      checkEqual(log.head, 3, 'head');
      for (const since of [0, 1, 3, 0]) checkEqual(await read(log, since), upTo(3).slice(since), `read(${since})`);
    }),
    onLog('appends may overlap when each names the head that the one before leaves', async (log) => {
      const answers = await Promise.all(upTo(40).map((one) => log.append(one.seq - 1, [one])));
      check(answers.every(Boolean), 'all are accepted');
      checkEqual(await read(log), upTo(40), 'read');
    }),
    onLog('an append on another head answers false and writes nothing', async (log) => {
      await log.append(0, upTo(2));
      for (const head of [0, 1, 3]) checkEqual(await log.append(head, [record(head + 1, 'late')]), false, `on ${head}`);
      const both = await Promise.all([log.append(2, [record(3)]), log.append(2, [record(3, 'late')])]);
      checkEqual(both.filter(Boolean).length, 1, 'of two on one head one is accepted');
      checkEqual((await read(log)).length, 3, 'records');
    }),
  ];
  if (reopen !== undefined) {
    cases.push({
      title: 'every acknowledged record is there after a restart, and the log goes on behind it',
      async run() {
        let log = await harness.open();
        for (let seq = 1; seq <= 12; seq += 1) {
          check(await log.append(seq - 1, [record(seq)]), `append ${seq}`);
          if (seq % 4 !== 0) continue;
          await log.close();
          log = await reopen(log);
          checkEqual(await read(log), upTo(seq), `after restart at ${seq}`);
          checkEqual(log.head, seq, 'head after a restart');
        }
        await log.close();
      },
    });
  }
  if (other !== undefined) {
    cases.push(
      onLog('of several writers on one head exactly one is accepted, and all read the same', async (log) => {
        const writers = [log, await other(log), await other(log)];
        for (let seq = 1; seq <= 10; seq += 1) {
          const answers = await Promise.all(writers.map((one, i) => one.append(seq - 1, [record(seq, `writer ${i}`)])));
          checkEqual(answers.filter(Boolean).length, 1, `accepted at ${seq}`);
          const [first, ...others] = await Promise.all(writers.map((one) => read(one)));
          checkEqual(first.length, seq, 'records');
          check(
            first[seq - 1].author === `writer ${answers.indexOf(true)}`,
            'the record is that of the accepted writer',
          );
          for (const found of others) checkEqual(found, first, 'what another writer reads');
        }
        for (const one of writers.slice(1)) await one.close();
      }),
    );
  }
  if (fillDisk !== undefined) {
    cases.push(
      onLog('no room left refuses the append and what was queued behind it, and the next one succeeds', async (log) => {
        await log.append(0, upTo(2));
        fillDisk(log);
        const queued = [log.append(2, [record(3, 'refused')]), log.append(3, [record(4, 'refused')])];
        await checkRefused(queued[0], 'store/full', 'the append');
        await queued[1].catch(() => undefined);
        checkEqual(await read(log), upTo(2), 'what is there');
        check(await log.append(2, [record(3)]), 'the next append');
        checkEqual(await read(log), upTo(3), 'read');
      }),
    );
  }
  if (loseAnswer !== undefined) {
    cases.push(
      onLog('a record whose answer was lost is there once and whole, or not at all', async (log) => {
        await log.append(0, upTo(2));
        loseAnswer(log);
        const outcome = await log.append(2, [record(3)]).catch((error: unknown) => {
          check(isCovalenceError(error), 'what it rejects with has a code');
          return undefined;
        });
        const isThere = (await read(log)).length === 3;
        check(outcome !== true || isThere, 'what was acknowledged is there');
        checkEqual(await log.append(2, [record(3)]), !isThere, 'the same append once more');
        checkEqual(await read(log), upTo(3), 'read');
      }),
    );
  }
  if (openDoomed !== undefined) {
    cases.push({
      title: 'killed between any two steps, every acknowledged record is there and no other is in part',
      async run() {
        for (let atStep = 1; ; atStep += 1) {
          const { log, died, survivor } = await openDoomed(atStep);
          let acknowledged = 0;
          const writing = (async (): Promise<void> => {
            for (let seq = 1; seq <= 6; seq += 2) {
              if (await log.append(seq - 1, [record(seq), record(seq + 1)])) acknowledged = seq + 1;
            }
          })();
          if (!(await Promise.race([writing.then(() => false), died.then(() => true)]))) {
            checkEqual(acknowledged, 6, 'acknowledged without a kill');
            check(atStep > 3, 'the log took at least one step for each append');
            await log.close();
            return;
          }
          const next = await survivor();
          const found = await read(next);
          checkEqual(found, upTo(found.length), `killed at step ${atStep}`);
          check(found.length >= acknowledged, `killed at step ${atStep}: ${acknowledged} were acknowledged`);
          check(found.length % 2 === 0, `killed at step ${atStep}: an append is there in part`);
          check(await next.append(found.length, [record(found.length + 1)]), 'the log goes on');
          await next.close();
        }
      },
    });
  }
  return cases;
}
