/** What a token may allow; the same words in tokens, on the socket and over HTTP. */
export const CAPABILITIES = ['read', 'write', 'present', 'create', 'admin'] as const;

/**
 * `read`: see a room. `write`: change its shared state and its frames. `present`: take the presenter's lock. `create`:
 * make rooms. `admin`: rename and delete rooms, set their policies.
 */
export type Capability = (typeof CAPABILITIES)[number];

/** True for one of {@link CAPABILITIES}. */
export function isCapability(value: unknown): value is Capability {
  return CAPABILITIES.some((known) => known === value);
}
