import { css, type CSSResult } from 'lit';

/** Layout and look of the box for expressions. */
export const expressionBoxStyles: CSSResult = css`
  .expression {
    position: relative;
    margin-top: 12px;
  }

  .expression-text {
    width: 100%;
  }

  .expression-text[aria-invalid='true'] {
    border-color: var(--_danger);
  }

  .expression ul {
    position: absolute;
    z-index: 2;
    inset: 36px 0 auto;
    padding: 4px;
    border-radius: var(--_radius);
    background: var(--_raised);
    box-shadow: var(--_float);
  }

  .expression ul[hidden] {
    display: none;
  }

  .expression li {
    gap: 8px;
    flex-wrap: nowrap;
    min-height: 28px;
    margin: 0;
    padding: 0 8px;
    cursor: pointer;
  }

  .expression li b {
    flex: none;
    font-weight: 500;
  }

  .expression li span {
    flex: 1;
    overflow: hidden;
    color: var(--_muted);
    font-size: 12px;
    text-align: right;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .expression li[aria-selected='true'] {
    background: var(--_accent-soft);
    outline: 1px solid transparent;
  }

  .expression p {
    min-height: 20px;
    margin: 4px 0 0;
    color: var(--_muted);
    font-size: 12px;
    line-height: 18px;
    overflow-wrap: anywhere;
  }

  .expression p.wrong {
    color: var(--_danger);
  }
`;
