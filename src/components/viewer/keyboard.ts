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
  | 'lasso'
  | 'measure'
  | 'measure-distance'
  | 'measure-angle'
  | 'measure-dihedral'
  | 'move'
  | 'step-grow'
  | 'step-shrink'
  | 'step-invert'
  | 'step-bonded'
  | 'step-element'
  | 'step-residue'
  | 'step-molecule'
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
  | 'nudge-turn-left'
  | 'nudge-turn-right'
  | 'nudge-turn-up'
  | 'nudge-turn-down'
  | 'bookmark'
  | 'selecting'
  | 'repeat'
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
  r: 'box',
  l: 'lasso',
  m: 'measure',
  '2': 'measure-distance',
  '3': 'measure-angle',
  '4': 'measure-dihedral',
  g: 'move',
  s: 'selecting',
  p: 'repeat',
  b: 'bookmark',
  'shift+g': 'step-grow',
  'shift+h': 'step-shrink',
  'shift+i': 'step-invert',
  'shift+b': 'step-bonded',
  'shift+e': 'step-element',
  'shift+r': 'step-residue',
  'shift+m': 'step-molecule',
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
  'alt+shift+arrowleft': 'nudge-turn-left',
  'alt+shift+arrowright': 'nudge-turn-right',
  'alt+shift+arrowup': 'nudge-turn-up',
  'alt+shift+arrowdown': 'nudge-turn-down',
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
  const shift = event.shiftKey ? 'shift+' : '';
  if (event.altKey) return event.ctrlKey || event.metaKey ? undefined : COMMANDS[`alt+${shift}${key}`];
  const ctrl = event.ctrlKey || event.metaKey ? 'ctrl+' : '';
  const withShift = COMMANDS[ctrl + shift + key];
  if (withShift !== undefined) return withShift;
  return /^[?+=[\].,-]$/.test(key) ? COMMANDS[ctrl + key] : undefined;
}
