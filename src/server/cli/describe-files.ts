import { openTrajectory } from '../../data/formats/open-trajectory.ts';
import { asCovalenceError } from '../../protocol/errors.ts';
import type { FrameKeyInfo } from '../../protocol/frames.ts';
import { isFrameArray } from '../../protocol/frames.ts';
import { fileSource } from '../data/file-source.ts';

function describeKey({ name, dtype, shape, unit }: FrameKeyInfo): string {
  const size = shape.length === 0 ? '' : ` (${shape.map((length) => length ?? 'N').join(', ')})`;
  return `  ${name.padEnd(24)} ${dtype}${size}${unit === undefined ? '' : `  ${unit}`}`;
}

async function describeFile(path: string, print: (line: string) => void): Promise<void> {
  const source = await fileSource(path);
  try {
    const trajectory = await openTrajectory(source);
    let damage: string | undefined;
    await trajectory.index().catch((error: unknown) => {
      damage = asCovalenceError(error, 'file/damaged').message;
    });
    print(`${path}: ${trajectory.format}, ${trajectory.count} frames`);
    if (trajectory.count > 0) {
      const { numbers } = await trajectory.read(0, ['numbers']);
      if (isFrameArray(numbers)) print(`  ${numbers.data.length} atoms in the first frame`);
      for (const key of await trajectory.keys()) print(describeKey(key));
    }
    if (damage !== undefined) {
      print(`  damaged: ${damage}`);
      process.exitCode = 1;
    }
    await trajectory.close();
  } finally {
    await source.close();
  }
}

/** Prints what is in each file; a damaged one is described as far as it can be read, and the exit code is 1. */
export async function describeFiles(paths: readonly string[], print: (line: string) => void): Promise<void> {
  for (const path of paths) await describeFile(path, print);
}
