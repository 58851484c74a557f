import type { GrowingFile, StoreDisk } from '../../../src/server/sync/store-disk.ts';

interface Inode {
  /** What programs read. */
  bytes: Buffer;
  /** What survives a loss of power. */
  synced: Buffer;
  /** What a failed sync lost for ever, although programs still read it: a later sync does not bring it to the disk. */
  lost?: { from: number; to: number };
}

/** A disk in memory that forgets what was not synced when its power is cut, and fails when it is told to. */
export interface FaultyDisk extends StoreDisk {
  /** Throws in the operation with this number, counted from now; `ENOSPC` by default. 0 ends all failures. */
  failAt(operation: number, code?: string): void;
  /** Lets every write fail until it is called again with false. */
  setFull(isFull: boolean): void;
  /** Operations done so far. */
  readonly operations: number;
  /** Successful syncs of files so far. */
  readonly syncs: number;
  /**
   * The disk as it is found after a loss of power: synced content and names, and of the rest as much as `keep` says, 0
   * nothing to 1 everything; what is kept of an unsynced tail ends anywhere.
   */
  afterPowerCut(keep: () => number): FaultyDisk;
  /** The content of a file, to be looked at and damaged. */
  file(path: string): Buffer | undefined;
  damage(path: string, change: (bytes: Buffer) => Buffer): void;
}

/** Small, so that a few records span many. */
const BLOCK_BYTE_LENGTH = 16;

export function faultyDisk(initial: ReadonlyMap<string, Buffer> = new Map()): FaultyDisk {
  const names = new Map<string, Inode>();
  for (const [path, bytes] of initial) names.set(path, { bytes, synced: bytes });
  /** Names as they survive a loss of power. */
  let durable = new Map(names);
  let operations = 0;
  let syncs = 0;
  let failing: { at: number; code: string }[] = [];
  let isFull = false;

  const step = (isWrite: boolean): void => {
    operations += 1;
    // Without power nothing works any more.
    const fault = failing.find(({ at, code }) => operations === at || (code === 'POWER' && operations > at));
    if (fault === undefined && !(isFull && isWrite)) return;
    const code = fault?.code ?? 'ENOSPC';
    throw Object.assign(new Error(`${code}: made by the test`), { code });
  };
  const open = (inode: Inode): GrowingFile => ({
    append(bytes) {
      const start = inode.bytes;
      try {
        step(true);
      } catch (error) {
        // A failed write may have written a part.
        inode.bytes = Buffer.concat([start, bytes.subarray(0, Math.floor(bytes.byteLength / 2))]);
        throw error;
      }
      inode.bytes = Buffer.concat([start, bytes]);
    },
    async sync() {
      const { bytes } = inode;
      await Promise.resolve();
      try {
        step(false);
      } catch (error) {
        inode.lost ??= { from: inode.synced.byteLength, to: bytes.byteLength };
        throw error;
      }
      syncs += 1;
      inode.synced = Buffer.from(bytes);
      if (inode.lost !== undefined) inode.synced.fill(0, inode.lost.from, inode.lost.to);
    },
    cut(byteLength) {
      step(false);
      inode.bytes = inode.bytes.subarray(0, byteLength);
      if (inode.lost !== undefined && inode.lost.from >= byteLength) delete inode.lost;
    },
    close: async () => undefined,
  });

  const disk: FaultyDisk = {
    makeDirectory: async () => undefined,
    async read(path) {
      const inode = names.get(path);
      return inode === undefined ? undefined : Buffer.from(inode.bytes);
    },
    async create(path) {
      step(true);
      const inode = { bytes: Buffer.alloc(0), synced: Buffer.alloc(0) };
      names.set(path, inode);
      return open(inode);
    },
    async open(path) {
      const inode = names.get(path);
      if (inode === undefined) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
      return open(inode);
    },
    async rename(from, to) {
      for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
      step(true);
      const inode = names.get(from);
      if (inode === undefined) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
      names.delete(from);
      names.set(to, inode);
    },
    async remove(path) {
      step(false);
      return names.delete(path);
    },
    list: async (directory) =>
      [...names.keys()]
        .filter((path) => path.startsWith(`${directory}/`))
        .map((path) => path.slice(directory.length + 1)),
    async syncDirectory() {
      step(false);
      durable = new Map(names);
    },
    failAt(operation, code = 'ENOSPC') {
      failing = operation === 0 ? [] : [...failing, { at: operations + operation, code }];
    },
    setFull(full) {
      isFull = full;
    },
    get operations() {
      return operations;
    },
    get syncs() {
      return syncs;
    },
    afterPowerCut(keep) {
      const found = new Map<string, Buffer>();
      // The names of unsynced directories may be the old ones or the new ones.
      for (const [path, inode] of keep() < 0.5 ? durable : names) {
        const extra = inode.bytes.subarray(inode.synced.byteLength);
        const kept = Buffer.from(extra.subarray(0, Math.floor(extra.byteLength * keep())));
        // The disk takes blocks in any order: those in the middle may be missing.
        for (let at = 0; at < kept.byteLength; at += BLOCK_BYTE_LENGTH) {
          if (keep() < 0.3) kept.fill(0, at, Math.min(at + BLOCK_BYTE_LENGTH, kept.byteLength));
        }
        const isCut = inode.bytes.byteLength < inode.synced.byteLength;
        found.set(path, isCut ? inode.bytes : Buffer.concat([inode.synced, kept]));
      }
      return faultyDisk(found);
    },
    file: (path) => names.get(path)?.bytes,
    damage(path, change) {
      const inode = names.get(path);
      if (inode === undefined) throw new Error(`${path} is not there`);
      inode.bytes = change(Buffer.from(inode.bytes));
      inode.synced = inode.bytes;
    },
  };
  return disk;
}
