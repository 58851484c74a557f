import type { ReactiveElement } from 'lit';
import type { Room } from '../../room/room.ts';

/** What can lie over a picture: keys and gestures, or the menu of looks. */
export type PanelName = 'help' | 'looks';

/** What panels are about: the viewer, as far as they need it. */
export interface PanelOwner extends ReactiveElement {
  readonly activeRoom: Room | undefined;
}
