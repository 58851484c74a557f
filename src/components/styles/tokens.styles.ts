import { css, type CSSResult } from 'lit';

/**
 * Colours, sizes and type of every element. Pages set the `--co-*` properties; elements read the private ones. Light or
 * dark follows the page's `color-scheme`.
 */
export const tokens: CSSResult = css`
  :host {
    --_background: var(--co-background, light-dark(#f3f4f6, #0f1114));
    --_surface: var(--co-surface, light-dark(#ffffff, #17191e));
    --_raised: var(--co-raised, light-dark(#ffffff, #202329));
    --_sunken: var(--co-sunken, light-dark(#f0f1f4, #101216));
    --_hover: var(--co-hover, light-dark(rgb(20 24 40 / 5.5%), rgb(255 255 255 / 7%)));
    --_pressed: light-dark(rgb(20 24 40 / 10%), rgb(255 255 255 / 12%));
    --_border: var(--co-border, light-dark(rgb(20 24 40 / 11%), rgb(255 255 255 / 11%)));
    --_border-strong: light-dark(rgb(20 24 40 / 24%), rgb(255 255 255 / 24%));
    --_text: var(--co-text, light-dark(#191c22, #eceef2));
    --_muted: var(--co-muted, light-dark(#5b6270, #a0a7b4));
    --_faint: light-dark(#868d9a, #737b89);
    --_accent: var(--co-accent, light-dark(#4350d6, #98a2ff));
    --_on-accent: var(--co-on-accent, light-dark(#ffffff, #12142b));
    --_accent-soft: light-dark(rgb(67 80 214 / 11%), rgb(152 162 255 / 17%));
    --_danger: var(--co-danger, light-dark(#b3261e, #ff9a90));
    --_good: light-dark(#12805c, #4fd0a1);
    --_warn: light-dark(#a15c00, #f0b357);
    --_float: 0 0 0 1px var(--_border), 0 1px 2px rgb(10 14 30 / 8%), 0 8px 24px rgb(10 14 30 / 14%);
    --_radius: var(--co-radius, 8px);
    --_radius-small: calc(var(--_radius) * 0.75);
    --_font: var(
      --co-font,
      Inter,
      ui-sans-serif,
      system-ui,
      -apple-system,
      'Segoe UI',
      Roboto,
      'Helvetica Neue',
      sans-serif
    );
    font: 400 13px/20px var(--_font);
    font-variant-numeric: tabular-nums;
    color: var(--_text);
    -webkit-tap-highlight-color: transparent;
  }

  :host([theme='light']) {
    color-scheme: light;
  }

  :host([theme='dark']) {
    color-scheme: dark;
  }

  :host([hidden]) {
    display: none !important;
  }

  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
`;
