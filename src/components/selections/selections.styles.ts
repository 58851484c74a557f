import { css, type CSSResult } from 'lit';

/** Layout and look of `<co-selections>`. */
export const selectionsStyles: CSSResult = css`
  :host {
    display: block;
    position: relative;
  }

  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }

  li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px;
    min-height: 36px;
    margin: 0 -8px;
    padding: 0 4px 0 8px;
    border-radius: var(--_radius-small);
  }

  li:hover,
  li:focus-within {
    background: var(--_hover);
  }

  .color {
    width: 24px;
    min-height: 24px;
    padding: 0;
    flex: none;
  }

  .name {
    flex: 1;
    min-width: 0;
    justify-content: start;
    padding: 0 4px;
    min-height: 28px;
    text-align: left;
    background: none !important;
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

  .empty {
    margin: 0;
    color: var(--_muted);
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
