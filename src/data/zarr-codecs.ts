type Registry = (typeof import('zarrita'))['registry'];
type Loader = NonNullable<ReturnType<Registry['get']>>;
type Codecs = Awaited<ReturnType<Loader>>;

/** Rounds values before they are compressed; what was rounded stays so. zarrtraj writes with it. */
class QuantizeCodec<T> {
  readonly kind = 'array_to_array';

  static fromConfig<T>({ astype, dtype }: { astype?: string; dtype?: string }): QuantizeCodec<T> {
    if (astype !== undefined && astype !== dtype) throw new Error(`values quantised as ${astype} cannot be read`);
    return new QuantizeCodec();
  }

  encode(): never {
    throw new Error('stores are only read');
  }

  decode(chunk: T): T {
    return chunk;
  }
}

/** Bytes that a compressed chunk must have by its own header; undefined when its header is none. */
type ByteLengthOf = (bytes: Uint8Array) => number | undefined;

/** A frame of Blosc says at byte 12 how long it is. Its decoder believes that, and reads past the end of what was cut. */
const bloscByteLength: ByteLengthOf = (bytes) =>
  bytes.byteLength < 16 ? undefined : new DataView(bytes.buffer, bytes.byteOffset).getUint32(12, true);

const taught = new WeakSet<Registry>();

/** Adds what stores of our users need to the library's codecs, and checks where one of them trusts damaged bytes. */
export function teachCodecs(registry: Registry): void {
  if (taught.has(registry)) return;
  taught.add(registry);
  const quantize = (): typeof QuantizeCodec => QuantizeCodec;
  if (!registry.has('numcodecs.quantize')) registry.set('numcodecs.quantize', quantize as unknown as Loader);
  for (const name of ['blosc', 'numcodecs.blosc']) {
    const load = registry.get(name);
    if (load === undefined) continue;
    registry.set(name, async () => withLength(name, await load(), bloscByteLength));
  }
}

function withLength(name: string, codecs: Codecs, byteLengthOf: ByteLengthOf): Codecs {
  const fromConfig = (...given: Parameters<Codecs['fromConfig']>): unknown => {
    const codec = codecs.fromConfig(...given) as { decode(bytes: Uint8Array): unknown };
    return new Proxy(codec, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property);
        if (property !== 'decode') return typeof value === 'function' ? value.bind(target) : value;
        return (bytes: Uint8Array): unknown => {
          const expected = byteLengthOf(bytes);
          if (expected === bytes.byteLength) return target.decode(bytes);
          throw new Error(`${bytes.byteLength} bytes where ${name} wrote ${expected ?? 'more'}`);
        };
      },
    });
  };
  return { fromConfig };
}
