/** What a key asks the viewer to do. */
export type ViewerCommand =
  | 'turn-left'
  | 'turn-right'
  | 'turn-up'
  | 'turn-down'
  | 'move-left'
  | 'move-right'
  | 'move-up'
  | 'move-down'
  | 'closer'
  | 'farther'
  | 'fit'
  | 'focus-selection'
  | 'next-atom'
  | 'previous-atom'
  | 'pick-atom'
  | 'pick-more'
  | 'select-all'
  | 'clear'
  | 'hide-selection'
  | 'box'
  | 'measure'
  | 'cell'
  | 'play'
  | 'next-frame'
  | 'previous-frame'
  | 'first-frame'
  | 'last-frame'
  | 'nudge-left'
  | 'nudge-right'
  | 'nudge-up'
  | 'nudge-down'
  | 'nudge-nearer'
  | 'nudge-away'
  | 'undo'
  | 'redo'
  | 'looks'
  | 'help';

/** Keys as `KeyboardEvent.key`, lower-case; `shift+`, `alt+` and `ctrl+` in front (command on a Mac counts as ctrl). */
const COMMANDS: Readonly<Record<string, ViewerCommand>> = {
  arrowleft: 'turn-left',
  arrowright: 'turn-right',
  arrowup: 'turn-up',
  arrowdown: 'turn-down',
  'shift+arrowleft': 'move-left',
  'shift+arrowright': 'move-right',
  'shift+arrowup': 'move-up',
  'shift+arrowdown': 'move-down',
  '+': 'closer',
  '=': 'closer',
  '-': 'farther',
  f: 'fit',
  'shift+f': 'focus-selection',
  ']': 'next-atom',
  '[': 'previous-atom',
  enter: 'pick-atom',
  'shift+enter': 'pick-more',
  'ctrl+a': 'select-all',
  escape: 'clear',
  h: 'hide-selection',
  b: 'box',
  m: 'measure',
  c: 'cell',
  ' ': 'play',
  '.': 'next-frame',
  ',': 'previous-frame',
  home: 'first-frame',
  end: 'last-frame',
  'alt+arrowleft': 'nudge-left',
  'alt+arrowright': 'nudge-right',
  'alt+arrowup': 'nudge-up',
  'alt+arrowdown': 'nudge-down',
  'alt+pagedown': 'nudge-nearer',
  'alt+pageup': 'nudge-away',
  'ctrl+z': 'undo',
  'ctrl+shift+z': 'redo',
  'ctrl+y': 'redo',
  a: 'looks',
  '?': 'help',
};

/** The command of a key press, if it has one. Signs that need shift on some keyboards are matched by the sign. */
export function commandOf(event: KeyboardEvent): ViewerCommand | undefined {
  const key = event.key.toLowerCase();
  // Other signs under alt are letters of some keyboards, or the browser's own.
  if (event.altKey) return event.ctrlKey || event.metaKey || event.shiftKey ? undefined : COMMANDS[`alt+${key}`];
  const ctrl = event.ctrlKey || event.metaKey ? 'ctrl+' : '';
  const withShift = COMMANDS[`${ctrl}${event.shiftKey ? 'shift+' : ''}${key}`];
  if (withShift !== undefined) return withShift;
  return /^[?+=[\].,-]$/.test(key) ? COMMANDS[ctrl + key] : undefined;
}
