import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { type CovalenceProcess, startCovalence } from './covalence-process.ts';
import { gatherPeople, type People } from './people.ts';

/** Ada and Bob in one room of a server of their own. */
export interface Meeting {
  readonly covalence: CovalenceProcess;
  readonly people: People;
  readonly ada: Page;
  readonly bob: Page;
  /** Windows, server and files are gone. */
  close(): Promise<void>;
}

/** Both open a room of this file, or of this text under a name; resolves when both see a picture. */
export async function meet(
  file: string | { name: string; text: string },
  window?: BrowserContextOptions,
): Promise<Meeting> {
  const ends: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    let path = file;
    if (typeof path !== 'string') {
      const folder = await mkdtemp(join(tmpdir(), 'covalence-meeting-'));
      ends.push(() => rm(folder, { recursive: true, force: true }));
      const { name, text } = path;
      path = join(folder, name);
      await writeFile(path, text);
    }
    const covalence = await startCovalence([path]);
    ends.push(covalence.close);
    const people = await gatherPeople();
    ends.push(people.close);
    const ada = await people.visit('Ada', covalence.url, window);
    const bob = await people.visit('Bob', covalence.url, window);
    return { covalence, people, ada, bob, close };
  } catch (error) {
    await close();
    throw error;
  }
}
