/** Bytes under their sha256. Never changed once stored. */
export interface BlobStore {
  /**
   * Stores `bytes` under `hash`, their sha256 in hex; resolves once they are as durable as the store makes them. A
   * known hash costs nothing. Rejects with `store/failed` or `store/full`. The bytes must not change meanwhile.
   */
  put(hash: string, bytes: Uint8Array): Promise<void>;
  /** The bytes; undefined when the store does not have them. Rejects with `frame/corrupt` when they are damaged. */
  get(hash: string): Promise<Uint8Array | undefined>;
  /** Whether the bytes are there. */
  has(hash: string): boolean;
  /** Bytes taken by what is stored. */
  readonly byteLength: number;
  close(): Promise<void>;
}
