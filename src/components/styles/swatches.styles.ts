import { css, type CSSResult } from 'lit';

/** A small floating sheet and a row of colours to choose from. */
export const swatches: CSSResult = css`
  .popover {
    position: absolute;
    z-index: 2;
    inset: auto;
    margin: 0;
    padding: 12px;
    border: 0;
    border-radius: 12px;
    background: var(--_raised);
    color: var(--_text);
    box-shadow: var(--_float);
  }

  .swatches {
    display: grid;
    grid-template-columns: repeat(5, 24px);
    gap: 8px;
  }

  .swatches button {
    width: 24px;
    min-height: 24px;
    padding: 0;
    border-radius: 50%;
    background: var(--_swatch);
    box-shadow: inset 0 0 0 1px rgb(0 0 0 / 12%);
    forced-color-adjust: none;
  }

  .swatches button:hover {
    scale: 1.12;
  }

  .swatches button[aria-checked='true'] {
    outline: 2px solid var(--_swatch);
    outline-offset: 2px;
  }

  .dot {
    display: inline-block;
    flex: none;
    width: 12px;
    height: 12px;
    border-radius: 50%;
    background: var(--_swatch, var(--_faint));
    forced-color-adjust: none;
  }
`;
