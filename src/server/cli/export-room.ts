import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { storeError } from '../data/store-errors.ts';
import { copyZarr } from '../data/zarr/zarr-copy.ts';
import type { ExportArguments } from './arguments.ts';
import { assertFree } from './assert-free.ts';
import { type RoomSource, roomSource } from './room-source.ts';

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
    const target = output ?? (format === 'zarr' ? `${source.name}.zarr` : undefined);
    if (format === 'zarr') await exportZarr(source, target as string);
    else await exportFile(source, format, target, stdout);
    if (target !== undefined) stderr.write(`Wrote ${target}\n`);
  } finally {
    await source.close();
  }
}

async function exportFile(
  source: RoomSource,
  format: string,
  target: string | undefined,
  stdout: Writable,
): Promise<void> {
  const { body } = await source.ask(`export?format=${encodeURIComponent(format)}`);
  const pieces = Readable.from(body ?? []);
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
    return new Uint8Array(await response.arrayBuffer());
  }, target);
}
