import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { adaptedReader, type OpenAnyTrajectory } from '../../data/formats/adapt/open-adapted.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import type { SourceIdentity } from './commit-record.ts';
import { fileSource } from './file-source.ts';
import { assertSourceUnchanged, identify } from './source-identity.ts';
import { storeError } from './store-errors.ts';

/** How the file behind a room is to be read, as the person said at opening. */
export interface SourceReading {
  /** Path of the file that says which atoms these are. */
  topology?: string | undefined;
  /** Element symbols of the atom types 1, 2, 3 ... */
  elements?: readonly string[] | undefined;
  /** Names of the file and what they mean. */
  map?: Readonly<Record<string, string>> | undefined;
}

/** A reading with the topology as it was. */
interface KeptReading {
  topology?: SourceIdentity;
  elements?: readonly string[];
  map?: Readonly<Record<string, string>>;
}

const READING_FILE = 'source.reading.json';

/** Whether a person said anything. */
export function isReading(reading: SourceReading | undefined): reading is SourceReading {
  return reading !== undefined && Object.values(reading).some((value) => value !== undefined);
}

/**
 * The reader for a room's file: as `asked`, else as the room was opened before. Rejects with `file/changed` when the
 * topology of before is another file now.
 */
export async function readerFor(
  open: OpenAnyTrajectory,
  asked: SourceReading | undefined,
  directory: string | undefined,
): Promise<OpenAnyTrajectory> {
  const kept = isReading(asked) || directory === undefined ? undefined : await keptReading(directory);
  const reading = isReading(asked) ? asked : kept;
  if (reading === undefined) return open;
  const { elements, map } = reading;
  const path = typeof reading.topology === 'string' ? resolve(reading.topology) : reading.topology?.path;
  return adaptedReader(
    {
      ...(elements === undefined ? {} : { elements }),
      ...(map === undefined ? {} : { map }),
      topology:
        path === undefined
          ? undefined
          : async () => {
              const source = await fileSource(path);
              if (kept?.topology !== undefined) await assertSourceUnchanged(source, kept.topology);
              return source;
            },
    },
    open,
  );
}

async function keptReading(directory: string): Promise<KeptReading | undefined> {
  const path = join(directory, READING_FILE);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined; // nothing was said when the room was made
    throw storeError(error, `Reading "${path}"`);
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as KeptReading;
  } catch (error) {
    // Without it the atoms would be other ones.
    throw new CovalenceError(
      'store/failed',
      `"${path}" is damaged; it says with which topology and elements the file was opened. Restore it from a copy, or ` +
        'remove it and say so again (--topology, --elements).',
      { path },
      { cause: error },
    );
  }
}

/** Keeps what the person said for the next opening. */
export async function keepReading(directory: string, { topology, elements, map }: SourceReading): Promise<void> {
  const kept: KeptReading = { ...(elements && { elements }), ...(map && { map }) };
  if (topology !== undefined) {
    const source = await fileSource(resolve(topology));
    try {
      kept.topology = await identify(source);
    } finally {
      await source.close();
    }
  }
  await mkdir(directory, { recursive: true });
  const path = join(directory, READING_FILE);
  await writeFile(`${path}.new`, JSON.stringify(kept));
  await rename(`${path}.new`, path);
}
