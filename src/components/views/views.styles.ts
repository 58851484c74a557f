import { css, type CSSResult } from 'lit';

/** What `<co-views>` adds to the look of the list of selections. */
export const viewsStyles: CSSResult = css`
  li > svg {
    flex: none;
    margin: 0 4px;
    color: var(--_faint);
  }

  .save {
    gap: 6px;
    margin-left: -8px;
    padding: 0 8px;
    color: var(--_muted);
  }

  .save:hover {
    color: var(--_text);
  }
`;
