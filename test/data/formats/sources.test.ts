import { constants, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../../src/data/formats/format.ts';
import { openTrajectory } from '../../../src/data/formats/open-trajectory.ts';
import { BitFeed } from '../../../src/data/formats/source/bit-feed.ts';
import { blobSource } from '../../../src/data/formats/source/blob-source.ts';
import { gunzipStream } from '../../../src/data/formats/source/gunzip.ts';
import { inflate } from '../../../src/data/formats/source/inflate.ts';
import { inflatedSource, isGzip } from '../../../src/data/formats/source/inflated-source.ts';
import { memorySource } from '../../../src/data/formats/source/memory-source.ts';
import { memoryScratch, type ScratchFile } from '../../../src/data/formats/source/scratch-file.ts';
import { hasData, needsData, readData } from './real-data.ts';
import { seeded } from './seeded.ts';

async function all(source: ByteSource, offset = 0): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of source.stream(offset)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

async function* cut(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield await Promise.resolve(bytes.slice(at, at + length));
}

async function gunzipped(bytes: Uint8Array, pieceLength = 1000): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of gunzipStream(cut(bytes, pieceLength))) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

const frames = (count: number): string =>
  Array.from({ length: count }, (_, k) => `2\nenergy=${-k / 7}\nC ${k / 3} 0 0\nO 1 ${k / 11} 0\n`).join('');

describe('sources', () => {
  it('[F29] memory and Blob give any range and any tail', async () => {
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, k) => (k * 31) % 251);
    for (const source of [memorySource('m', bytes), blobSource(new Blob([bytes]), 'b')]) {
      expect(source.byteLength).toBe(bytes.length);
      expect(await source.read(1_048_570, 20)).toEqual(bytes.slice(1_048_570, 1_048_590));
      expect(await source.read(2_999_995, 20)).toEqual(bytes.slice(2_999_995));
      expect((await source.read(3_000_000, 5)).length).toBe(0);
      expect((await all(source, 1_234_567)).equals(bytes.subarray(1_234_567))).toBe(true);
      await source.close();
    }
    expect(blobSource(new File([bytes], 'traj.xyz')).name).toBe('traj.xyz');
  });

  it('[F29] scratch memory gives back what was appended, across its pieces', async () => {
    const scratch = memoryScratch();
    const bytes = Uint8Array.from({ length: 1000 }, (_, k) => k % 256);
    for (let at = 0; at < bytes.length; at += 77) await scratch.append(bytes.subarray(at, at + 77));
    for (const [offset, length] of [
      [0, 1000],
      [76, 2],
      [500, 200],
      [999, 1],
      [10, 0],
    ]) {
      expect(await scratch.read(offset, length)).toEqual(bytes.slice(offset, offset + length));
    }
  });
});

describe('gzip', () => {
  it('[F12] our own inflater agrees with zlib on every level, strategy and content, however the input is cut', async () => {
    const { random, seed } = seeded('inflate');
    const contents = [
      Buffer.alloc(0),
      Buffer.from('x'),
      Buffer.alloc(300_000, 'abc'),
      Buffer.from(Uint8Array.from({ length: 200_000 }, () => Math.floor(random() * 256))),
      Buffer.from(frames(4000)),
      Buffer.from(Uint8Array.from({ length: 300_000 }, (_, k) => (k % 1000 < 500 ? k % 7 : Math.floor(random() * 4)))),
    ];
    let count = 0;
    for (const content of contents) {
      for (const level of [0, 1, 6, 9]) {
        for (const strategy of [
          constants.Z_DEFAULT_STRATEGY,
          constants.Z_FIXED,
          constants.Z_HUFFMAN_ONLY,
          constants.Z_RLE,
        ]) {
          const compressed = gzipSync(content, { level, strategy });
          const found = await gunzipped(compressed, 1 + Math.floor(random() * 5000));
          expect(found.equals(content), `seed ${seed} level ${level} strategy ${strategy}`).toBe(true);
          count += 1;
        }
      }
    }
    expect(count).toBe(contents.length * 16);
  });

  it('[F12] inflating takes exactly the bytes of the stream', () => {
    const feed = new BitFeed();
    feed.push(Buffer.concat([deflateRawSync(Buffer.from('hello hello hello')), Buffer.from('REST')]));
    feed.isEnded = true;
    const pieces = [...inflate(feed)].map((piece) => Buffer.from(piece ?? []).toString());
    expect(pieces.join('')).toBe('hello hello hello');
    expect(String.fromCharCode(feed.take(8), feed.take(8), feed.take(8), feed.take(8))).toBe('REST');
    expect(feed.isEmpty).toBe(true);
  });

  it('[F12] members in a row are one content, with names and comments in their heads', async () => {
    const parts = [frames(3), '', frames(2), frames(900)];
    const named = Buffer.from(gzipSync(Buffer.from(parts[0])));
    named[3] = 8 | 16 | 4;
    const head = Buffer.concat([
      named.subarray(0, 10),
      Buffer.from([3, 0, 1, 2, 3]),
      Buffer.from('name\0comment\0'),
      named.subarray(10),
    ]);
    const members = Buffer.concat([head, ...parts.slice(1).map((part) => gzipSync(Buffer.from(part)))]);
    expect((await gunzipped(members, 7)).toString()).toBe(parts.join(''));
    for (const tail of [Buffer.alloc(0), Buffer.alloc(20), Buffer.from('garbage')]) {
      const source = inflatedSource(memorySource('m.xyz.gz', Buffer.concat([members, tail])));
      expect((await all(source)).toString(), `tail of ${tail.length}`).toBe(parts.join(''));
      await source.close();
    }
  });

  it('[F12] a gzip file is read wherever asked, inflated only as far as needed, by several readers at once', async () => {
    const content = Buffer.from(frames(60_000));
    const source = inflatedSource(memorySource('big.xyz.gz', gzipSync(content)));
    expect(source.byteLength).toBe(0);
    expect((await source.read(100, 50)).length).toBe(50);
    expect(source.byteLength).toBeLessThan(content.length / 2);
    const [tail, whole, middle] = await Promise.all([
      all(source, content.length - 1000),
      all(source),
      source.read(content.length / 2 - 10, 100),
    ]);
    expect(tail.equals(content.subarray(content.length - 1000))).toBe(true);
    expect(whole.equals(content)).toBe(true);
    expect(Buffer.from(middle).equals(content.subarray(content.length / 2 - 10, content.length / 2 + 90))).toBe(true);
    expect(source.byteLength).toBe(content.length);
    expect((await source.read(content.length + 5, 5)).length).toBe(0);
    await source.close();
  });

  it("[F12] the scratch room is the caller's and is closed with the trajectory", async () => {
    const inner = memoryScratch();
    const calls = { append: 0, read: 0, close: 0 };
    const scratch: ScratchFile = {
      append: (bytes) => ((calls.append += 1), inner.append(bytes)),
      read: (offset, length) => ((calls.read += 1), inner.read(offset, length)),
      close: () => ((calls.close += 1), Promise.resolve()),
    };
    const trajectory = await openTrajectory(memorySource('a.xyz.gz', gzipSync(Buffer.from(frames(10)))), { scratch });
    await trajectory.index();
    expect(trajectory.count).toBe(10);
    await trajectory.close();
    expect(calls.append).toBeGreaterThan(0);
    expect(calls.read).toBeGreaterThan(0);
    expect(calls.close).toBe(1);
  });

  it('[F13] a gzip file that is cut off anywhere gives what is before the cut, then file/damaged', async () => {
    const content = Buffer.from(frames(3000));
    const compressed = gzipSync(content);
    let kept = 0;
    for (const fraction of [0.2, 0.5, 0.9, 0.999]) {
      const part = compressed.subarray(0, Math.floor(compressed.length * fraction));
      const trajectory = await openTrajectory(memorySource('cut.xyz.gz', part));
      await expect(trajectory.index()).rejects.toMatchObject({ code: 'file/damaged', fields: { file: 'cut.xyz.gz' } });
      expect(trajectory.count).toBeGreaterThan(3000 * fraction * 0.7);
      expect(trajectory.count).toBeGreaterThanOrEqual(kept);
      kept = trajectory.count;
      for (const index of [0, trajectory.count - 1]) {
        expect((await trajectory.read(index)).energy).toBeCloseTo(0 - index / 7, 12);
      }
      await trajectory.close();
    }
  });

  it('[F13] our own inflater gives all that zlib can give of a stream that is cut off, and says so', async () => {
    const compressed = gzipSync(Buffer.from(frames(3000)));
    for (const length of [30, 1000, 5000, compressed.length - 9, compressed.length - 1]) {
      const part = compressed.subarray(0, length);
      const pieces: Buffer[] = [];
      let problem: unknown;
      try {
        for await (const piece of gunzipStream(cut(part, 700))) pieces.push(Buffer.from(piece));
      } catch (error) {
        problem = error;
      }
      expect(problem).toMatchObject({ isCutOff: true });
      const wanted = gunzipSync(part, { finishFlush: constants.Z_SYNC_FLUSH });
      expect(Buffer.concat(pieces).equals(wanted), `${length} bytes`).toBe(true);
    }
  });

  it('[F13] wrong bytes and a wrong checksum are found', async () => {
    const compressed = gzipSync(Buffer.from(frames(3000)));
    const flipped = Buffer.from(compressed);
    flipped[Math.floor(flipped.length / 2)] ^= 0x55;
    const checksum = Buffer.from(compressed);
    checksum[checksum.length - 6] ^= 1;
    for (const bytes of [flipped, checksum]) {
      const trajectory = await openTrajectory(memorySource('bad.xyz.gz', bytes));
      await expect(trajectory.index()).rejects.toMatchObject({ code: 'file/damaged' });
    }
    await expect(openTrajectory(memorySource('x.gz', Buffer.from([0x1f, 0x8b, 8])))).rejects.toMatchObject({
      code: 'file/damaged',
    });
  });

  it('[F13] 2,000 mutated gzip files end in content or a problem, never in a hang or another error', async () => {
    const { random, seed } = seeded('gzip');
    const original = gzipSync(Buffer.from(frames(30)));
    const found = { whole: 0, damaged: 0 };
    for (let round = 0; round < 2000; round += 1) {
      const bytes = Buffer.from(
        original.subarray(0, random() < 0.3 ? Math.floor(random() * original.length) : undefined),
      );
      for (let k = Math.floor(random() * 4); k >= 0 && bytes.length > 0; k -= 1) {
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      }
      const source = inflatedSource(memorySource('fuzz.gz', bytes));
      await all(source).then(
        () => (found.whole += 1),
        (error: Error & { code?: string }) => {
          if (error.code !== 'file/damaged')
            throw new Error(`seed ${seed} round ${round}: ${error.message}`, { cause: error });
          found.damaged += 1;
        },
      );
      await source.close();
    }
    expect(found.damaged).toBeGreaterThan(1000);
  });

  it.skipIf(!hasData)(`[F12] real gzip files inflate as zlib inflates them${needsData}`, async () => {
    for (const path of ['xyz/water.9.xyz.gz', 'pdb/1npc.pdb.gz']) {
      expect(isGzip(readData(path))).toBe(true);
      expect((await gunzipped(readData(path), 65_536)).equals(gunzipSync(readData(path))), path).toBe(true);
    }
  });
});
