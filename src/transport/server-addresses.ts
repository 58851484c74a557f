/** Addresses of servers of one room: one is used until it fails, then the next. */
export interface ServerAddresses {
  readonly current: string;
  /** Goes on to the next when `address` is still the current one. */
  failed(address: string): void;
}

/** Begins with the first of `addresses`, of which there is at least one; after the last comes the first again. */
export function serverAddresses(addresses: readonly string[]): ServerAddresses {
  let index = 0;
  return {
    get current() {
      return addresses[index];
    },
    failed(address) {
      if (addresses[index] === address) index = (index + 1) % addresses.length;
    },
  };
}
