/** Keys that are not for the page while a text box is on its way. */
export interface TypedAhead {
  /** The text typed so far; from now on keys are the page's again. */
  take(): string;
}

/** Catches what is typed on the page, so that no letter meant for a box that opens late runs as a shortcut. */
export function typedAhead(): TypedAhead {
  let text = '';
  const listen = new AbortController();
  const catchKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (key === 'Backspace') text = text.slice(0, -1);
    else if (key.length === 1) text += key;
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  // First of all that hear keys: before the picture, and before the page.
  addEventListener('keydown', catchKey, { capture: true, signal: listen.signal });
  return {
    take() {
      listen.abort();
      return text;
    },
  };
}
