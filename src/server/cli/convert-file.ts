import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { openTrajectory } from '../../data/formats/open-trajectory.ts';
import type { Trajectory } from '../../data/formats/format.ts';
import { asCovalenceError, CovalenceError } from '../../protocol/errors.ts';
import { routes } from '../../protocol/routes.ts';
import { createDataRooms } from '../data/data-rooms.ts';
import { fileSource } from '../data/file-source.ts';
import { createFrameChannel } from '../data/http/frame-channel.ts';
import { readerFor } from '../data/source-reading.ts';
import { storeError } from '../data/store-errors.ts';
import { copyZarr } from '../data/zarr/zarr-copy.ts';
import type { ConvertArguments } from './arguments.ts';
import { assertFree } from './assert-free.ts';
import { type FrameWriting, WRITINGS, writingOf } from './frame-writings.ts';
import { type FrameSlice, framesIn } from './frame-slice.ts';
import { type FileToOpen, pairFiles } from './pair-files.ts';

/** Where what a person should know is written. */
interface Output {
  write(text: string): unknown;
}

const ALL = { start: undefined, end: undefined, step: 1 };

/**
 * `covalence convert`: reads a file, with its topology where one is beside it, and writes its frames in the format that
 * the name of the new file says. The new file appears when it is whole. Rejects with `command/invalid` when the file is
 * there or its name says no format, with `file/unwritable` naming the frame, and with the errors of the reader.
 */
export async function convertFile(asked: ConvertArguments, output: Output): Promise<void> {
  const { files, output: target, isOverwriting } = asked;
  const paired = await pairFiles(files, asked.reading);
  if (paired.length !== 1) {
    throw new CovalenceError(
      'command/invalid',
      `${files.map((path) => basename(path)).join(' and ')} are ${paired.length} trajectories; one file is written from one.`,
    );
  }
  await assertFree(target, isOverwriting);
  if (/\.zarr$/i.test(target)) await toZarr(paired[0], asked);
  else await toFile(paired[0], asked, output);
  output.write(`Wrote ${target}\n`);
}

async function toFile({ path, reading }: FileToOpen, asked: ConvertArguments, output: Output): Promise<void> {
  const { output: target, frames } = asked;
  const writing = writingOf(target);
  if (writing === undefined) {
    const known = Object.values(WRITINGS).map(({ names }) => names);
    throw new CovalenceError(
      'command/invalid',
      `The name "${basename(target)}" says no format. Known: ${[...known, '.zarr'].join(', ')}.`,
    );
  }
  const source = await fileSource(path);
  try {
    const trajectory = await (await readerFor(openTrajectory, reading, undefined))(source);
    let damage: CovalenceError | undefined;
    await trajectory.index().catch((error: unknown) => {
      damage = asCovalenceError(error, 'file/damaged');
      if (damage.code !== 'file/damaged' || trajectory.count === 0) throw error;
    });
    const { count } = trajectory;
    if (damage !== undefined && !liesBefore(frames, count)) {
      const way = writing.isSingle ? `--frames ${count - 1} takes the last` : `--frames :${count} takes the ${count}`;
      throw new CovalenceError('file/damaged', `${damage.message} ${way} before the damage.`, damage.fields, {
        cause: damage,
      });
    }
    const slice = frames ?? (writing.isSingle ? { start: -1, end: undefined, step: 1 } : ALL);
    const indices = [...framesIn(slice, trajectory.count)];
    if (indices.length === 0 || (writing.isSingle && indices.length > 1)) {
      throw new CovalenceError(
        'command/invalid',
        `${indices.length} of ${trajectory.count} frames were chosen; ${writing.names} takes ${writing.isSingle ? 'one' : 'at least one'}. Choose with --frames.`,
      );
    }
    await writeWhole(target, writing, trajectory, indices);
    if (damage !== undefined) output.write(`Note: ${damage.message}\n`);
    for (const sentence of trajectory.warnings?.() ?? []) output.write(`Note: ${sentence}\n`);
    await trajectory.close();
  } finally {
    await source.close();
  }
}

/** Whether the frames that were asked for are the same whatever comes behind the first `count`. */
function liesBefore(frames: FrameSlice | undefined, count: number): boolean {
  const { start = 0, end } = frames ?? ALL;
  return start >= 0 && end !== undefined && end >= 0 && end <= count;
}

async function writeWhole(
  target: string,
  writing: FrameWriting,
  trajectory: Trajectory,
  indices: readonly number[],
): Promise<void> {
  const partial = `${target}.partial-${randomBytes(4).toString('hex')}`;
  const file = await open(partial, 'wx').catch((error: unknown) => {
    throw storeError(error, `Writing "${target}"`);
  });
  try {
    for (const [place, index] of indices.entries()) {
      await file.writeFile(frameAs(writing, await trajectory.read(index), place, index));
    }
    if (writing.end !== undefined) await file.writeFile(writing.end);
    await file.close();
    await rename(partial, target);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw storeError(error, `Writing "${target}"`);
  }
}

function frameAs(
  writing: FrameWriting,
  data: Parameters<FrameWriting['write']>[0],
  place: number,
  index: number,
): string | Uint8Array {
  try {
    return writing.write(data, place);
  } catch (error) {
    if (!(error instanceof CovalenceError)) throw error;
    throw new CovalenceError(error.code, `Frame ${index}: ${error.message}`, { ...error.fields, frame: index });
  }
}

async function toZarr({ path, reading }: FileToOpen, { output: target, frames }: ConvertArguments): Promise<void> {
  if (frames !== undefined) throw new CovalenceError('command/invalid', 'A .zarr folder takes all frames.');
  const rooms = createDataRooms({ openTrajectory });
  try {
    const room = await rooms.openFile(path, 'converted', reading);
    await room.indexed;
    const channel = createFrameChannel({ rooms });
    await copyZarr(async (key) => {
      const url = `http://localhost${routes.room(room.name)}/zarr/head/${key}`;
      const response = await channel(new Request(url));
      return response?.ok === true ? new Uint8Array(await response.arrayBuffer()) : undefined;
    }, target);
  } finally {
    await rooms.close();
  }
}
