import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { CovalenceError, isCovalenceError } from '../../protocol/errors.ts';
import { systemClock } from '../../protocol/clock.ts';
import { storeError } from '../data/store-errors.ts';
import { copyZarr } from '../data/zarr/zarr-copy.ts';
import type { ExportArguments } from './arguments.ts';
import { assertFree } from './assert-free.ts';
import { type RoomSource, roomSource } from './room-source.ts';

const LOOK_MS = 500;

/**
 * `covalence export`: writes a room as a file, or as a folder in the Zarr format, and says what it wrote; without
 * `--output` a file goes to `stdout`. What broke off leaves nothing behind that looks whole. Rejects with
 * `command/invalid` when the file is there already.
 */
export async function exportRoom(asked: ExportArguments, stdout: Writable, stderr: Writable): Promise<void> {
  const { output, format, isOverwriting } = asked;
  if (output !== undefined && format !== 'zarr') await assertFree(output, isOverwriting);
  const source = await roomSource(asked.room, asked.dataDirectory);
  try {
    await readToItsEnd(source);
    const target = output ?? (format === 'zarr' ? `${source.name}.zarr` : undefined);
    if (format === 'zarr') await exportZarr(source, target as string);
    else await exportFile(source, format, target, stdout);
    if (target !== undefined) stderr.write(`Wrote ${target}\n`);
  } finally {
    await source.close();
  }
}

/** A long file behind the room is waited for by asking: no single answer takes as long as that may. */
async function readToItsEnd(source: RoomSource): Promise<void> {
  for (;;) {
    const { indexing } = (await (await source.ask('')).json()) as { indexing?: object };
    if (indexing === undefined) return;
    await new Promise<void>((resolve) => void systemClock.after(LOOK_MS, resolve));
  }
}

async function exportFile(
  source: RoomSource,
  format: string,
  target: string | undefined,
  stdout: Writable,
): Promise<void> {
  const { body } = await source.ask(`export?format=${encodeURIComponent(format)}`);
  const pieces = Readable.from(wholeBody(body ?? []));
  if (target === undefined) {
    await pipeline(pieces, stdout, { end: false });
    return;
  }
  const partial = `${target}.partial`;
  try {
    await pipeline(pieces, createWriteStream(partial));
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    throw storeError(error, `Writing "${target}"`);
  }
}

async function exportZarr(source: RoomSource, target: string): Promise<void> {
  const { seq } = (await (await source.ask('')).json()) as { seq: number };
  await copyZarr(async (key) => {
    const response = await source.ask(`zarr/@${seq}/${key}`);
    return new Uint8Array(await response.arrayBuffer().catch(brokenOff));
  }, target);
}

async function* wholeBody(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    brokenOff(error);
  }
}

function brokenOff(cause: unknown): never {
  if (isCovalenceError(cause)) throw cause;
  const message = 'The answer of the server broke off: it ended, or what it reads from failed; its log says why.';
  throw new CovalenceError('server/unreachable', message, {}, { cause });
}
