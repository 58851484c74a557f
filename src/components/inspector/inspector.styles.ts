import { css, type CSSResult } from 'lit';

/** Layout and look of `<co-inspector>`. */
export const inspectorStyles: CSSResult = css`
  :host {
    display: block;
  }

  dl {
    display: grid;
    grid-template-columns: fit-content(48%) minmax(0, 1fr);
    gap: 4px 16px;
    margin: 0;
  }

  /* While it is scrubbed the numbers are those of the frame it began at. */
  dl[aria-busy='true'] dd {
    opacity: 0.4;
  }

  dt {
    color: var(--_muted);
    overflow-wrap: anywhere;
  }

  dd {
    margin: 0;
    text-align: right;
    overflow-wrap: anywhere;
    user-select: text;
  }

  /* Numbers that change while it plays keep their places. */
  dd {
    font-variant-numeric: tabular-nums;
  }

  dd .unit,
  dd .pbc {
    color: var(--_muted);
  }

  sub {
    line-height: 0;
    font-size: 0.8em;
  }

  .formula {
    font-weight: 500;
  }

  .hint {
    grid-column: 1 / -1;
    color: var(--_muted);
  }

  summary {
    border-radius: var(--_radius-small);
    color: var(--_text);
    cursor: pointer;
  }

  summary:focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }

  .long summary {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .long .text {
    max-height: 240px;
    margin-top: 4px;
    padding: 6px 8px;
    overflow: auto;
    border-radius: var(--_radius-small);
    background: var(--_sunken);
    text-align: left;
    white-space: pre-wrap;
  }

  /* Opened, a text has the whole width. */
  .long:has([open]) {
    grid-column: 1 / -1;
    text-align: left;
  }

  .more {
    margin-top: 4px;
  }

  .more > summary {
    color: var(--_muted);
  }

  .more dl {
    margin-top: 4px;
  }

  .empty {
    margin: 0;
    color: var(--_muted);
  }
`;
