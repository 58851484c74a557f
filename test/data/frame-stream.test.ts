import { describe, expect, it } from 'vitest';
import { CovalenceError } from '../../src/protocol/errors.ts';
import { type Frame, type FrameArray, frameArray } from '../../src/protocol/frames.ts';
import { type DecodeFramesOptions, decodeFrames } from '../../src/data/frame-stream-decoder.ts';
import { frameStreamEncoder } from '../../src/data/frame-stream-encoder.ts';
import { canonicalBytes } from '../../src/data/hash.ts';
import { frameOf, joined, sampleData, sha256 } from './sample-frames.ts';

function encoded(frames: readonly Frame[], have?: ReadonlySet<string>): Uint8Array<ArrayBuffer> {
  const encoder = frameStreamEncoder(have === undefined ? {} : { have });
  return joined([encoder.start(), ...frames.flatMap((frame) => encoder.frame(frame)), encoder.end()]);
}

async function* pieces(bytes: Uint8Array, pieceLength: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.byteLength; offset += pieceLength)
    yield bytes.slice(offset, offset + pieceLength);
}

async function decoded(bytes: Uint8Array, options: DecodeFramesOptions = {}, pieceLength = 1 << 20): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of decodeFrames(pieces(bytes, pieceLength), options)) frames.push(frame);
  return frames;
}

const three = [0, 1, 2].map((index) => frameOf(index));

describe('frame stream', () => {
  it('[D52] gives back identity, version, hashes and values to the bit, whatever the pieces of the network', async () => {
    const bytes = encoded(three);
    for (const pieceLength of [1, 7, 16, 1000, bytes.byteLength]) {
      const frames = await decoded(bytes, {}, pieceLength);
      expect(frames).toEqual(three);
      for (const [i, frame] of frames.entries()) {
        for (const [key, value] of Object.entries(frame.data)) {
          expect(sha256(canonicalBytes(value))).toBe(three[i].hashes[key]);
        }
      }
    }
    expect(await decoded(encoded([]))).toEqual([]);
  });

  it('[D52] frames of no atoms, of changing size and of large values pass', async () => {
    const empty = frameOf(0, {
      positions: frameArray(new Float32Array(0), [0, 3]),
      numbers: frameArray(new Uint8Array(0), [0]),
    });
    const large = frameOf(1, { positions: frameArray(new Float64Array(30_000).fill(0.1), [10_000, 3]) });
    expect(await decoded(encoded([empty, large, three[2]]), {}, 999)).toEqual([empty, large, three[2]]);
  });

  it('[D53] payloads start at multiples of 16 bytes and arrays are views of them', async () => {
    const bytes = encoded(three);
    const positions = canonicalBytes(three[1].data['positions']);
    const at = Buffer.from(bytes.buffer).indexOf(Buffer.from(positions));
    expect(at).toBeGreaterThan(0);
    expect(at % 16).toBe(0);
    const buffersOf = async (stream: Uint8Array): Promise<ArrayBufferLike[]> =>
      (await decoded(stream)).map((frame) => (frame.data['positions'] as FrameArray).data.buffer);
    // Of one piece each is a large part, and none of a piece that is many times larger.
    expect(new Set(await buffersOf(bytes)).size).toBe(1);
    const many = encoded(Array.from({ length: 40 }, (_, index) => frameOf(index)));
    expect(new Set(await buffersOf(many)).size).toBe(40);
  });

  it('[D53] a value already sent in the answer is referred to: the decoded frames share it', async () => {
    const [first, second] = await decoded(encoded(three));
    expect(second.data['numbers']).toBe(first.data['numbers']);
    const same = [0, 1].map((index) => ({ ...three[0], id: `s${index}`, index }));
    const perCopy = encoded(same).byteLength - encoded(same.slice(0, 1)).byteLength;
    expect(perCopy).toBeLessThan(200);
  });

  it('[D53] a value named in have= is not sent, and one the reader does not hold after all is an error', async () => {
    const numbers = frameOf(0, sampleData(0, 4000));
    const hash = numbers.hashes['numbers'];
    const bytes = encoded([numbers], new Set([hash]));
    expect(encoded([numbers]).byteLength - bytes.byteLength).toBeGreaterThanOrEqual(4000);
    const held = (asked: string): Uint8Array | undefined =>
      asked === hash ? canonicalBytes(numbers.data['numbers']) : undefined;
    expect(await decoded(bytes, { held })).toEqual([numbers]);
    await expect(decoded(bytes)).rejects.toMatchObject({ code: 'frame/corrupt', fields: { key: 'numbers' } });
    const other = new Uint8Array(4000);
    await expect(decoded(bytes, { held: () => other })).rejects.toMatchObject({ code: 'frame/corrupt' });
  });

  it('[D53] equal bytes of another type or shape are not confused', async () => {
    const zeros = (): ArrayBuffer => new ArrayBuffer(480);
    const frame = frameOf(0, {
      a: frameArray(new Float32Array(zeros()), [40, 3]),
      b: frameArray(new Float32Array(zeros()), [120]),
      c: frameArray(new Int32Array(zeros()), [120]),
    });
    expect(new Set(Object.values(frame.hashes)).size).toBe(1);
    expect(await decoded(encoded([frame]))).toEqual([frame]);
  });

  it('[D54] at most 12.5 bytes an atom and frame for f4 positions of 1,000 atoms beside static values', () => {
    const atomCount = 1000;
    const frames = Array.from({ length: 65 }, (_, index) => {
      const { positions, numbers, cell, pbc, energy } = sampleData(index, atomCount);
      return frameOf(index, { positions, numbers, cell, pbc, energy });
    });
    const perFrame = (encoded(frames).byteLength - encoded(frames.slice(0, 1)).byteLength) / 64;
    expect(perFrame / atomCount).toBeLessThanOrEqual(12.5);
  });

  it('[D55] every single flipped bit is a coded error, and frames before it are whole', async () => {
    const frames = [0, 1].map((index) => frameOf(index, sampleData(index, 25)));
    const bytes = encoded(frames);
    let flips = 0;
    for (let bit = 0; bit < bytes.byteLength * 8; bit += 1) {
      const damaged = bytes.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      const seen: Frame[] = [];
      let failure: unknown;
      try {
        for await (const frame of decodeFrames(pieces(damaged, 4096))) seen.push(frame);
      } catch (error) {
        failure = error;
      }
      if (!(failure instanceof CovalenceError)) throw new Error(`bit ${bit} went unnoticed: ${String(failure)}`);
      expect(['frame/corrupt', 'protocol/version']).toContain(failure.code);
      expect(seen).toEqual(frames.slice(0, seen.length));
      flips += 1;
    }
    expect(flips).toBe(bytes.byteLength * 8);
  });

  it('[D55] a damaged payload names frame, key, expected and found hash', async () => {
    const bytes = encoded(three);
    const at = Buffer.from(bytes.buffer).indexOf(Buffer.from(canonicalBytes(three[1].data['positions'])));
    bytes[at + 5] ^= 1;
    await expect(decoded(bytes)).rejects.toMatchObject({
      code: 'frame/corrupt',
      fields: {
        frame: 'f1',
        index: 1,
        key: 'positions',
        expected: three[1].hashes['positions'],
        found: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
  });

  it('[D55] a stream cut anywhere is an error, also between two frames', async () => {
    const bytes = encoded(three);
    for (let length = 0; length < bytes.byteLength; length += 1) {
      await expect(decoded(bytes.subarray(0, length))).rejects.toMatchObject({ code: 'frame/corrupt' });
    }
    await expect(decoded(joined([bytes, new Uint8Array(16)]))).rejects.toMatchObject({ code: 'frame/corrupt' });
  });

  it('[D56] an error inside the stream arrives as itself after the frames before it', async () => {
    const encoder = frameStreamEncoder();
    const error = new CovalenceError('frame/source-changed', 'The file changed.', { room: 'argon' });
    const bytes = joined([encoder.start(), ...encoder.frame(three[0]), encoder.fail(error)]);
    const seen: Frame[] = [];
    await expect(
      (async () => {
        for await (const frame of decodeFrames(pieces(bytes, 50))) seen.push(frame);
      })(),
    ).rejects.toMatchObject({ code: 'frame/source-changed', message: 'The file changed.', fields: { room: 'argon' } });
    expect(seen).toEqual([three[0]]);
  });

  it('[D56] a frame is handed out before the next one has arrived, and leaving the loop cancels the stream', async () => {
    const bytes = encoded(three);
    const encoder = frameStreamEncoder();
    const firstLength = joined([encoder.start(), ...encoder.frame(three[0])]).byteLength;
    let cancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes.slice(0, firstLength)),
      cancel: () => {
        cancelled = true;
      },
    });
    for await (const frame of decodeFrames(stream)) {
      expect(frame).toEqual(three[0]);
      break;
    }
    expect(cancelled).toBe(true);
  });
});
