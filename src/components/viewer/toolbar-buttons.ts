import type { IconName } from '../icons.ts';
import type { CommandTarget } from './commands.ts';
import type { ToolbarButton } from './overlay.ts';
import type { PanelName } from './panel-owner.ts';
import type { ViewerMode } from './viewer-mode.ts';

/** What the buttons show as pressed, and what they press. */
export interface ToolbarState {
  hand: CommandTarget;
  mode: ViewerMode;
  panel: PanelName | undefined;
  hasCell: boolean;
}

/** The viewer's own buttons, top to bottom. */
export function toolbarButtons({ hand, mode, panel, hasCell }: ToolbarState): ToolbarButton[] {
  const opens = (icon: IconName, label: string, keys: string, name: PanelName): ToolbarButton => ({
    icon,
    label,
    keys,
    isPressed: panel === name,
    run: () => hand.togglePanel(name),
  });
  const takes = (icon: IconName, label: string, keys: string, modes: readonly ViewerMode[]): ToolbarButton => ({
    icon,
    label,
    keys,
    isPressed: modes.includes(mode),
    run: () => hand.toggleMode(modes.includes(mode) ? mode : modes[0]),
  });
  return [
    { icon: 'fit', label: 'Show all', keys: 'F', run: () => hand.fit() },
    opens('box', 'Select', 'S', 'select'),
    takes('measure', 'Measure', 'M', ['measure', 'angle', 'dihedral']),
    takes('move', 'Move atoms', 'G', ['move']),
    ...(hasCell ? [opens('cell', 'Cell and copies', 'P', 'repeat')] : []),
    opens('look', 'Show as', 'A', 'looks'),
    { icon: 'help', label: 'Keys and gestures', keys: '?', run: () => hand.togglePanel('help') },
  ];
}
