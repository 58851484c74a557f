import { css, type CSSResult } from 'lit';

/** Layout and look of `<co-viewer>`. */
export const viewerStyles: CSSResult = css`
  :host {
    display: block;
    position: relative;
    overflow: hidden;
    contain: strict;
    /* Who gives a height gets all of the width; who gives none, a height that goes with it. */
    width: 100%;
    width: -webkit-fill-available;
    width: stretch;
    aspect-ratio: 4 / 3;
    min-height: 120px;
    background: var(--_background);
    --_cell: light-dark(#8a92a3, #6d7585);
  }

  .stage,
  canvas,
  .overlay {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
  }

  .stage {
    touch-action: none;
    cursor: grab;
    outline: none;
  }

  .stage:not(.by-hand):focus-visible::after {
    content: '';
    position: absolute;
    inset: 0;
    border: 2px solid var(--_accent);
    border-radius: inherit;
    pointer-events: none;
  }

  .stage:active {
    cursor: grabbing;
  }

  :host([mode='box']) .stage,
  :host([mode='measure']) .stage {
    cursor: crosshair;
  }

  .stage.on-atom {
    cursor: pointer;
  }

  /* The canvas's own colours carry the theme to the scene; see scene-host.ts. */
  canvas {
    display: block;
    background-color: var(--_background);
    color: var(--co-cell, var(--_cell));
    outline: 0 solid var(--co-highlight, var(--_accent));
    transition: background-color 1ms step-end !important;
  }

  .overlay {
    pointer-events: none;
    overflow: hidden;
  }

  .anchored {
    position: absolute;
    left: 0;
    top: 0;
    will-change: transform;
    visibility: hidden;
  }

  .tooltip {
    max-width: min(320px, 80%);
    padding: 8px 12px;
    border-radius: var(--_radius);
    background: color-mix(in srgb, var(--_raised) 94%, transparent);
    backdrop-filter: blur(8px);
    box-shadow: var(--_float);
    font-size: 12px;
    line-height: 18px;
  }

  .tooltip .title {
    display: flex;
    gap: 6px;
    font-size: 13px;
  }

  .tooltip .title span {
    color: var(--_muted);
  }

  .tooltip .index {
    margin-left: auto;
    padding-left: 12px;
  }

  .tooltip dl {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 0 12px;
    margin: 4px 0 0;
  }

  .tooltip dt {
    color: var(--_muted);
  }

  .tooltip dd {
    margin: 0;
    text-align: right;
    white-space: pre;
    overflow: hidden;
    text-overflow: ellipsis;
  }

  .peer {
    width: 0;
    height: 0;
    color: var(--_person);
  }

  .peer::before {
    content: '';
    position: absolute;
    width: 22px;
    height: 22px;
    margin: -11px;
    border: 2px solid currentColor;
    border-radius: 50%;
  }

  .peer span {
    position: absolute;
    left: 12px;
    top: 8px;
    padding: 0 6px;
    border-radius: 4px 10px 10px;
    background: var(--_person);
    color: #fff;
    font-size: 11px;
    line-height: 17px;
    font-weight: 500;
    white-space: nowrap;
    text-shadow: 0 0 2px rgb(0 0 0 / 50%);
  }

  .rectangle {
    position: absolute;
    border: 1px solid var(--_accent);
    background: var(--_accent-soft);
    border-radius: 2px;
  }

  .toolbar {
    position: absolute;
    top: 12px;
    left: 12px;
    display: flex;
    flex-flow: column wrap;
    gap: 2px;
    max-height: calc(100% - 24px);
    padding: 3px;
    border-radius: var(--_radius);
    background: color-mix(in srgb, var(--_raised) 88%, transparent);
    backdrop-filter: blur(8px);
    box-shadow: var(--_float);
  }

  .notice {
    position: absolute;
    inset: 0;
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    gap: 4px;
    padding: 24px;
    text-align: center;
    pointer-events: none;
  }

  .notice > * {
    max-width: 52ch;
  }

  .notice svg {
    width: 24px;
    height: 24px;
    margin-bottom: 8px;
    color: var(--_faint);
  }

  .notice.error svg {
    color: var(--_danger);
  }

  .notice strong {
    font-size: 15px;
    font-weight: 600;
  }

  .notice .detail {
    color: var(--_muted);
    overflow-wrap: anywhere;
    user-select: text;
    pointer-events: auto;
  }

  /* Nothing flashes when a picture comes at once. */
  .notice.busy {
    animation: appear 0.2s 0.35s both;
  }

  progress {
    width: 200px;
    height: 4px;
    margin-top: 12px;
    appearance: none;
    border: 0;
    border-radius: 2px;
    overflow: hidden;
    background: var(--_border);
  }

  progress::-webkit-progress-bar {
    background: none;
  }

  progress::-webkit-progress-value {
    background: var(--_accent);
  }

  progress::-moz-progress-bar {
    background: var(--_accent);
  }

  .spinner {
    width: 22px;
    height: 22px;
    margin-bottom: 8px;
    border: 2px solid var(--_border-strong);
    border-top-color: var(--_accent);
    border-radius: 50%;
    animation: turn 0.9s linear infinite;
  }

  :host([dropping])::after {
    content: 'Drop to open';
    position: absolute;
    inset: 8px;
    display: grid;
    place-items: center;
    border: 2px dashed var(--_accent);
    border-radius: 12px;
    background: color-mix(in srgb, var(--_surface) 80%, transparent);
    color: var(--_accent);
    font-size: 16px;
    font-weight: 600;
  }

  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }

  @keyframes appear {
    from {
      opacity: 0;
    }
  }
`;
