import { open } from 'node:fs/promises';

/** Makes the names in a directory durable. Where the system cannot (Windows), their own sync has to do. */
export async function syncDirectory(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (process.platform !== 'win32') throw error;
  }
}
