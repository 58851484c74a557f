import { deflateRawSync } from 'node:zlib';
import { type Doc, encodeStateAsUpdate } from 'yjs';
import { compressedMessage, frameOf, STEP, syncMessage } from './wire.ts';

/** Below this many bytes compressing is not worth the work. */
const COMPRESS_BYTE_LENGTH = 2_048;

/** The whole document for somebody who has nothing: made once, and deflated once, for all who join before it changes. */
export interface JoinState {
  frame(isCompressed: boolean): Buffer;
  /** Bytes of the document as one update, before compression. */
  byteLength(): number;
  /** Called when the document changed. */
  forget(): void;
}

/** The join state of a document. */
export function joinState(doc: Doc): JoinState {
  let byteLength: number | undefined;
  let message: Uint8Array | undefined;
  let plain: Buffer | undefined;
  let compressed: Buffer | undefined;
  return {
    frame(isCompressed) {
      message ??= syncMessage(STEP.state, encodeStateAsUpdate(doc));
      if (isCompressed && message.byteLength >= COMPRESS_BYTE_LENGTH) {
        compressed ??= frameOf(compressedMessage(deflateRawSync(message, { level: 1 })));
        return compressed;
      }
      plain ??= frameOf(message);
      return plain;
    },
    byteLength: () => (byteLength ??= encodeStateAsUpdate(doc).byteLength),
    forget() {
      byteLength = undefined;
      message = undefined;
      plain = undefined;
      compressed = undefined;
    },
  };
}
