import type { TemplateResult } from 'lit';
import { repeatMenuTemplate } from '../repeat/repeat-menu.ts';
import { selectMenuTemplate } from '../tools/select-menu.ts';
import type { SelectionStep } from '../tools/selection-steps.ts';
import { toolMenuStyles } from '../tools/tool-menu.styles.ts';
import { looksStyles } from '../looks/looks.styles.ts';
import { ShowAs } from '../looks/show-as.ts';
import { helpStyles, helpTemplate } from './help-sheet.ts';
import { AUTOMATIC } from './polymer-frame.ts';
import { BY_TYPE, lacksElements } from './unknown-elements.ts';
import type { PanelName, PanelOwner } from './panel-owner.ts';
import { adoptStyles } from './picture-part.ts';

/** The panels over a picture. */
export class Panels {
  readonly #close: () => void;
  readonly #showAs: ShowAs;
  readonly #viewer: PanelOwner;

  constructor(viewer: PanelOwner, close: () => void) {
    this.#viewer = viewer;
    this.#close = close;
    this.#showAs = new ShowAs(() => viewer.requestUpdate());
    adoptStyles(viewer, helpStyles);
    adoptStyles(viewer, looksStyles);
    adoptStyles(viewer, toolMenuStyles);
  }

  template(name: PanelName): TemplateResult {
    if (name === 'help') return helpTemplate(this.#close);
    if (name === 'select') return this.#selectMenu();
    if (name === 'repeat') return repeatMenuTemplate(this.#viewer.hand, this.#close);
    const { sceneFrame } = this.#viewer.hand;
    const automatic = {
      ...(sceneFrame?.isPolymer === true ? AUTOMATIC : {}),
      ...(lacksElements(sceneFrame) ? BY_TYPE : {}),
    };
    return this.#showAs.template(this.#viewer.activeRoom, this.#close, automatic);
  }

  #selectMenu(): TemplateResult {
    const { hand } = this.#viewer;
    const step = (way: SelectionStep): void => hand.tools.use((tools) => void tools.step(way));
    // The letters the menu prints work in it as they do in the picture.
    const press = (event: KeyboardEvent): void => {
      const { mode } = hand;
      if (/^[a-z]$/i.test(event.key) && this.#viewer.handleKey(event) && hand.mode !== mode) this.#close();
    };
    return selectMenuTemplate(hand, { step, press, close: this.#close });
  }

  /** The open one was closed. */
  closed(): void {
    this.#showAs.leave();
  }
}
