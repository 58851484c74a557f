import { html, type TemplateResult } from 'lit';

/**
 * The field in place of a name that is being changed. `done` gets the new name when Enter is pressed or the field is
 * left, undefined when there is none: after Escape, or when the text is empty or the same. `isByKey` where a key ended
 * it.
 */
export function renameBox(name: string, done: (text: string | undefined, isByKey: boolean) => void): TemplateResult {
  let isOver = false;
  const end = (text: string | undefined, isByKey: boolean): void => {
    // A field that goes after a key is left, too.
    if (isOver) return;
    isOver = true;
    done(text, isByKey);
  };
  const take = (event: Event, isByKey: boolean): void => {
    const text = (event.target as HTMLInputElement).value.trim();
    end(text === '' || text === name ? undefined : text, isByKey);
  };
  const onKey = (event: KeyboardEvent): void => {
    // Letters are the name's and no shortcuts.
    event.stopPropagation();
    if (event.key === 'Enter') take(event, true);
    else if (event.key === 'Escape') {
      event.preventDefault();
      end(undefined, true);
    }
  };
  return html`<input
    class="rename"
    aria-label="Name"
    maxlength="80"
    .value=${name}
    @keydown=${onKey}
    @blur=${(event: FocusEvent) => take(event, false)}
  />`;
}
