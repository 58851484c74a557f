import { isFrameArray, type FrameArray, type FrameData } from '../../../src/protocol/frames.ts';
import { openTrajectory } from '../../../src/data/formats/open-trajectory.ts';
import { memorySource } from '../../../src/data/formats/source/memory-source.ts';
import type { CovalenceError } from '../../../src/protocol/errors.ts';
import type { Trajectory } from '../../../src/data/formats/format.ts';

/** Opens a text as a file of this name and runs the pass. */
export async function opened(name: string, text: string): Promise<Trajectory> {
  const trajectory = await openTrajectory(memorySource(name, new TextEncoder().encode(text)));
  await trajectory.index();
  return trajectory;
}

/** One frame of a text. */
export async function frameOf(name: string, text: string, index = 0): Promise<FrameData> {
  return (await opened(name, text)).read(index);
}

/** The refusal of a text: of the pass, else of its last frame. */
export async function refusalOf(name: string, text: string): Promise<CovalenceError | undefined> {
  try {
    const trajectory = await opened(name, text);
    await trajectory.read(trajectory.count - 1);
    return undefined;
  } catch (error) {
    return error as CovalenceError;
  }
}

/** The array of a frame. */
export function array(data: FrameData, key: string): FrameArray {
  const value = data[key];
  if (!isFrameArray(value)) throw new Error(`the frame has no array ${key}`);
  return value;
}

/** Numbers of an array, rounded to five decimals. */
export function rounded(data: FrameData, key: string): number[] {
  return Array.from(array(data, key).data, (value) => Math.round(value * 1e5) / 1e5 + 0);
}

/** Words of an array of strings. */
export function words(data: FrameData, key: string): string[] {
  const { data: codes, table } = array(data, key);
  return Array.from(codes, (code) => table?.[code] ?? '?');
}
