/** A view that waits for its turn; draws when called. */
interface Turn {
  draw: () => void;
  isUrgent: () => boolean;
}

/** What all views of a page together may take of one frame of the display. */
const FRAME_MS = 12;

let waiting: Turn[] = [];
let isAsked = false;

/**
 * Calls `draw` when the next picture is due. Where many views want to draw, those whose picture changed come first, then
 * those that refine it, and whoever finds no time any more comes first in the next frame: the page stays at hand.
 */
export function takeTurn(draw: () => void, isUrgent: () => boolean): number {
  waiting.push({ draw, isUrgent });
  if (!isAsked) {
    isAsked = true;
    requestAnimationFrame(drawTurns);
  }
  return 1;
}

function drawTurns(): void {
  const due = waiting.toSorted((a, b) => Number(b.isUrgent()) - Number(a.isUrgent()));
  waiting = [];
  isAsked = false;
  const end = performance.now() + FRAME_MS;
  let drawn = 0;
  try {
    do {
      drawn += 1;
      due[drawn - 1].draw();
    } while (drawn < due.length && performance.now() < end);
  } finally {
    const asked = waiting;
    waiting = [];
    for (const { draw, isUrgent } of [...due.slice(drawn), ...asked]) takeTurn(draw, isUrgent);
  }
}
