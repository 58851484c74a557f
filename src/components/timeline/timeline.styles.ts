import { css, type CSSResult } from 'lit';

/** Layout and look of `<co-timeline>`. */
export const timelineStyles: CSSResult = css`
  :host {
    position: relative;
    display: grid;
    grid-template-columns: auto minmax(80px, 1fr) auto;
    align-items: center;
    gap: 12px;
    min-height: 36px;
    padding: 8px 12px;
    background: var(--_surface);
    container-type: inline-size;
  }

  [hidden] {
    display: none !important;
  }

  .buttons,
  .where {
    display: flex;
    align-items: center;
    gap: 2px;
  }

  .buttons .play {
    background: var(--_accent);
    color: var(--_on-accent);
    border-radius: 50%;
    width: 32px;
    min-height: 32px;
    margin: 0 2px;
  }

  .buttons .play:hover {
    background: color-mix(in oklab, var(--_accent) 88%, var(--_text));
  }

  .track {
    position: relative;
    height: 40px;
    min-width: 0;
  }

  canvas {
    position: absolute;
    inset: 0 6px;
    width: calc(100% - 12px);
    height: 100%;
    color: var(--co-curve, var(--_accent));
    border-bottom: 1px solid var(--_border);
    /* A change of theme is noticed by the end of this. */
    transition: color 1ms step-end !important;
  }

  canvas.cached {
    inset: auto 6px -1px;
    height: 3px;
    border: 0;
    border-radius: 1.5px;
    color: var(--_faint);
    image-rendering: pixelated;
  }

  .groove {
    position: absolute;
    inset: auto 6px 0;
    height: 2px;
    border-radius: 1px;
    background: var(--_border);
    overflow: hidden;
  }

  .groove span {
    display: block;
    height: 100%;
    background: var(--_faint);
  }

  .bar {
    position: absolute;
    inset: calc(50% - 2px) 6px auto;
    height: 4px;
    border-radius: 2px;
    background: var(--_border);
    overflow: hidden;
  }

  .bar span {
    display: block;
    height: 100%;
    background: var(--_accent);
  }

  .track:has(.bar) canvas:not(.cached) {
    visibility: hidden;
  }

  .track:has(.bar) canvas.cached {
    inset: calc(50% - 2px) 6px auto;
    height: 4px;
  }

  .track:has(.bar) .head {
    inset: calc(50% - 7px) auto auto;
    height: 14px;
    background: none;
  }

  .track:has(.bar) .head::after {
    bottom: 0;
    left: -6px;
    width: 14px;
    height: 14px;
  }

  .head {
    position: absolute;
    top: 0;
    bottom: 0;
    width: 2px;
    margin-left: -1px;
    border-radius: 1px;
    background: var(--_head, var(--_text));
    pointer-events: none;
  }

  .head::after {
    content: '';
    position: absolute;
    left: -5px;
    bottom: -5px;
    width: 12px;
    height: 12px;
    border-radius: 50%;
    background: var(--_head, var(--_text));
    border: 2px solid var(--_surface);
  }

  .peer {
    position: absolute;
    bottom: -3px;
    width: 8px;
    height: 8px;
    margin-left: -4px;
    border-radius: 50%;
    border: 1.5px solid var(--_surface);
    background: var(--_swatch);
    pointer-events: none;
  }

  .peer.leads {
    display: none;
  }

  .range {
    position: absolute;
    inset: 0 auto 0;
    min-width: 2px;
    border-inline: 1.5px solid var(--_accent);
    border-radius: 3px;
    background: var(--_accent-soft);
    pointer-events: none;
  }

  .flag {
    position: absolute;
    top: -5px;
    width: 11px;
    min-height: 13px;
    height: 13px;
    margin-left: -5.5px;
    padding: 0;
    border-radius: 0;
    background: var(--_swatch);
    clip-path: polygon(12% 0, 88% 0, 88% 100%, 50% 70%, 12% 100%);
  }

  .flag:hover {
    background: var(--_text);
  }

  .ghost {
    position: absolute;
    top: 0;
    bottom: 0;
    width: 1px;
    background: var(--_border-strong);
    pointer-events: none;
  }

  .ghost span {
    position: absolute;
    bottom: calc(100% - 4px);
    left: 0;
    translate: -50% 0;
    padding: 0 8px;
    border-radius: 6px;
    background: var(--_raised);
    box-shadow: var(--_float);
    font-size: 12px;
    white-space: nowrap;
    z-index: 1;
  }

  .ghost.left span {
    translate: -10% 0;
  }

  .ghost.right span {
    translate: -90% 0;
  }

  input[type='range'] {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    margin: 0;
    opacity: 0;
    cursor: ew-resize;
    touch-action: none;
  }

  .track:has(input:focus-visible) {
    outline: 2px solid var(--_accent);
    outline-offset: 3px;
    border-radius: 4px;
  }

  .where {
    grid-column: 3;
    gap: 4px;
    white-space: nowrap;
    color: var(--_muted);
  }

  .where label {
    display: flex;
    align-items: center;
    gap: 6px;
  }

  .where .number {
    min-height: 28px;
    padding: 0 6px;
    border: 1px solid transparent;
    border-radius: var(--_radius-small);
    background: none;
    text-align: right;
    color: var(--_text);
    font-weight: 500;
    appearance: textfield;
  }

  .where .number::-webkit-inner-spin-button {
    display: none;
  }

  .where .number:hover,
  .where .number:focus {
    border-color: var(--_border-strong);
    background: var(--_surface);
  }

  select {
    min-height: 28px;
    padding: 0 4px;
    border: 0;
    border-radius: var(--_radius-small);
    background: none;
    color: var(--_muted);
    cursor: pointer;
  }

  select:hover {
    background: var(--_hover);
    color: var(--_text);
  }

  option {
    background: var(--_surface);
    color: var(--_text);
  }

  @container (max-width: 620px) {
    .where .rest,
    .where .series {
      display: none;
    }
  }

  @container (max-width: 420px) {
    .where .speed,
    .buttons .step {
      display: none;
    }
  }

  @media (pointer: coarse) {
    .buttons .play {
      width: 40px;
      min-height: 40px;
    }
  }
`;
