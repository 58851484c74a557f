import { ftruncateSync, writeSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';

/** A file that grows. */
export interface GrowingFile {
  /** Hands bytes to the system before it returns: they survive the end of this process. A failure may leave a part. */
  append(bytes: Uint8Array): void;
  /** Resolves when everything appended before the call survives a loss of power. */
  sync(): Promise<void>;
  /** Cuts the file to its first bytes. */
  cut(byteLength: number): void;
  close(): Promise<void>;
}

/** What the file store needs of a disk; tests give it one that fails or forgets. */
export interface StoreDisk {
  makeDirectory(path: string): Promise<void>;
  /** Undefined when there is no such file. */
  read(path: string): Promise<Buffer | undefined>;
  /** A new, empty file in place of any other. */
  create(path: string): Promise<GrowingFile>;
  /** An existing file, to be appended to. */
  open(path: string): Promise<GrowingFile>;
  rename(from: string, to: string): Promise<void>;
  /** True when there was something to remove. */
  remove(path: string): Promise<boolean>;
  list(directory: string): Promise<string[]>;
  /** Resolves when new, renamed and removed names in the directory survive a loss of power. */
  syncDirectory(path: string): Promise<void>;
}

/** The disk of this machine. */
export const nodeStoreDisk: StoreDisk = {
  async makeDirectory(path) {
    await mkdir(path, { recursive: true });
  },
  async read(path) {
    try {
      return await readFile(path);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },
  create: async (path) => growing(await open(path, 'w')),
  open: async (path) => growing(await open(path, 'a')),
  rename,
  async remove(path) {
    try {
      await rm(path);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  },
  list: (directory) => readdir(directory),
  async syncDirectory(path) {
    // Windows cannot open a directory; there a rename is durable by itself.
    if (process.platform === 'win32') return;
    const directory = await open(path, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
};

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function growing(file: FileHandle): GrowingFile {
  return {
    append(bytes) {
      for (let written = 0; written < bytes.byteLength;) written += writeSync(file.fd, bytes, written);
    },
    async sync() {
      await file.datasync();
      // What was removed takes writes as before, and nobody will ever read them.
      if ((await file.stat()).nlink === 0) throw new Error('the file was removed while the server was using it');
    },
    cut: (byteLength) => ftruncateSync(file.fd, byteLength),
    close: () => file.close(),
  };
}
