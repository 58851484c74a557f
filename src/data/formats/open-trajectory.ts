import { CovalenceError, isCovalenceError } from '../../protocol/errors.ts';
import { excerpt } from './damage.ts';
import { detectFormat, extensionOf, FORMATS, HEAD_BYTE_LENGTH } from './detect-format.ts';
import type { ByteSource, OpenTrajectoryOptions, Trajectory, TrajectoryFormat } from './format.ts';
import { isBzip2 } from './source/bunzip.ts';
import { inflatedSource, isGzip } from './source/inflated-source.ts';
import type { ScratchFile } from './source/scratch-file.ts';
import { textOf } from './text/bytes-text.ts';

const TOPOLOGY = 'A topology without coordinates is not read: give a PDB or GRO file of the same atoms instead.';

/** What to give instead of files that people have beside their trajectories, by extension. */
const INSTEAD: Readonly<Record<string, string>> = {
  psf: TOPOLOGY,
  prmtop: TOPOLOGY,
  parm7: TOPOLOGY,
  top: TOPOLOGY,
  itp: TOPOLOGY,
  tpr: TOPOLOGY,
};

/** Options of {@link openTrajectory}. */
export interface OpenAnyTrajectoryOptions extends OpenTrajectoryOptions {
  /** Formats to choose from; all of ours by default. */
  formats?: readonly TrajectoryFormat[];
  /** Where the content of a `.gz` or `.bz2` goes; memory by default. It is closed with the trajectory. */
  scratch?: ScratchFile;
}

/**
 * Opens a trajectory file, also when it is gzip or bzip2: the format is that of its extension, else the one that recognises its first bytes. The
 * trajectory closes the source. Rejects with `file/empty` and `file/unknown-format`, which names what was found and
 * what is known.
 */
export async function openTrajectory(file: ByteSource, options: OpenAnyTrajectoryOptions = {}): Promise<Trajectory> {
  const { formats = FORMATS, scratch, ...rest } = options;
  let source = file;
  let head = await headOf(source, rest.signal);
  const compression = isGzip(head) ? 'gzip' : isBzip2(head) ? 'bzip2' : undefined;
  if (compression !== undefined) {
    source = inflatedSource(file, { compression, ...(scratch === undefined ? {} : { scratch }) });
    head = await headOf(source, rest.signal);
  }
  if (head.length === 0) {
    throw new CovalenceError('file/empty', `${source.name} is empty. Choose another file.`, { file: source.name });
  }
  const format = detectFormat(source.name, head, formats);
  if (format === undefined) {
    const known = formats.map(({ name }) => name);
    const instead = INSTEAD[extensionOf(source.name)] ?? `Known are ${known.join(', ')}.`;
    throw new CovalenceError(
      'file/unknown-format',
      `${source.name} begins with ${excerpt(textOf(head, 0, 64), 32)}, which is none of the formats known. ${instead}`,
      { file: source.name, known },
    );
  }
  return format.open(source, rest);
}

/** The first bytes, as far as they can be had. */
async function headOf(source: ByteSource, signal?: AbortSignal): Promise<Uint8Array> {
  try {
    return await source.read(0, HEAD_BYTE_LENGTH, signal);
  } catch (error) {
    if (!isCovalenceError(error, 'file/damaged') || source.byteLength === 0) throw error;
    return source.read(0, Math.min(HEAD_BYTE_LENGTH, source.byteLength), signal);
  }
}
