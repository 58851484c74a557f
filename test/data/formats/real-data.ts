import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asCovalenceError, type CovalenceError } from '../../../src/protocol/errors.ts';
import type { Trajectory } from '../../../src/data/formats/format.ts';
import { memorySource } from '../../../src/data/formats/source/memory-source.ts';
import { openTrajectory } from '../../../src/data/formats/open-trajectory.ts';

/** The folder of real files that other programs have read before. */
export const dataFolder = process.env.COVALENCE_TEST_DATA ?? '../shared/data';

/** Whether the real files are there. */
export const hasData = existsSync(join(dataFolder, 'facts.json'));

/** Added to titles of tests that need them. */
export const needsData = hasData ? '' : ` (skipped: no real files in ${dataFolder}, set COVALENCE_TEST_DATA)`;

/** What another program says about a file. */
export interface Fact {
  tool: string;
  error?: string;
  result?: string;
  [name: string]: unknown;
}

/** Facts by path within the folder; empty without the folder. */
export const facts: Record<string, { facts: Fact[] }> = hasData
  ? (JSON.parse(readFileSync(join(dataFolder, 'facts.json'), 'utf8')) as Record<string, { facts: Fact[] }>)
  : {};

/** Bytes of a real file. */
export function readData(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(dataFolder, path)));
}

/** Opens bytes as a trajectory and runs the pass; the error of the pass instead of throwing it. */
export async function openBytes(
  name: string,
  bytes: Uint8Array,
): Promise<{ trajectory: Trajectory; error: CovalenceError | undefined }> {
  const trajectory = await openTrajectory(memorySource(name, bytes));
  let error: CovalenceError | undefined;
  await trajectory.index().catch((thrown: unknown) => {
    error = asCovalenceError(thrown, 'server/failed');
  });
  return { trajectory, error };
}
