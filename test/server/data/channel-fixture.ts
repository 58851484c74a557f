import { createDataRooms, createFrameChannel, type DataRooms } from '../../../src/server/data/index.ts';
import { dataToWire, type WireFrame, type WireValue } from '../../../src/data/frame-codec.ts';
import { decodeMsgpack, encodeMsgpack } from '../../../src/data/msgpack.ts';
import { type FrameArray, type FrameData, frameArray } from '../../../src/protocol/frames.ts';

/** Sends requests to a channel without a socket. */
export interface Channel {
  rooms: DataRooms;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
}

export function openChannel(rooms: DataRooms = createDataRooms()): Channel {
  const channel = createFrameChannel({ rooms });
  return {
    rooms,
    async send(method, path, body, headers = {}) {
      const response = await channel(
        new Request(`http://localhost/v1${path}`, {
          method,
          headers: { ...(body === undefined ? {} : { 'content-type': 'application/x-msgpack' }), ...headers },
          ...(body === undefined ? {} : { body: encodeMsgpack(body) }),
        }),
      );
      if (response === undefined) throw new Error(`${path} is not the channel's`);
      return response;
    },
  };
}

export async function msgpackOf<T = WireFrame>(response: Response): Promise<T> {
  return decodeMsgpack(new Uint8Array(await response.arrayBuffer())) as T;
}

/** The parts of an array on the wire. */
export function arrayOf(value: WireValue | undefined): { dtype: string; shape: readonly number[]; data: Uint8Array } {
  if (typeof value !== 'object') throw new TypeError(`an array was expected, found ${typeof value}`);
  return value;
}

/** Water, moved by `shift` angstrom along x. */
export function water(
  shift = 0,
  energy = -1,
): FrameData & { positions: FrameArray; numbers: FrameArray; energy: number } {
  return {
    numbers: frameArray(Uint8Array.of(8, 1, 1)),
    positions: frameArray(Float32Array.of(shift, 0, 0, shift + 0.96, 0, 0, shift - 0.24, 0.93, 0), [3, 3]),
    energy,
  };
}

export const wire = dataToWire;
