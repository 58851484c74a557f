import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CovalenceError } from '../../protocol/errors.ts';

/** Name of the file that says who owns a directory. */
const LOCK_FILE = 'lock';
const OWN_TOKEN = randomBytes(12).toString('hex');
/** Directories owned by this process: its own pid in a lock file proves nothing. */
const owned = new Set<string>();

/** A directory that this process has for itself until `release`. */
export interface DirectoryLock {
  release(): Promise<void>;
}

/**
 * Takes `directory`, making it when it is not there. Rejects with `store/in-use` naming the pid while another process
 * that is alive has it; what a killed process left is taken over.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, LOCK_FILE);
  const own = `${path}.${process.pid}-${randomBytes(6).toString('hex')}`;
  await writeFile(own, JSON.stringify({ pid: process.pid, token: OWN_TOKEN, started: startOf(process.pid) }));
  try {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      try {
        // Linking fails when the name exists, so of two processes one gets it, whole.
        await link(own, path);
        owned.add(path);
        return {
          async release() {
            owned.delete(path);
            await rm(path, { force: true });
          },
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      await takeFromTheDead(own, path, directory);
    }
  } finally {
    await rm(own, { force: true });
  }
  throw inUse(directory, undefined);
}

/**
 * Removes the lock of a process that is gone. Only the one that holds the name `lock.takeover` may, else two could each
 * remove the other's fresh lock.
 */
async function takeFromTheDead(own: string, path: string, directory: string): Promise<void> {
  const holder = await holderOf(path);
  if (holder === undefined) return;
  if (isAlive(path, holder)) throw inUse(directory, holder.pid);
  const takeover = `${path}.takeover`;
  try {
    await link(own, takeover);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const other = await holderOf(takeover);
    if (other !== undefined && isAlive(takeover, other)) throw inUse(directory, other.pid);
    await rm(takeover, { force: true });
    return;
  }
  try {
    const present = await holderOf(path);
    if (present?.token === holder.token && present?.pid === holder.pid) await rm(path, { force: true });
  } finally {
    await rm(takeover, { force: true });
  }
}

interface Holder {
  pid?: number;
  token?: string;
  /** When the process began, as the kernel counts; tells a process from a later one of the same number. */
  started?: string;
}

/** Who wrote the lock; undefined when there is none. A file that cannot be understood has no holder alive. */
async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : {};
  }
}

function isAlive(path: string, { pid, started }: Holder): boolean {
  if (owned.has(path)) return true;
  if (pid === undefined || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Not allowed to signal it means that it is there.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startOf(pid);
  return now === undefined || started === undefined || now === started;
}

function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function inUse(directory: string, pid: number | undefined): CovalenceError {
  const who = pid === undefined ? 'Another process' : `The process ${pid}`;
  return new CovalenceError(
    'store/in-use',
    `${who} has the data directory "${directory}" open. Stop it, or choose another directory with --data.`,
    { directory, ...(pid === undefined ? {} : { pid }) },
  );
}
