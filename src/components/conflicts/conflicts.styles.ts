import { css, type CSSResult } from 'lit';

/** Layout and look of `<co-conflicts>`. */
export const conflictsStyles: CSSResult = css`
  :host {
    display: block;
    position: absolute;
    inset: auto 12px 12px;
    z-index: 3;
    pointer-events: none;
  }

  section {
    display: grid;
    gap: 8px;
    max-width: 500px;
    margin: 0 auto;
    padding: 12px 14px;
    border-radius: var(--_radius);
    background: var(--_raised);
    box-shadow: var(--_float);
    border-left: 3px solid var(--_warn);
    pointer-events: auto;
  }

  h2 {
    margin: 0;
    font-size: 14px;
    font-weight: 600;
  }

  p {
    margin: 0;
  }

  .mine {
    color: var(--_muted);
  }

  .failed {
    color: var(--_danger);
  }

  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin-top: 2px;
  }

  .choices button:not(.primary) {
    border: 1px solid var(--_border-strong);
  }
`;
