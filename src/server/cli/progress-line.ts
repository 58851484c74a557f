import type { CovalenceServer } from '../server.ts';

/** Where a progress line is written: a terminal is overwritten in place, anything else gets only the last line. */
interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
}

const count = new Intl.NumberFormat('en-US');

/** Follows the reading of a file with one line in the shell, and ends it with what was found. */
export async function progressLine(server: CovalenceServer, name: string, file: string, output: Output): Promise<void> {
  let isDone = false;
  const line = (text: string): void => {
    if (output.isTTY === true) output.write(`\r\u001b[2K  ${text}`);
  };
  await server.onIndexing(name, ({ frames, bytes, damage }) => {
    if (isDone) return;
    if (bytes !== undefined) {
      const percent = bytes.total === 0 ? 100 : Math.floor((bytes.read / bytes.total) * 100);
      line(`${file}: ${percent} %, ${count.format(frames)} frames so far`);
      return;
    }
    isDone = true;
    line('');
    output.write(
      `${output.isTTY === true ? '\r' : ''}  ${file}: ${count.format(frames)} ${frames === 1 ? 'frame' : 'frames'}\n`,
    );
    if (damage !== undefined) output.write(`  ${damage}\n`);
  });
}
