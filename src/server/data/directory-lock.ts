import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, systemClock } from '../../protocol/clock.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import { isForbidden, storeError } from './store-errors.ts';
import { holderOf, isOfThisMachine, isRunning, type LockHolder, ownHolder } from './lock-holder.ts';

/** Name of the file that says who owns a directory. */
const LOCK_FILE = 'lock';
/** Beside it, where its owner can be reached: the lock itself is never rewritten. */
const ADDRESS_FILE = 'lock.url';
const OWN_TOKEN = randomBytes(12).toString('hex');
/** Directories owned by this process: its own pid in a lock file proves nothing. */
const owned = new Set<string>();

/** So often a holder touches its lock, for those who cannot look whether its process lives. */
const SIGN_OF_LIFE_MS = 2_000;
/** A lock of another machine that was not touched for so long is of a process that is gone. */
const SILENCE_MS = 10_000;
const LOOK_MS = 250;

/** A directory that this process has for itself until `release`. */
export interface DirectoryLock {
  /** Throws `store/in-use` once another process took the directory, because this one gave no sign of life for long. */
  assertHeld(): void;
  /** Leaves the address at which this process serves the directory, for whoever finds it taken. */
  announce(url: string): Promise<void>;
  release(): Promise<void>;
}

/** Options of {@link lockDirectory}. */
export interface DirectoryLockOptions {
  clock?: Clock;
  /** Waits; tests let time pass otherwise. */
  wait?: (ms: number) => Promise<unknown>;
  /**
   * Whether it is waited, 10 s at most, for whether a holder on another machine or in another container gives a sign of
   * life. Without that such a holder is taken to be alive. Default true.
   */
  isPatient?: boolean;
}

/**
 * Takes `directory`, making it when it is not there. Rejects with `store/in-use` naming the holder while another process
 * that is alive has it; what a killed process left is taken over.
 */
export async function lockDirectory(directory: string, options: DirectoryLockOptions = {}): Promise<DirectoryLock> {
  const path = join(directory, LOCK_FILE);
  const own = `${path}.${process.pid}-${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(own, JSON.stringify(ownHolder(OWN_TOKEN)));
    for (let attempt = 0; attempt < 10; attempt += 1) {
      try {
        // Linking fails when the name exists, so of two processes one gets it, whole.
        await link(own, path);
        owned.add(path);
        return hold(directory, path, options.clock ?? systemClock);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      await takeFromTheDead(own, path, directory, options);
    }
  } catch (error) {
    if (!isForbidden(error)) throw storeError(error, `The lock of the data directory "${directory}"`);
    const { code } = error as NodeJS.ErrnoException;
    throw new CovalenceError(
      'store/failed',
      `"${directory}" cannot be the data directory: this user may not write there (${code}). Allow it, name another with --data, or keep nothing with --memory.`,
      { directory },
      { cause: error },
    );
  } finally {
    // What cannot be removed, from a disk that may only be read, hides nothing of why.
    await rm(own, { force: true }).catch(() => undefined);
  }
  throw inUse(directory, undefined);
}

function hold(directory: string, path: string, clock: Clock): DirectoryLock {
  let takenBy: LockHolder | undefined;
  let isReleased = false;
  const live = async (): Promise<void> => {
    const present = await holderOf(path).catch(() => undefined);
    if (isReleased) return;
    if (present !== undefined && present.token !== OWN_TOKEN) {
      takenBy = present;
      return;
    }
    const now = new Date(clock.now());
    // A disk that is away for a moment is no reason to give up.
    await utimes(path, now, now).catch(() => undefined);
    if (!isReleased) cancel = clock.after(SIGN_OF_LIFE_MS, () => void live());
  };
  let cancel = clock.after(SIGN_OF_LIFE_MS, () => void live());
  return {
    assertHeld() {
      if (takenBy !== undefined) throw inUse(directory, takenBy);
    },
    async announce(url) {
      await writeFile(join(directory, ADDRESS_FILE), JSON.stringify({ token: OWN_TOKEN, url }));
    },
    async release() {
      isReleased = true;
      cancel();
      owned.delete(path);
      if (takenBy !== undefined) return;
      await rm(join(directory, ADDRESS_FILE), { force: true });
      await rm(path, { force: true });
    },
  };
}

/**
 * Removes the lock of a process that is gone. Only the one that holds the name `lock.takeover` may, else two could each
 * remove the other's fresh lock.
 */
async function takeFromTheDead(
  own: string,
  path: string,
  directory: string,
  options: DirectoryLockOptions,
): Promise<void> {
  const holder = await holderOf(path);
  if (holder === undefined) return;
  if (await isAlive(path, holder, options)) throw inUse(directory, holder, await addressOf(directory, holder));
  const takeover = `${path}.takeover`;
  try {
    await link(own, takeover);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const other = await holderOf(takeover);
    if (other !== undefined && (await isAlive(takeover, other, options))) throw inUse(directory, other);
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

async function isAlive(path: string, holder: LockHolder, options: DirectoryLockOptions): Promise<boolean> {
  if (owned.has(path)) return true;
  if (isOfThisMachine(holder)) return isRunning(holder);
  // Its pid means nothing here: two containers both have a process 1. Whether it lives is seen by its lock being touched.
  const { wait = delay, isPatient = true } = options;
  const before = await touchedAt(path);
  if (!isPatient) return true;
  for (let waited = 0; waited < SILENCE_MS; waited += LOOK_MS) {
    await wait(LOOK_MS);
    const now = await touchedAt(path);
    if (now === undefined) return false;
    if (now !== before) return true;
  }
  return false;
}

async function touchedAt(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}

/** Where the holder serves the directory, if it said so. */
async function addressOf(directory: string, { token }: LockHolder): Promise<string | undefined> {
  try {
    const said = JSON.parse(await readFile(join(directory, ADDRESS_FILE), 'utf8')) as { token?: string; url?: unknown };
    return said.token === token && typeof said.url === 'string' ? said.url : undefined;
  } catch {
    return undefined;
  }
}

function inUse(directory: string, holder: LockHolder | undefined, url?: string): CovalenceError {
  const pid = holder?.pid;
  const place = holder === undefined || isOfThisMachine(holder) ? '' : ` on ${holder.machine?.split(' ')[0]}`;
  const who = pid === undefined ? 'Another process' : `The process ${pid}${place}`;
  return new CovalenceError(
    'store/in-use',
    url === undefined
      ? `${who} has the data directory "${directory}" open. Stop it, or choose another directory with --data.`
      : `${who} serves the data directory "${directory}" at ${url} already. Open that address, stop that server, or choose ` +
          'another directory with --data.',
    { directory, ...(pid === undefined ? {} : { pid }), ...(url === undefined ? {} : { url }) },
  );
}
