import { css, type CSSResult } from 'lit';

/** Layout and look of `<co-people>`. */
export const peopleStyles: CSSResult = css`
  :host {
    display: inline-flex;
    position: relative;
  }

  ul {
    display: flex;
    gap: 6px;
    margin: 0;
    padding: 0;
    list-style: none;
  }

  .avatar {
    display: grid;
    place-items: center;
    width: 28px;
    min-height: 28px;
    padding: 0;
    border-radius: 50%;
    background: var(--_swatch);
    color: #fff;
    font-size: 11px;
    font-weight: 600;
    letter-spacing: 0.02em;
    text-shadow: 0 0 3px rgb(0 0 0 / 45%);
    box-shadow: 0 0 0 2px var(--_surface);
    cursor: default;
    forced-color-adjust: none;
  }

  button.avatar {
    cursor: pointer;
  }

  button.avatar:hover {
    background: color-mix(in oklab, var(--_swatch) 85%, var(--_text));
  }

  button.avatar.leads {
    box-shadow:
      0 0 0 2px var(--_surface),
      0 0 0 4px var(--_swatch);
  }

  button.avatar.followed {
    box-shadow:
      0 0 0 2px var(--_surface),
      0 0 0 4px var(--_text);
  }

  button.avatar[aria-pressed='true'] {
    background: var(--_swatch);
    color: #fff;
  }

  .more {
    background: var(--_sunken);
    color: var(--_muted);
    text-shadow: none;
  }

  form {
    display: grid;
    gap: 12px;
    width: 152px;
  }

  label {
    display: grid;
    gap: 4px;
    font-size: 12px;
    color: var(--_muted);
  }

  label input {
    width: 100%;
    color: var(--_text);
    font-size: 13px;
  }
`;
