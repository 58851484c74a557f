/** A rectangle in CSS pixels from the top left of the canvas. */
export interface PixelRectangle {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Keys held while pointing. */
export interface HeldKeys {
  isShift: boolean;
  isAlt: boolean;
}

/** What a tool does with a drag. */
export interface ToolDrag {
  move(at: { x: number; y: number }, keys: HeldKeys): void;
  end(keys: HeldKeys): void;
  /** Leaves everything as it was. */
  cancel(): void;
}

/** What the hand asks for. Positions and distances in CSS pixels from the top left of the canvas. */
export interface GestureTarget {
  orbit(deltaX: number, deltaY: number): void;
  pan(deltaX: number, deltaY: number): void;
  zoom(factor: number, x: number, y: number): void;
  /** The pointer rests or moves without a button; undefined when it left. */
  hover(at: { x: number; y: number } | undefined): void;
  click(x: number, y: number, keys: HeldKeys): void;
  doubleClick(x: number, y: number): void;
  /** A rectangle is being drawn; undefined when it ends, done or not. */
  drawRectangle(rectangle: PixelRectangle | undefined): void;
  selectRectangle(rectangle: PixelRectangle, keys: HeldKeys): void;
  /** Whether a plain drag draws a rectangle instead of turning. */
  isBoxMode(): boolean;
  /** A plain drag begins here: whoever returns something has it. */
  grab(x: number, y: number, keys: HeldKeys, isTouch: boolean): ToolDrag | undefined;
}

/** Movement below this many pixels is a click, not a drag. */
const SLOP = 4;
const DOUBLE_CLICK_MS = 350;
/** A finger that rests this long reads what is under it. */
const LONG_PRESS_MS = 450;

type Drag = 'orbit' | 'pan' | 'rectangle' | 'pinch' | 'tool' | 'press';

interface Pointer {
  x: number;
  y: number;
  startX: number;
  startY: number;
}

/** Turns pointer, wheel and touch events of `element` into gestures until the returned function is called. */
export function pointerGestures(element: HTMLElement, target: GestureTarget): () => void {
  const pointers = new Map<number, Pointer>();
  const events = new AbortController();
  const { signal } = events;
  let drag: Drag | undefined;
  let planned: Drag = 'orbit';
  let keys: HeldKeys = { isShift: false, isAlt: false };
  let tool: ToolDrag | undefined;
  let press: ReturnType<typeof setTimeout> | undefined;
  let hasSlid = false;
  let lastClick = { timeStamp: -Infinity, x: 0, y: 0 };

  const place = (event: MouseEvent): { x: number; y: number } => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const rectangleOf = ({ x, y, startX, startY }: Pointer): PixelRectangle => ({
    left: Math.min(x, startX),
    top: Math.min(y, startY),
    right: Math.max(x, startX),
    bottom: Math.max(y, startY),
  });
  const spread = (): { x: number; y: number; distance: number } => {
    const [a, b] = [...pointers.values()];
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, distance: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)) };
  };
  const abandon = (): void => {
    clearTimeout(press);
    if (drag === 'rectangle') target.drawRectangle(undefined);
    tool?.cancel();
    tool = undefined;
  };

  const down = (event: PointerEvent): void => {
    if (event.button > 2) return;
    try {
      element.setPointerCapture(event.pointerId);
    } catch {
      // the pointer is gone already, or a program made the event
    }
    // Shift held for a second atom must not bring up the ring that is meant for keyboards.
    element.classList.add('by-hand');
    const at = place(event);
    pointers.set(event.pointerId, { ...at, startX: at.x, startY: at.y });
    keys = heldIn(event);
    target.hover(undefined);
    if (pointers.size === 2) {
      abandon();
      drag = 'pinch';
      return;
    }
    const isPan = event.button === 1 || event.button === 2 || event.ctrlKey || event.metaKey;
    planned = isPan ? 'pan' : event.shiftKey || target.isBoxMode() ? 'rectangle' : 'orbit';
    if (event.pointerType !== 'touch' || pointers.size > 1) return;
    press = setTimeout(() => {
      if (drag !== undefined) return;
      drag = 'press';
      hasSlid = false;
      target.hover(at);
    }, LONG_PRESS_MS);
  };

  const begin = (event: PointerEvent, { startX, startY }: Pointer): void => {
    clearTimeout(press);
    drag = planned;
    if (planned !== 'pan') tool = target.grab(startX, startY, keys, event.pointerType === 'touch');
    if (tool !== undefined) drag = 'tool';
  };

  const move = (event: PointerEvent): void => {
    const pointer = pointers.get(event.pointerId);
    const at = place(event);
    if (pointer === undefined) {
      if (event.pointerType !== 'touch') target.hover(at);
      return;
    }
    const deltaX = at.x - pointer.x;
    const deltaY = at.y - pointer.y;
    const isFar = Math.hypot(at.x - pointer.startX, at.y - pointer.startY) >= SLOP;
    if (drag === undefined && isFar) begin(event, pointer);
    if (drag === 'pinch' && pointers.size === 2) {
      const before = spread();
      Object.assign(pointer, at);
      const after = spread();
      target.zoom(before.distance / after.distance, after.x, after.y);
      target.pan(after.x - before.x, after.y - before.y);
      return;
    }
    if (drag === undefined) return;
    Object.assign(pointer, at);
    if (drag === 'orbit') target.orbit(deltaX, deltaY);
    else if (drag === 'pan') target.pan(deltaX, deltaY);
    else if (drag === 'rectangle') target.drawRectangle(rectangleOf(pointer));
    else if (drag === 'tool') tool?.move(at, heldIn(event));
    else if (drag === 'press' && (hasSlid ||= isFar)) target.hover(at);
  };

  const click = (event: PointerEvent, { x, y }: Pointer): void => {
    if (event.button !== 0) return;
    const isDouble =
      event.timeStamp - lastClick.timeStamp < DOUBLE_CLICK_MS &&
      Math.hypot(x - lastClick.x, y - lastClick.y) < 2 * SLOP;
    lastClick = { timeStamp: isDouble ? -Infinity : event.timeStamp, x, y };
    if (isDouble && !keys.isShift) target.doubleClick(x, y);
    else target.click(x, y, keys);
  };

  const up = (event: PointerEvent): void => {
    const pointer = pointers.get(event.pointerId);
    if (pointer === undefined) return;
    pointers.delete(event.pointerId);
    clearTimeout(press);
    if (drag === undefined) click(event, pointer);
    else if (drag === 'press' && !hasSlid) target.click(pointer.x, pointer.y, { isShift: true, isAlt: false });
    else if (drag === 'tool') {
      tool?.end(heldIn(event));
      tool = undefined;
    } else if (drag === 'rectangle') {
      target.drawRectangle(undefined);
      target.selectRectangle(rectangleOf(pointer), keys);
    }
    if (pointers.size === 0) drag = undefined;
  };

  const cancel = (event: PointerEvent): void => {
    if (!pointers.delete(event.pointerId)) return;
    abandon();
    if (pointers.size === 0) drag = undefined;
  };

  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
    const speed = event.ctrlKey ? 0.008 : 0.0015; // a pinch on a trackpad arrives as a small wheel with ctrl
    const { x, y } = place(event);
    target.zoom(Math.exp(Math.max(-300, Math.min(300, pixels)) * speed), x, y);
  };

  element.addEventListener('pointerdown', down, { signal });
  element.addEventListener('pointermove', move, { signal });
  element.addEventListener('pointerup', up, { signal });
  element.addEventListener('pointercancel', cancel, { signal });
  // A finger that read an atom leaves its card standing.
  element.addEventListener('pointerleave', (event) => event.pointerType !== 'touch' && target.hover(undefined), {
    signal,
  });
  element.addEventListener('wheel', wheel, { signal, passive: false });
  element.addEventListener('blur', () => element.classList.remove('by-hand'), { signal });
  element.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
  return () => {
    abandon();
    events.abort();
  };
}

function heldIn({ shiftKey, altKey }: PointerEvent): HeldKeys {
  return { isShift: shiftKey, isAlt: altKey };
}
