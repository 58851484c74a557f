import { readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';

/** Who wrote a lock file. */
export interface LockHolder {
  pid?: number;
  token?: string;
  /** When the process began, as the kernel counts; tells a process from a later one of the same number. */
  started?: string;
  /** Where its pid means something. */
  machine?: string;
}

/** This process. */
export function ownHolder(token: string): LockHolder {
  return { pid: process.pid, token, machine: machineName(), ...startedOf(process.pid) };
}

/** Who wrote the lock; undefined when there is none. A file that cannot be understood has no holder alive. */
export async function holderOf(path: string): Promise<LockHolder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as LockHolder;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : {};
  }
}

/** Whether the pid of `holder` can be looked up here. In another container or on another machine it is somebody else's. */
export function isOfThisMachine({ machine }: LockHolder): boolean {
  return machine === undefined || machine === machineName();
}

/** Whether the process lives, for holders of this machine. */
export function isRunning({ pid, started }: LockHolder): boolean {
  if (pid === undefined || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Not allowed to signal it means that it is there.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startedOf(pid).started;
  return now === undefined || started === undefined || now === started;
}

/** The same for all processes that see each other's pids, until the machine starts anew. */
function machineName(): string {
  const parts = [hostname()];
  try {
    parts.push(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(), readlinkSync('/proc/self/ns/pid'));
  } catch {
    // Not Linux: there the name of the host has to do.
  }
  return parts.join(' ');
}

function startedOf(pid: number): { started?: string } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return { started };
  } catch {
    return {};
  }
}
