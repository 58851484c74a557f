import { css, type CSSResult } from 'lit';

/** What `<co-history>` adds to the look of rows. */
export const historyStyles: CSSResult = css`
  li {
    min-height: 44px;
    padding: 4px 4px 4px 8px;
  }

  i {
    flex: none;
    align-self: start;
    width: 8px;
    height: 8px;
    margin-top: 6px;
    border-radius: 50%;
    background: var(--_swatch, var(--_faint));
  }

  .text {
    flex: 1;
    min-width: 0;
  }

  .text span {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .text .when {
    color: var(--_muted);
    font-size: 12px;
    line-height: 16px;
  }

  .undone .what {
    color: var(--_faint);
    text-decoration: line-through;
  }

  li button {
    flex: none;
    color: var(--_muted);
  }

  .more {
    width: 100%;
    margin-top: 4px;
    border: 1px solid var(--_border);
  }

  .failed {
    margin: 0;
    color: var(--_danger);
  }

  @media (hover: hover) {
    li:not(:hover, :focus-within) button {
      opacity: 0;
    }
  }
`;
