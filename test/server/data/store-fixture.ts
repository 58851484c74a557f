import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { CommitRecord } from '../../../src/server/data/index.ts';

/** A directory of its own, gone after the test. */
export async function scratchDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'covalence-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export function record(seq: number, author = 'ada'): CommitRecord {
  return { seq, at: seq * 1000, author, ops: [{ op: 'policy', requireLock: seq % 2 === 0 }] };
}

export async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
