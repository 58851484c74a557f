import { css, type CSSResult } from 'lit';

/** Layout and look of `<co-measure>`. */
export const measureStyles: CSSResult = css`
  :host {
    display: block;
  }

  ul {
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
    padding: 0;
    background: none !important;
  }

  .kind {
    flex: none;
    min-width: 58px;
    text-align: left;
  }

  /* Every atom is named, on a second line where one is too short. */
  .atoms {
    min-width: 0;
    padding: 2px 0;
    color: var(--_muted);
    font-size: 12px;
    text-align: left;
    white-space: normal;
  }

  output {
    white-space: nowrap;
  }

  .icon {
    color: var(--_muted);
  }

  .empty {
    margin: 0;
    color: var(--_muted);
  }

  .plain {
    margin-top: 8px;
    width: 100%;
    border: 1px solid var(--_border);
    color: var(--_muted);
  }
`;
