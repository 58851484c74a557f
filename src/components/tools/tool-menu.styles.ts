import { css, type CSSResult } from 'lit';

/** Look of the menus of selecting and of cell and copies. */
export const toolMenuStyles: CSSResult = css`
  .tool-menu {
    position: absolute;
    top: 12px;
    left: 56px;
    width: 272px;
    max-width: calc(100% - 68px);
    max-height: calc(100% - 24px);
    overflow: auto;
    padding: 10px 12px 12px;
    border-radius: var(--_radius);
    background: var(--_raised);
    box-shadow: var(--_float);
  }

  .tool-menu header {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-bottom: 4px;
  }

  .tool-menu h2 {
    margin: 0;
    font-size: 14px;
    font-weight: 600;
  }

  .tool-menu .count {
    margin-right: auto;
    color: var(--_muted);
    font-size: 12px;
  }

  .tool-menu .grid {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 2px 6px;
  }

  .tool-menu button:not(.icon) {
    justify-content: space-between;
    width: 100%;
    min-width: 0;
  }

  .tool-menu kbd {
    padding: 0 5px;
    border: 1px solid var(--_border-strong);
    border-radius: 5px;
    font: 500 11px/17px var(--_font);
    color: var(--_muted);
    white-space: nowrap;
  }

  .tool-menu button span {
    overflow: hidden;
    text-overflow: ellipsis;
  }

  @media (pointer: coarse) {
    .tool-menu kbd {
      display: none;
    }
  }
`;
