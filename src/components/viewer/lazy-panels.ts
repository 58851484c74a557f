import { nothing, type TemplateResult } from 'lit';
import { asCovalenceError } from '../../protocol/errors.ts';
import { CoErrorEvent } from '../events.ts';
import type { PanelName, PanelOwner } from './panel-owner.ts';
import type { Panels } from './panels.ts';

/** Opens and closes panels, whose code comes with the first one. */
export class LazyPanels {
  /** The open one. */
  shown: PanelName | undefined;
  readonly #viewer: PanelOwner;
  #panels: Panels | undefined;

  constructor(viewer: PanelOwner) {
    this.#viewer = viewer;
  }

  /** Opens a panel or, when it is open, closes it. */
  toggle(name: PanelName, isOpen: boolean = this.shown !== name): void {
    if (!isOpen) {
      if (this.shown === name) this.close();
      return;
    }
    this.shown = name;
    this.#load().catch((error: unknown) => {
      this.shown = undefined;
      this.#viewer.dispatchEvent(new CoErrorEvent(asCovalenceError(error), false));
    });
  }

  /** Closes whatever is open; the keyboard goes back to the picture. */
  close(): void {
    this.shown = undefined;
    this.#panels?.closed();
    this.#viewer.requestUpdate();
    this.#viewer.shadowRoot?.querySelector<HTMLElement>('.stage')?.focus({ preventScroll: true });
  }

  template(): TemplateResult | typeof nothing {
    return this.shown === undefined ? nothing : (this.#panels?.template(this.shown) ?? nothing);
  }

  async #load(): Promise<void> {
    const { Panels: All } = await import('./panels.ts');
    this.#panels ??= new All(this.#viewer, () => this.close());
    this.#viewer.requestUpdate();
    await this.#viewer.updateComplete;
    this.#viewer.shadowRoot?.querySelector<HTMLElement>('[data-first]')?.focus({ preventScroll: true });
  }
}
