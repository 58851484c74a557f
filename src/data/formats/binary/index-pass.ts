/** One pass over a file at a time, and readers that wait for what it finds. */
export class IndexPass {
  private running: Promise<void> | undefined;
  private waiting: (() => void)[] = [];

  /** Joins the pass that is running, else starts one. */
  run(pass: () => Promise<void>): Promise<void> {
    this.running ??= pass().finally(() => {
      this.running = undefined;
      this.wake();
    });
    return this.running;
  }

  /**
   * Waits until `isKnown` or until the pass, which is started if need be, has ended; rejects with its error when it
   * ended without.
   */
  async until(isKnown: () => boolean, pass: () => Promise<void>, signal?: AbortSignal): Promise<void> {
    if (isKnown()) return;
    const running = this.run(pass);
    // Whoever started the pass hears of its error; a reader of what was found before does not.
    const settled = running.catch((error: unknown) => {
      if (!isKnown()) throw error;
    });
    while (!isKnown() && this.running === running) {
      signal?.throwIfAborted();
      await Promise.race([settled, new Promise<void>((resolve) => this.waiting.push(resolve))]);
    }
    if (!isKnown()) await settled;
  }

  /** Lets waiting readers look again. */
  wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
