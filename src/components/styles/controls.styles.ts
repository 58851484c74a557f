import { css, type CSSResult } from 'lit';

/** Buttons, fields and floating surfaces, alike in every element. */
export const controls: CSSResult = css`
  button,
  input,
  select {
    font: inherit;
    font-variant-numeric: inherit;
    color: inherit;
    letter-spacing: inherit;
  }

  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-height: 28px;
    padding: 0 8px;
    border: 0;
    border-radius: var(--_radius-small);
    background: none;
    cursor: pointer;
    white-space: nowrap;
    user-select: none;
  }

  button:hover {
    background: var(--_hover);
  }

  button:active,
  button[aria-pressed='true'],
  button[aria-expanded='true'] {
    background: var(--_pressed);
  }

  button[aria-pressed='true'] {
    background: var(--_accent-soft);
    color: var(--_accent);
  }

  button:disabled {
    opacity: 0.4;
    cursor: default;
    background: none;
  }

  button.icon {
    width: 28px;
    padding: 0;
    flex: none;
  }

  button.primary {
    background: var(--_accent);
    color: var(--_on-accent);
    font-weight: 500;
    padding: 0 12px;
  }

  button.primary:hover {
    background: color-mix(in oklab, var(--_accent) 88%, var(--_text));
  }

  button.danger:hover {
    color: var(--_danger);
  }

  svg {
    display: block;
    flex: none;
  }

  input[type='text'],
  input[type='search'],
  input:not([type]) {
    min-height: 28px;
    padding: 0 8px;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius-small);
    background: var(--_surface);
    min-width: 0;
  }

  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 1px;
  }

  :focus:not(:focus-visible) {
    outline: none;
  }

  /* Without it, what only screen readers read would lie below the page and make that longer. */
  :host {
    position: relative;
  }

  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  @media (pointer: coarse) {
    button {
      min-height: 36px;
    }
    button.icon {
      width: 36px;
    }
  }

  @media (prefers-reduced-motion: reduce) {
    *,
    ::before,
    ::after {
      animation-duration: 0.01ms !important;
      animation-iteration-count: 1 !important;
      transition: none !important;
    }
  }

  @media (forced-colors: active) {
    button[aria-pressed='true'] {
      outline: 2px solid Highlight;
    }
  }
`;
