import type { NudgeOwner, Nudging } from './nudging.ts';

/** {@link Nudging} that comes when it is first needed: most who look never edit. */
export class LazyNudging {
  readonly #owner: NudgeOwner;
  #nudging: Promise<Nudging> | undefined;

  constructor(owner: NudgeOwner) {
    this.#owner = owner;
  }

  nudge(...step: Parameters<Nudging['nudge']>): void {
    this.#nudging ??= import('./nudging.ts').then(({ Nudging: Nudger }) => new Nudger(this.#owner));
    this.#nudging.then(
      (nudging) => nudging.nudge(...step),
      (error: unknown) => {
        this.#nudging = undefined;
        this.#owner.fail(error);
      },
    );
  }

  /** Stores what is being moved, now. */
  async flush(): Promise<void> {
    await (await this.#nudging?.catch(() => undefined))?.flush();
  }
}
