import { LitElement } from 'lit';
import { property } from 'lit/decorators.js';
import type { Room } from '../room/room.ts';
import { RoomController } from './controllers/room-controller.ts';

/** An element that shows something of a room, wherever it finds it: property, `for`, or the `<co-room>` around it. */
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
