import { ContextConsumer } from '@lit/context';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Room } from '../../room/room.ts';
import { CoRoomChangedEvent } from '../events.ts';
import { ensureContextRoot, isRoomSource, roomContext, type RoomSource } from '../room-context.ts';

/** An element that wants a room. */
export interface RoomHost extends ReactiveControllerHost, HTMLElement {
  /** Given from outside; wins over everything else. */
  room: Room | undefined;
  /** Id of the element whose room is meant. */
  for: string | undefined;
}

/**
 * Finds the room of an element: its `room` property, the element its `for` names, the nearest `<co-room>` around it.
 * Any order of parsing, defining and setting works. `connect` runs once for each room found while the element is in a
 * page; the functions it returns run when that ends.
 */
export class RoomController implements ReactiveController {
  readonly #host: RoomHost;
  readonly #connect: (room: Room) => readonly (() => void)[];
  #room: Room | undefined;
  #contextRoom: Room | undefined;
  #undo: readonly (() => void)[] = [];
  #target: RoomSource | undefined;
  #observer: MutationObserver | undefined;
  #isConnected = false;

  constructor(host: RoomHost, connect: (room: Room) => readonly (() => void)[]) {
    this.#host = host;
    this.#connect = connect;
    host.addController(this);
    const callback = (room: Room | undefined): void => {
      this.#contextRoom = room;
      this.#resolve();
    };
    host.addController(new ContextConsumer(host, { context: roomContext, subscribe: true, callback }));
  }

  /** The room the element is connected to now. */
  get room(): Room | undefined {
    return this.#room;
  }

  hostConnected(): void {
    ensureContextRoot();
    this.#isConnected = true;
    this.#resolve();
  }

  hostUpdate(): void {
    this.#resolve();
  }

  hostDisconnected(): void {
    this.#isConnected = false;
    this.#contextRoom = undefined;
    this.#observer?.disconnect();
    this.#observer = undefined;
    this.#watch(undefined);
    this.#use(undefined);
  }

  readonly #resolve = (): void => {
    if (!this.#isConnected) return;
    const { room, for: id } = this.#host;
    const target = room === undefined && id !== undefined && id !== '' ? this.#find(id) : undefined;
    this.#watch(target);
    this.#use(room ?? (id ? target?.activeRoom : this.#contextRoom));
  };

  #find(id: string): RoomSource | undefined {
    const root = this.#host.getRootNode() as Document | ShadowRoot;
    const found = root.getElementById?.(id) ?? document.getElementById(id);
    if (isRoomSource(found)) {
      this.#observer?.disconnect();
      this.#observer = undefined;
      return found;
    }
    if (found !== null) void customElements.whenDefined(found.localName).then(this.#resolve);
    else if (this.#observer === undefined) {
      this.#observer = new MutationObserver(this.#resolve);
      this.#observer.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ['id'] });
    }
    return undefined;
  }

  #watch(target: RoomSource | undefined): void {
    if (target === this.#target) return;
    this.#target?.removeEventListener(CoRoomChangedEvent.eventName, this.#resolve);
    this.#target = target;
    target?.addEventListener(CoRoomChangedEvent.eventName, this.#resolve);
  }

  #use(room: Room | undefined): void {
    if (room === this.#room) return;
    for (const undo of this.#undo) undo();
    this.#undo = [];
    this.#room = room;
    if (room !== undefined) this.#undo = this.#connect(room);
    this.#host.requestUpdate();
  }
}
