import type { CovalenceError } from '../protocol/errors.ts';
import type { Frame } from '../protocol/frames.ts';
import type { CameraPose } from '../protocol/presence.ts';
import type { Room } from '../room/room.ts';

const FACT: EventInit = { bubbles: true, composed: true };

/** The person here changed their current selection by hand. */
export class CoSelectionChangedEvent extends Event {
  static readonly eventName = 'co-selection-changed';
  /** Key of the selection record; undefined when nothing is selected any more. */
  readonly key: string | undefined;
  /** 0-based indices, ascending. */
  readonly atoms: readonly number[];

  constructor(key: string | undefined, atoms: readonly number[]) {
    super(CoSelectionChangedEvent.eventName, FACT);
    this.key = key;
    this.atoms = atoms;
  }
}

/** Another atom, or none, is under the pointer or the keyboard's cursor. */
export class CoHoverEvent extends Event {
  static readonly eventName = 'co-hover';
  readonly atom: number | undefined;

  constructor(atom: number | undefined) {
    super(CoHoverEvent.eventName, FACT);
    this.atom = atom;
  }
}

/** A frame has been handed to the picture. */
export class CoFrameShownEvent extends Event {
  static readonly eventName = 'co-frame-shown';
  readonly frame: Frame;

  constructor(frame: Frame) {
    super(CoFrameShownEvent.eventName, FACT);
    this.frame = frame;
  }
}

/** The camera moved, whoever moved it. */
export class CoCameraChangedEvent extends Event {
  static readonly eventName = 'co-camera-changed';
  readonly camera: CameraPose;

  constructor(camera: CameraPose) {
    super(CoCameraChangedEvent.eventName, FACT);
    this.camera = camera;
  }
}

/** Atoms were measured, to the nearest image where the cell is periodic. */
export class CoMeasuredEvent extends Event {
  static readonly eventName = 'co-measured';
  /** Two for a distance, three for an angle at the second, four for a dihedral about the second and third. */
  readonly atoms: readonly number[];
  readonly kind: 'distance' | 'angle' | 'dihedral';
  /** Angstrom for a distance, degrees for angles. */
  readonly value: number;

  constructor(atoms: readonly number[], value: number, kind: 'distance' | 'angle' | 'dihedral') {
    super(CoMeasuredEvent.eventName, FACT);
    this.atoms = atoms;
    this.value = value;
    this.kind = kind;
  }

  /** Angstrom; undefined for angles. */
  get distance(): number | undefined {
    return this.kind === 'distance' ? this.value : undefined;
  }
}

/** Something an element was asked to do failed. */
export class CoErrorEvent extends Event {
  static readonly eventName = 'co-error';
  readonly error: CovalenceError;
  /** Whether the element stands for it with a sentence of its own; if not, the page may want to say something. */
  readonly isShown: boolean;

  constructor(error: CovalenceError, isShown: boolean = true) {
    super(CoErrorEvent.eventName, FACT);
    this.error = error;
    this.isShown = isShown;
  }
}

/** Files were dropped. Cancel it to do something else than opening them in this viewer, in this page only. */
export class CoFileDropEvent extends Event {
  static readonly eventName = 'co-file-drop';
  readonly files: readonly File[];

  constructor(files: readonly File[]) {
    super(CoFileDropEvent.eventName, { ...FACT, cancelable: true });
    this.files = files;
  }
}

/** The room behind an element is another one now, or none. Does not bubble. */
export class CoRoomChangedEvent extends Event {
  static readonly eventName = 'co-room-changed';
  readonly room: Room | undefined;

  constructor(room: Room | undefined) {
    super(CoRoomChangedEvent.eventName);
    this.room = room;
  }
}

/** The person here changed their name or colour. */
export class CoPersonChangedEvent extends Event {
  static readonly eventName = 'co-person-changed';
  readonly name: string;
  readonly color: string;

  constructor(name: string, color: string) {
    super(CoPersonChangedEvent.eventName, FACT);
    this.name = name;
    this.color = color;
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'co-selection-changed': CoSelectionChangedEvent;
    'co-hover': CoHoverEvent;
    'co-frame-shown': CoFrameShownEvent;
    'co-camera-changed': CoCameraChangedEvent;
    'co-measured': CoMeasuredEvent;
    'co-error': CoErrorEvent;
    'co-file-drop': CoFileDropEvent;
    'co-room-changed': CoRoomChangedEvent;
    'co-person-changed': CoPersonChangedEvent;
  }
}
