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

  .empty {
    margin: 0;
    color: var(--_muted);
  }
`;
