import { css, type CSSResult } from 'lit';

/** Layout and look of `<co-history>`. */
export const historyStyles: CSSResult = css`
  :host {
    display: block;
  }

  ol {
    margin: 0;
    padding: 0;
    list-style: none;
  }

  li {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 44px;
    margin: 0 -8px;
    padding: 4px 4px 4px 8px;
    border-radius: var(--_radius-small);
  }

  li:hover,
  li:focus-within {
    background: var(--_hover);
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

  .empty,
  .failed {
    margin: 0;
    color: var(--_muted);
  }

  .failed {
    color: var(--_danger);
  }

  @media (hover: hover) {
    li:not(:hover, :focus-within) button {
      opacity: 0;
    }
  }
`;
