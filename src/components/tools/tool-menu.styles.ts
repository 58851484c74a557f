import { css, type CSSResult } from 'lit';

/** Look of the menus beside the bar: selecting, cell and copies, and the box of Show as. */
export const toolMenuStyles: CSSResult = css`
  .tool-menu,
  .show-as {
    position: absolute;
    top: 12px;
    left: 56px;
    max-width: calc(100% - 68px);
    max-height: calc(100% - 24px);
    overflow: auto;
    padding: 10px 12px 12px;
    border-radius: var(--_radius);
    background: var(--_raised);
    box-shadow: var(--_float);
  }

  .tool-menu {
    width: 272px;
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

  .tool-menu button[aria-disabled='true'] {
    opacity: 0.4;
    cursor: default;
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

  .tool-menu h3 {
    margin: 8px 0 2px;
  }

  .tool-menu fieldset {
    margin: 0;
    padding: 0;
    border: 0;
  }

  .tool-menu .check {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 28px;
  }

  .tool-menu .row {
    display: grid;
    grid-template-columns: 96px 1fr;
    align-items: center;
    gap: 8px;
    margin-top: 4px;
  }

  .tool-menu .copies {
    display: flex;
    gap: 6px;
  }

  .tool-menu select,
  .tool-menu input[type='number'] {
    width: 100%;
    min-width: 0;
    min-height: 28px;
    padding: 0 6px;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius-small);
    background: var(--_surface);
  }

  .tool-menu input[type='checkbox'] {
    margin: 0;
    accent-color: var(--_accent);
  }

  .tool-menu fieldset:disabled {
    opacity: 0.5;
  }

  .tool-menu .note {
    margin: 6px 0 0;
    color: var(--_muted);
    font-size: 12px;
    line-height: 16px;
  }

  @media (pointer: coarse) {
    .tool-menu kbd {
      display: none;
    }
  }
`;
