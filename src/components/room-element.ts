import { LitElement } from 'lit';
import { property } from 'lit/decorators.js';
import type { Room } from '../room/room.ts';
import { RoomController } from './controllers/room-controller.ts';

/**
 * An element that shows something of a room, wherever it finds it: property, `for`, or the `<co-room>` around it.
 *
 * @cssproperty --co-accent - What is active: buttons, focus, the selection rectangle.
 * @cssproperty --co-on-accent - Text on the accent.
 * @cssproperty --co-background - Behind the picture.
 * @cssproperty --co-surface - Bars and lists.
 * @cssproperty --co-raised - What floats above them: menus, cards.
 * @cssproperty --co-sunken - What lies below them: fields, tracks.
 * @cssproperty --co-hover - Laid over what the pointer is on.
 * @cssproperty --co-text - Text.
 * @cssproperty --co-muted - Quieter text.
 * @cssproperty --co-border - Lines.
 * @cssproperty --co-danger - What went wrong.
 * @cssproperty --co-radius - Corners.
 * @cssproperty --co-font - Type.
 */
export abstract class RoomElement extends LitElement {
  /** The room to show; found by `for` or in the surroundings when not set. */
  @property({ attribute: false }) room: Room | undefined;
  /** Id of a `<co-room>` or `<co-viewer>` whose room is shown. */
  @property() for: string | undefined;

  readonly #source: RoomController = new RoomController(this, (room) => this.connectRoom(room));

  /** The room this element shows now. */
  get activeRoom(): Room | undefined {
    return this.#source.room;
  }

  /** Called once for each room while in a page; returns what has to be undone when that ends. */
  protected abstract connectRoom(room: Room): readonly (() => void)[];
}
