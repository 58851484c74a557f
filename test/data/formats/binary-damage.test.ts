import { describe, expect, it } from 'vitest';
import type { CovalenceError } from '../../../src/protocol/errors.ts';
import { hasData, needsData, openBytes, readData } from './real-data.ts';
import { BINARY_FIXTURES, waterFixture } from './water-fixtures.ts';

/** What opening and indexing says, and how many frames can be read. */
async function verdict(
  name: string,
  bytes: Uint8Array,
): Promise<{ error: CovalenceError | undefined; frames: number }> {
  try {
    const { trajectory, error } = await openBytes(name, bytes);
    for (let index = 0; index < trajectory.count; index += 1) await trajectory.read(index);
    const frames = trajectory.count;
    await trajectory.close();
    return { error, frames };
  } catch (error) {
    return { error: error as CovalenceError, frames: 0 };
  }
}

/** Files, frames that can be read before the damage, and what the sentence says. */
const DAMAGED: readonly [string, number, RegExp][] = [
  ['odd/bad_magic.xtc', 0, /bad_magic\.xtc, frame 0, byte 0: expected the number 1995/],
  ['odd/text_named.xtc', 0, /text_named\.xtc, frame 0, byte 0: .*found the text "/],
  ['odd/truncated.xtc', 3, /truncated\.xtc, frame 3, byte 70000: the frame has 21172 bytes and only 7368 follow/],
  ['odd/truncated.dcd', 255, /truncated\.dcd, frame 255, byte 135144: a frame has 528 bytes and only 228 follow/],
  ['odd/truncated.h5md', 0, /truncated\.h5md, byte 12000: the file says that it has 33320 bytes/],
  ['charmm/empty.dcd', 0, /is empty/],
];

describe('damaged binary files', () => {
  it.skipIf(!hasData).each(DAMAGED)(
    `[F44] %s is refused by file, frame and byte${needsData}`,
    async (path, frames, sentence) => {
      const found = await verdict(path, readData(path));
      expect(found.error?.message).toMatch(sentence);
      expect(found.frames).toBe(frames);
      expect(['file/damaged', 'file/empty']).toContain(found.error?.code);
    },
  );

  it.each(BINARY_FIXTURES)('[F44] %s cut off anywhere names the frame and keeps those before', async (extension) => {
    const bytes = waterFixture(extension);
    const whole = await verdict(`water.${extension}`, bytes);
    expect([whole.error, whole.frames]).toEqual([undefined, 5]);
    let most = 0;
    for (let length = 1; length < bytes.length; length += extension === 'h5md' ? 1501 : 37) {
      const { error, frames } = await verdict(`water.${extension}`, bytes.subarray(0, length));
      if (error === undefined) {
        // Between two frames nothing shows that more were to follow.
        expect(['xtc', 'trr', 'dcd']).toContain(extension);
      } else
        expect(error.message).toMatch(
          frames > 0 ? new RegExp(`frame ${frames}, byte \\d+: .*before it can be read`) : /byte \d+: /,
        );
      expect(frames).toBeLessThan(5);
      most = Math.max(most, frames);
    }
    expect(most).toBe(extension === 'h5md' ? 0 : 4);
  });

  it('[F44] a frame that only cannot be unpacked leaves the others readable', async () => {
    const bytes = waterFixture('dcd');
    const { trajectory } = await openBytes('water.dcd', bytes);
    // The mark before x of frame 2, after the cell.
    const frameLength = 56 + 3 * 56;
    const at = bytes.length - 3 * frameLength + 56;
    bytes[at] ^= 1;
    const broken = await openBytes('water.dcd', bytes);
    expect(broken.trajectory.count).toBe(trajectory.count);
    await expect(broken.trajectory.read(2)).rejects.toMatchObject({
      code: 'file/damaged',
      message: expect.stringContaining(`water.dcd, frame 2, byte ${at}: expected the mark of 48 bytes of x, found 49`),
      fields: { frame: 2, byte: at },
    });
    await broken.trajectory.read(1);
    await broken.trajectory.read(3);
  });

  it('[F48] a heap of texts without end is refused before HDF5 reads it for ever', async () => {
    // Found by seed 4243985553, round 544.
    const bytes = waterFixture('h5md');
    const heap = Buffer.from(bytes).indexOf('GCOL');
    const view = new DataView(bytes.buffer);
    let at = heap + 16;
    while (view.getUint16(at, true) !== 0) at += 16 + Math.ceil(view.getUint32(at + 8, true) / 8) * 8;
    view.setUint32(at + 8, 0);
    const { error } = await verdict('water.h5md', bytes);
    expect(error).toMatchObject({ code: 'file/damaged', message: expect.stringContaining(`byte ${at}: the texts`) });
  });

  it('[F44] what is no such file says what it is', async () => {
    const text = new TextEncoder().encode('3\nwater\nO 0 0 0\nH 1 0 0\nH 0 1 0\n'.repeat(10));
    for (const extension of BINARY_FIXTURES) {
      const { error } = await verdict(`named.${extension}`, text);
      expect(error?.message, extension).toMatch(/^named\.\w+, (frame 0, )?byte 0: expected .*found .*"3/);
    }
    const hdf5 = await verdict('amber.nc', waterFixture('h5md'));
    expect(hdf5.error?.message).toContain('nccopy');
  });
});
