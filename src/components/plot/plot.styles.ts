import { css, type CSSResult } from 'lit';

/** Layout and look of `<co-plot>`; the classes with u- are those of uPlot. */
export const plotStyles: CSSResult = css`
  :host {
    display: grid;
    /* No wider than its place, however long the longest name in its lists is. */
    grid-template-columns: minmax(0, 1fr);
    gap: 6px;
    min-width: 0;
  }

  .axes {
    display: flex;
    align-items: center;
    gap: 4px;
    margin-left: -4px;
    color: var(--_muted);
  }

  .axes select {
    min-width: 0;
    text-overflow: ellipsis;
    min-height: 26px;
    padding: 0 2px;
    border: 0;
    border-radius: var(--_radius-small);
    background: none;
    color: var(--_text);
    font-weight: 500;
    cursor: pointer;
  }

  .axes select:hover {
    background: var(--_hover);
  }

  option {
    background: var(--_surface);
    color: var(--_text);
  }

  .chart {
    position: relative;
    height: var(--co-plot-height, 168px);
    min-width: 0;
    /* Read by what is drawn: line, grid, words, marked points. */
    color: var(--co-curve, var(--_accent));
    border: 0 solid var(--_border);
    caret-color: var(--_muted);
    text-decoration-color: var(--_text);
    /* A change of theme is noticed by the end of this. */
    transition: color 1ms step-end !important;
  }

  .chart:focus-visible {
    border-radius: 4px;
  }

  /* As high as what it stands for: nothing below moves. */
  .failed {
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 8px;
    height: var(--co-plot-height, 168px);
  }

  p {
    margin: 0;
    color: var(--_muted);
  }

  .uplot {
    position: absolute;
    inset: 0;
  }

  .u-wrap,
  .u-over,
  .u-under,
  .u-axis,
  .u-select,
  .u-cursor-x,
  .u-cursor-y,
  .u-cursor-pt {
    position: absolute;
  }

  .u-wrap {
    user-select: none;
  }

  .u-over {
    cursor: crosshair;
    touch-action: pan-y;
  }

  .u-wrap canvas {
    display: block;
    width: 100%;
    height: 100%;
  }

  .u-select {
    background: var(--_accent-soft);
    /* An outline would show as a dot while nothing is selected. */
    box-shadow: inset 0 0 0 1px var(--_accent);
    pointer-events: none;
  }

  .u-cursor-x,
  .u-cursor-y {
    left: 0;
    top: 0;
    pointer-events: none;
  }

  .u-hz .u-cursor-x {
    height: 100%;
    border-right: 1px solid var(--_border-strong);
  }

  .u-hz .u-cursor-y,
  .u-cursor-pt,
  .u-off {
    display: none;
  }

  .now {
    position: absolute;
    top: 0;
    bottom: 0;
    width: 2px;
    margin-left: -1px;
    border-radius: 1px;
    background: var(--_text);
    pointer-events: none;
  }

  .now.point {
    bottom: auto;
    width: 11px;
    height: 11px;
    margin: -5.5px 0 0 -5.5px;
    border: 2px solid var(--_surface);
    border-radius: 50%;
  }

  .marked {
    position: absolute;
    top: 0;
    bottom: 0;
    background: var(--_accent-soft);
    pointer-events: none;
  }
`;
