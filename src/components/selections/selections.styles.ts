import { css, type CSSResult } from 'lit';

/** What `<co-selections>` adds to the look of rows. */
export const selectionsStyles: CSSResult = css`
  :host {
    position: relative;
  }

  li {
    flex-wrap: wrap;
    gap: 4px;
  }

  .color {
    width: 24px;
    min-height: 24px;
    padding: 0;
    flex: none;
  }

  .name {
    padding: 0 4px;
    min-height: 28px;
    text-align: left;
  }

  .name span {
    overflow: hidden;
    text-overflow: ellipsis;
  }

  .hidden-atoms .name span {
    color: var(--_faint);
    text-decoration: line-through;
    text-decoration-color: var(--_faint);
  }

  .count {
    color: var(--_muted);
    white-space: nowrap;
    font-size: 12px;
  }

  .actions {
    display: flex;
    color: var(--_muted);
  }

  /* Where a pointer hovers, the row shows either what it is or what can be done with it. */
  @media (hover: hover) {
    li:not(:hover, :focus-within) .actions button:not([aria-pressed='true']),
    li:has(.actions):is(:hover, :focus-within) .count,
    li:has(.actions):is(:hover, :focus-within) .current {
      display: none;
    }
  }

  .actions button[aria-pressed='true'] {
    background: none;
    color: var(--_muted);
  }

  input.rename {
    flex: 1;
    min-width: 0;
    margin: 0 2px 0 0;
  }

  .plain {
    margin-top: 12px;
    width: 100%;
    border: 1px solid var(--_border);
  }

  .problem {
    flex-basis: 100%;
    margin: 0 0 6px 28px;
    color: var(--_danger);
    font-size: 12px;
    line-height: 16px;
  }

  .by-expression {
    display: flex;
    justify-content: space-between;
    color: var(--_muted);
  }

  .current {
    padding: 0 6px;
    border-radius: 8px;
    background: var(--_accent-soft);
    color: var(--_accent);
    font-size: 11px;
    line-height: 16px;
    flex: none;
  }
`;
