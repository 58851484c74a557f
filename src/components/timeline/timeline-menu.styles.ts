import { css, type CSSResult } from 'lit';

/** The menu of a timeline, and the line that says who leads. */
export const timelineMenuStyles: CSSResult = css`
  .menu {
    position: fixed;
    inset: auto;
    box-sizing: border-box;
    width: min(300px, calc(100vw - 16px));
    max-height: min(520px, calc(100vh - 96px));
    margin: 0;
    padding: 12px;
    overflow: auto;
    border: 0;
    border-radius: 12px;
    background: var(--_raised);
    color: var(--_text);
    box-shadow: var(--_float);
  }

  .menu:popover-open {
    display: grid;
    gap: 8px;
  }

  .menu label {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
    color: var(--_muted);
  }

  .menu .smooth {
    justify-content: start;
    gap: 6px;
  }

  .menu .smooth input {
    margin: 0;
    accent-color: var(--_accent);
  }

  .menu .smooth small {
    margin-left: auto;
  }

  .menu select {
    max-width: 190px;
    color: var(--_text);
    text-align: right;
  }

  .menu .row {
    display: flex;
    flex-wrap: wrap;
    gap: 2px;
    margin: 0 -4px;
  }

  .menu .row button {
    flex: 1;
  }

  .menu h3 {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
    min-height: 28px;
    margin: 4px 0 -4px;
    padding-top: 8px;
    border-top: 1px solid var(--_border);
    font-size: 12px;
    font-weight: 600;
    color: var(--_muted);
  }

  .menu small {
    font-size: 11px;
    font-weight: 400;
    color: var(--_muted);
  }

  .menu p {
    margin: 0 0 4px;
    color: var(--_muted);
  }

  .menu ul {
    display: grid;
    margin: 0 -4px;
    padding: 0;
    list-style: none;
  }

  .menu li {
    display: flex;
    align-items: center;
    min-width: 0;
  }

  .menu li .name {
    flex: 1;
    min-width: 0;
    justify-content: flex-start;
  }

  .menu li .name span {
    overflow: hidden;
    text-overflow: ellipsis;
  }

  .menu li .rename {
    flex: 1;
    min-width: 0;
  }

  .menu .present {
    margin-top: 4px;
    border: 1px solid var(--_border-strong);
  }

  .lead {
    position: absolute;
    inset: auto 12px calc(100% + 12px);
    display: grid;
    justify-items: center;
    pointer-events: none;
    z-index: 2;
  }

  .lead > div {
    display: flex;
    align-items: center;
    gap: 2px;
    max-width: 100%;
    padding: 2px 4px 2px 12px;
    border-radius: 999px;
    background: var(--_raised);
    box-shadow: var(--_float);
    pointer-events: auto;
  }

  .lead i {
    flex: none;
    width: 9px;
    height: 9px;
    margin-right: 6px;
    border-radius: 50%;
    background: var(--_swatch);
  }

  .lead span {
    margin-right: 6px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .lead button {
    border-radius: 999px;
    color: var(--_accent);
    font-weight: 500;
  }
`;
