import { css, type CSSResult } from 'lit';

/** Look of legend, labels and the menu of looks; comes with them. */
export const looksStyles: CSSResult = css`
  .label {
    translate: -50% -50%;
    font-size: 11px;
    font-weight: 600;
    line-height: 14px;
    color: #12141a;
    text-shadow:
      0 0 2px #fff,
      0 0 2px #fff,
      0 0 3px #fff,
      0 0 4px #fff;
  }

  .legend {
    position: absolute;
    left: 12px;
    bottom: 12px;
    display: flex;
    flex-direction: column;
    gap: 8px;
    max-width: min(240px, calc(100% - 24px));
    max-height: calc(100% - 24px);
    overflow: hidden;
    padding: 8px 12px;
    border-radius: var(--_radius);
    background: color-mix(in srgb, var(--_raised) 90%, transparent);
    backdrop-filter: blur(8px);
    box-shadow: var(--_float);
    font-size: 12px;
    line-height: 16px;
    pointer-events: none;
  }

  .legend span {
    color: var(--_muted);
  }

  .legend .what {
    font-weight: 500;
    color: var(--_text);
  }

  .legend .bar {
    width: 180px;
    max-width: 100%;
    height: 8px;
    margin: 4px 0 2px;
    border-radius: 4px;
    forced-color-adjust: none;
  }

  .legend .ends {
    display: flex;
    justify-content: space-between;
    width: 180px;
    max-width: 100%;
  }

  .legend .arrow {
    display: flex;
    align-items: center;
    gap: 6px;
  }

  .legend ul {
    display: flex;
    flex-wrap: wrap;
    gap: 0 10px;
    margin: 0;
    padding: 0;
    list-style: none;
  }

  .legend i {
    display: inline-block;
    width: 9px;
    height: 9px;
    margin-right: 4px;
    border-radius: 50%;
    forced-color-adjust: none;
  }

  /* A menu beside the bar, see tool-menu.styles.ts. */
  .show-as {
    width: 248px;
  }

  .show-as header {
    display: flex;
    align-items: center;
    justify-content: space-between;
  }

  .show-as h2 {
    font-size: 14px;
  }

  .show-as fieldset {
    margin: 0;
    padding: 0;
    border: 0;
  }

  .show-as label {
    display: grid;
    grid-template-columns: 76px 1fr;
    align-items: center;
    gap: 8px;
    margin-top: 6px;
  }

  .show-as select {
    width: 100%;
    min-width: 0;
    min-height: 28px;
    padding: 0 6px;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius-small);
    background: var(--_surface);
  }

  .show-as input {
    width: 100%;
    min-width: 0;
    accent-color: var(--_accent);
  }

  .show-as h3 {
    margin: 12px 0 0;
    padding-top: 10px;
    border-top: 1px solid var(--_border);
    font-size: 12px;
    font-weight: 600;
    color: var(--_muted);
  }

  .show-as .switch {
    grid-template-columns: auto 1fr;
    justify-content: start;
  }

  .show-as .switch input {
    width: 16px;
    height: 16px;
    margin: 0;
  }
`;
