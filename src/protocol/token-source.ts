/** Where a client takes its token from. */
export interface TokenSource {
  /** The token to send now. */
  current(): string | undefined;
  /**
   * Called when the server wants another one. Resolves with true when `current` is a new one; never rejects. Two calls at
   * once are one.
   */
  renew(): Promise<boolean>;
}
