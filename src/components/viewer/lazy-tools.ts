import type { ToolOwner } from '../tools/tool-owner.ts';
import type { Tools } from '../tools/tools.ts';

/** {@link Tools} that come once the page stands: nobody needs them to see a picture. */
export class LazyTools {
  /** Those that have come. */
  loaded: Tools | undefined;
  readonly #owner: ToolOwner;
  readonly #onLoad: (tools: Tools) => void;
  #loading: Promise<Tools> | undefined;

  /** `onLoad` acquaints them with what is shown. */
  constructor(owner: ToolOwner, onLoad: (tools: Tools) => void) {
    this.#owner = owner;
    this.#onLoad = onLoad;
  }

  /** Does something with the tools, now where they have come. */
  use(act: (tools: Tools) => void): void {
    if (this.loaded !== undefined) act(this.loaded);
    else
      this.load().then(act, (error: unknown) => {
        this.#owner.fail(error);
      });
  }

  /** Brings them; asked for again after a failure. */
  load(): Promise<Tools> {
    this.#loading ??= import('../tools/tools.ts').then(
      ({ Tools: All }) => {
        this.loaded = new All(this.#owner);
        this.#onLoad(this.loaded);
        return this.loaded;
      },
      (error: unknown) => {
        this.#loading = undefined;
        throw error;
      },
    );
    return this.#loading;
  }
}
