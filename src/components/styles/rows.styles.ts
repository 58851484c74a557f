import { css, type CSSResult } from 'lit';

/** Lists of things that people made, a row each, and the sentence where there are none yet. */
export const rows: CSSResult = css`
  :host {
    display: block;
  }

  ul,
  ol {
    margin: 0;
    padding: 0;
    list-style: none;
  }

  li {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 36px;
    margin: 0 -8px;
    padding: 0 4px 0 8px;
    border-radius: var(--_radius-small);
  }

  li:hover,
  li:focus-within {
    background: var(--_hover);
  }

  .name {
    flex: 1;
    min-width: 0;
    justify-content: start;
    background: none !important;
  }

  .empty {
    margin: 0;
    color: var(--_muted);
  }
`;
