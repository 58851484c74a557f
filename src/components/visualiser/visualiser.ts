import { ContextConsumer } from '@lit/context';
import { css, ReactiveElement, type CSSResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { CovalenceError } from '../../protocol/errors.ts';
import type { VisualiserRecord } from '../../protocol/records/visualiser.ts';
import { CoErrorEvent } from '../events.ts';
import { ownLooksContext, type OwnLook, type OwnLooks } from '../own-looks.ts';
import { ensureContextRoot } from '../room-context.ts';

/**
 * Says how all or some atoms are drawn in the viewer around it, and in no other: the room and the people in it do not
 * hear of it, and what they say about the same atoms wins. Of several, later ones win. Shows nothing itself.
 *
 * @summary How a viewer draws some atoms, declared in the page.
 * @event co-error - The expression cannot be read, or reads what the frame does not have.
 */
export class CoVisualiser extends ReactiveElement {
  // Not a LitElement: its method `render` would stand where frameworks set the property of that name.
  static override styles: CSSResult = css`
    :host {
      display: none;
    }
  `;

  /** Atoms by a selection expression such as `element O`; all when neither this nor `selection` is given. */
  @property() select: string | undefined;
  /** Atoms of a selection of the room, by its key. */
  @property() selection: string | undefined;
  /** The way of drawing: `ball and stick`, `spheres`, `liquorice`, `hyperballs`, `cartoon` and the others of docs/looks.md. */
  @property() render: string | undefined;
  /** CSS colour, `element`, or the name of per-atom values such as `charges`. */
  @property() color: string | undefined;
  /** Factor of the radius. */
  @property({ type: Number }) scale: number | undefined;
  /** 0 to 1. */
  @property({ type: Number }) opacity: number | undefined;
  /** Name of a per-atom vector drawn as arrows, such as `forces`. */
  @property() vectors: string | undefined;
  /** `element`, `index`, or the name of values written at the atoms. */
  @property() labels: string | undefined;
  /** Over how many frames trails show where the atoms were. */
  @property({ type: Number }) trails: number | undefined;
  /** Draws the atoms not at all. */
  @property({ type: Boolean }) hide = false;
  /** As if the element were not there. */
  @property({ type: Boolean, reflect: true }) disabled = false;

  #looks: OwnLooks | undefined;
  #told: string | undefined;

  constructor() {
    super();
    const callback = (looks: OwnLooks | undefined): void => {
      this.#looks = looks;
      if (this.hasUpdated) this.#declare();
    };
    this.addController(new ContextConsumer(this, { context: ownLooksContext, subscribe: true, callback }));
  }

  override connectedCallback(): void {
    ensureContextRoot();
    super.connectedCallback();
    if (this.hasUpdated) this.#declare();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#looks?.declare(this, undefined);
    this.#looks = undefined;
  }

  protected override updated(): void {
    this.#declare();
  }

  #declare(): void {
    if (this.isConnected) this.#looks?.declare(this, this.disabled ? undefined : this.#look());
  }

  #look(): OwnLook {
    const { selection, render, color, scale, opacity, vectors, labels, trails, hide } = this;
    const given = {
      selection,
      render,
      color,
      scale,
      opacity,
      vectors,
      labels,
      trails,
      hide: hide || undefined,
    };
    const record: VisualiserRecord = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined && value !== null && value !== ''),
    );
    return { record, select: this.select || undefined, onError: (error) => this.#fail(error) };
  }

  /** Once for each sentence: the picture is drawn often. */
  #fail(error: CovalenceError): void {
    if (error.message === this.#told) return;
    this.#told = error.message;
    this.dispatchEvent(new CoErrorEvent(error, false));
  }
}
