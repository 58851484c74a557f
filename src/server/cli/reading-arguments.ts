import type { SourceReading } from '../data/source-reading.ts';
import { type FlagValues, refuse } from './read-flags.ts';

/** What the person said about the files: topology, elements of types, meaning of names. Throws `command/invalid`. */
export function readingArguments(flags: FlagValues, inFolder: (path: string) => string): SourceReading {
  const topology = flags.text('topology');
  const elements = flags
    .text('elements')
    ?.split(/[\s,]+/)
    .filter((symbol) => symbol !== '');
  const map: Record<string, string> = {};
  for (const pair of flags.list('map')) {
    const [, name, key] = /^([^=]+)=([^=]+)$/.exec(pair) ?? [];
    if (name === undefined) refuse(`--map takes NAME=MEANING such as dft_force=forces, found "${pair}".`);
    map[name] = key;
  }
  return {
    ...(topology === undefined ? {} : { topology: inFolder(topology) }),
    ...(elements === undefined ? {} : { elements }),
    ...(Object.keys(map).length === 0 ? {} : { map }),
  };
}
