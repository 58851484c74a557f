import { type FileHandle, open } from 'node:fs/promises';
import { isForbidden } from './store-errors.ts';

/** What of the functions of a log's file is used, so that tests can let them fail. */
export type LogFile = Pick<FileHandle, 'read' | 'write' | 'datasync' | 'truncate' | 'stat' | 'close'>;

/**
 * The file at `path` for reading and writing, made when it is not there. One that may only be read is opened for that:
 * writing tries again each time, and works as soon as it is allowed.
 */
export async function openLogFile(path: string): Promise<LogFile> {
  try {
    return await openForWriting(path);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return reluctantFile(path, await open(path, 'r').catch(() => Promise.reject(error as Error)));
  }
}

async function openForWriting(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return open(path, 'wx+');
  }
}

function reluctantFile(path: string, readable: FileHandle): LogFile {
  let opening: Promise<FileHandle> | undefined;
  const writable = async (): Promise<FileHandle> => {
    opening ??= open(path, 'r+');
    try {
      return await opening;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  };
  return {
    read: readable.read.bind(readable),
    stat: readable.stat.bind(readable),
    // Of a file that could not be written to nothing is on its way to the disk.
    datasync: async () => (opening === undefined ? undefined : (await opening).datasync()),
    truncate: async (length) => (await writable()).truncate(length),
    write: (async (...given: Parameters<FileHandle['write']>) =>
      (await writable()).write(...given)) as unknown as FileHandle['write'],
    async close() {
      await readable.close();
      await (await opening?.catch(() => undefined))?.close();
    },
  };
}
