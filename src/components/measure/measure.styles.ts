import { css, type CSSResult } from 'lit';

/** What `<co-measure>` adds to the look of rows. */
export const measureStyles: CSSResult = css`
  .name {
    padding: 0;
  }

  .kind {
    flex: none;
    min-width: 58px;
    text-align: left;
  }

  /* Every atom is named, on a second line where one is too short. */
  .atoms {
    min-width: 0;
    padding: 2px 0;
    color: var(--_muted);
    font-size: 12px;
    text-align: left;
    white-space: normal;
  }

  output {
    white-space: nowrap;
  }

  .icon {
    color: var(--_muted);
  }

  .plain {
    margin-top: 8px;
    width: 100%;
    border: 1px solid var(--_border);
    color: var(--_muted);
  }
`;
