import { describe, expect, it } from 'vitest';
import { HELP } from '../../src/components/viewer/help-sheet.ts';
import { commandOf } from '../../src/components/viewer/keyboard.ts';

const press = (key: string, held: Partial<KeyboardEvent> = {}): KeyboardEvent =>
  ({ key, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...held }) as KeyboardEvent;

describe('keys of the viewer', () => {
  it('[C62] arrows turn, with shift they move', () => {
    expect(commandOf(press('ArrowLeft'))).toBe('turn-left');
    expect(commandOf(press('ArrowLeft', { shiftKey: true }))).toBe('move-left');
  });

  it('[C62] signs are found whether or not the keyboard needs shift for them', () => {
    expect(commandOf(press('?', { shiftKey: true }))).toBe('help');
    expect(commandOf(press('?'))).toBe('help');
    expect(commandOf(press('+', { shiftKey: true }))).toBe('closer');
    expect(commandOf(press('+'))).toBe('closer');
  });

  it('[C62] command on a Mac is ctrl, and the keys of browsers and of writing are left alone', () => {
    expect(commandOf(press('z', { metaKey: true }))).toBe('undo');
    expect(commandOf(press('Z', { ctrlKey: true, shiftKey: true }))).toBe('redo');
    for (const key of ['r', 'c', 'f', 't', 'l']) expect(commandOf(press(key, { ctrlKey: true }))).toBeUndefined();
    for (const key of ['d', 'F4', 'Home']) expect(commandOf(press(key, { altKey: true }))).toBeUndefined();
    expect(commandOf(press('Tab'))).toBeUndefined();
  });

  it('[C210] alt and arrows move the selected atoms', () => {
    expect(commandOf(press('ArrowLeft', { altKey: true }))).toBe('nudge-left');
    expect(commandOf(press('PageUp', { altKey: true }))).toBe('nudge-away');
    expect(commandOf(press('ArrowLeft', { altKey: true, ctrlKey: true }))).toBeUndefined();
  });

  it('[C62] the help overlay names every topic and no key twice', () => {
    const keys = HELP.flatMap(({ lines }) => lines.flatMap((line) => line.keys));
    expect(new Set(keys).size).toBe(keys.length);
    expect(HELP.every(({ lines }) => lines.length > 0)).toBe(true);
  });
});
