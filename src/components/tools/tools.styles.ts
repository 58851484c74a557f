import { css, type CSSResult } from 'lit';

/** Look of tools and of what they draw; comes with them. */
export const toolsStyles: CSSResult = css`
  :host([mode='lasso']) .stage,
  :host([mode='angle']) .stage,
  :host([mode='dihedral']) .stage {
    cursor: crosshair;
  }

  :host([mode='move']) .stage.on-tool,
  :host([mode='move']) .stage.on-atom {
    cursor: move;
  }

  .strokes {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    overflow: visible;
  }

  .lasso {
    fill: var(--_accent-soft);
    stroke: var(--_accent);
    stroke-linejoin: round;
  }

  .gizmo {
    fill: none;
    stroke-width: 2.5;
    stroke-linecap: round;
    paint-order: stroke;
    filter: drop-shadow(0 0 1.5px rgb(0 0 0 / 45%));
  }

  .gizmo .axis {
    stroke: var(--_axis);
    fill: var(--_axis);
  }

  .gizmo .x {
    --_axis: light-dark(#d83a3a, #ff6b6b);
  }

  .gizmo .y {
    --_axis: light-dark(#2b9348, #62d27f);
  }

  .gizmo .z {
    --_axis: light-dark(#2a6fdb, #6ea8ff);
  }

  .gizmo text {
    stroke: none;
    font: 600 11px/1 var(--_font);
    text-anchor: middle;
    dominant-baseline: central;
  }

  .gizmo polygon {
    stroke-width: 1;
  }

  .gizmo .ring {
    stroke: var(--_accent);
    opacity: 0.55;
  }

  .gizmo .plane {
    fill: color-mix(in srgb, var(--_accent) 30%, transparent);
    stroke: var(--_accent);
    stroke-width: 2;
  }

  .gizmo[data-held='x'] .x,
  .gizmo[data-held='y'] .y,
  .gizmo[data-held='z'] .z {
    stroke-width: 4.5;
  }

  .gizmo[data-held='ring'] .ring {
    opacity: 1;
    stroke-width: 4;
  }

  .gizmo[data-held='plane'] .plane {
    fill: color-mix(in srgb, var(--_accent) 65%, transparent);
  }

  .measurement {
    position: absolute;
    left: 0;
    top: 0;
    visibility: hidden;
    will-change: transform;
    padding: 0 8px;
    border-radius: 10px;
    background: var(--_raised);
    box-shadow: var(--_float);
    font-size: 12px;
    font-weight: 500;
    white-space: nowrap;
  }

  .picked {
    width: 0;
    height: 0;
  }

  .picked span {
    position: absolute;
    translate: -50% -50%;
    width: 18px;
    border-radius: 50%;
    background: var(--_accent);
    color: var(--_on-accent);
    font-size: 11px;
    line-height: 18px;
    font-weight: 600;
    text-align: center;
    box-shadow: 0 0 0 2px var(--_raised);
  }

  .mode-bar {
    position: absolute;
    left: 50%;
    top: 12px;
    translate: -50% 0;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: center;
    gap: 2px;
    max-width: calc(100% - 108px);
    padding: 3px;
    border-radius: var(--_radius);
    background: color-mix(in srgb, var(--_raised) 94%, transparent);
    backdrop-filter: blur(8px);
    box-shadow: var(--_float);
    font-size: 13px;
  }

  .mode-bar .hint {
    padding: 0 8px;
    color: var(--_muted);
    white-space: nowrap;
  }

  .mode-bar .note {
    max-width: 44ch;
    padding: 4px 8px;
    color: var(--_text);
    white-space: normal;
  }
`;
