/** Where a client takes its token from. */
export interface TokenSource {
  /** The token to send now. */
  current(): string | undefined;
  /**
   * Called when the server wants another one than `refused`. Resolves with true when `current` is another one: also at
   * once, where it was renewed meanwhile by somebody else who uses it. Never rejects; two calls at once are one.
   */
  renew(refused: string | undefined): Promise<boolean>;
}
