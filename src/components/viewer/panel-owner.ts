import type { ReactiveElement } from 'lit';
import type { Room } from '../../room/room.ts';
import type { ToolOwner } from '../tools/tool-owner.ts';
import type { LazyTools } from './lazy-tools.ts';

/** What can lie over a picture: keys and gestures, the menus of looks, of selecting, of cell and copies. */
export type PanelName = 'help' | 'looks' | 'select' | 'repeat';

/** What panels are about: the viewer and the hand that works on it, as far as they need them. */
export interface PanelOwner extends ReactiveElement {
  readonly activeRoom: Room | undefined;
  /** Does what a key press asks for, as if the picture had the keyboard. */
  handleKey(event: KeyboardEvent): boolean;
  readonly hand: ToolOwner & {
    readonly tools: LazyTools;
    selectAll(): void;
    fit(): void;
    toggleCell(): void;
    readonly isCellShown: boolean;
  };
}
