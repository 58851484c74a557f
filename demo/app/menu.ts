/** Between a menu and its button, and the edge of the window. */
const GAP_PX = 4;

/** Puts an open menu under its button, or above it where there is no room, and the focus on its first item. */
export function placeMenu(menu: HTMLElement, button: HTMLElement): void {
  const { top, right, bottom } = button.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const { offsetHeight, offsetWidth } = menu;
  const isBelow = bottom + GAP_PX + offsetHeight <= clientHeight;
  const place = {
    top: isBelow ? bottom + GAP_PX : Math.max(GAP_PX, top - GAP_PX - offsetHeight),
    left: Math.max(GAP_PX, Math.min(right, clientWidth - GAP_PX) - offsetWidth),
  };
  menu.style.inset = `${place.top}px auto auto ${place.left}px`;
  // What it belongs to goes away under it.
  addEventListener('scroll', () => menu.hidePopover(), { once: true, capture: true, passive: true });
  menu.querySelector<HTMLElement>('[role=menuitem]')?.focus();
}

/** Moves the focus through a menu by keys. Escape and leaving it close it, as with every popover. */
export function menuKey(event: KeyboardEvent): void {
  const menu = event.currentTarget as HTMLElement;
  if (event.key === 'Tab') {
    menu.hidePopover();
    return;
  }
  const items = [...menu.querySelectorAll<HTMLElement>('[role=menuitem]')];
  const at = items.findIndex((item) => item === document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  items.at(to % items.length)?.focus();
}
