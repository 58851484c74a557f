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
    /* A person's hue, no brighter than white letters can be read on. */
    --_fill: color(
      from var(--_swatch) xyz-d65 calc(x * min(1, 0.175 / y)) calc(y * min(1, 0.175 / y)) calc(z * min(1, 0.175 / y))
    );
    background: var(--_fill);
    color: #fff;
    font-size: 11px;
    font-weight: 600;
    letter-spacing: 0.02em;
    box-shadow: 0 0 0 2px var(--_surface);
    cursor: default;
    forced-color-adjust: none;
  }

  button.avatar {
    cursor: pointer;
  }

  button.avatar::before {
    content: attr(data-initials);
  }

  button.avatar:hover {
    background: color-mix(in oklab, var(--_fill) 85%, #000);
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
    background: var(--_fill);
    color: #fff;
  }

  .more {
    background: var(--_sunken);
    color: var(--_muted);
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

  .popover h3 {
    margin: 12px 0 4px;
    font-size: 12px;
    font-weight: 600;
    color: var(--_muted);
  }

  .others {
    display: grid;
    gap: 0;
    max-height: 240px;
    margin: 0 -8px;
    overflow: auto;
  }

  .person {
    display: flex;
    align-items: center;
    gap: 8px;
    width: 100%;
    padding: 4px 8px;
    text-align: left;
    white-space: nowrap;
  }

  .person i {
    flex: none;
    width: 10px;
    height: 10px;
    border-radius: 50%;
    background: var(--_swatch);
    forced-color-adjust: none;
  }

  .person span {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }

  .person small {
    font-size: 12px;
    color: var(--_muted);
  }
`;
