/** Registers every element under its usual name; the only import of the package with a side effect. */
import { CoConflicts } from './conflicts/conflicts.ts';
import { CoHistory } from './history/history.ts';
import { CoInspector } from './inspector/inspector.ts';
import { CoMeasure } from './measure/measure.ts';
import { CoPeople } from './people/people.ts';
import { CoPlot } from './plot/plot.ts';
import { CoRoom } from './room/co-room.ts';
import { ensureContextRoot } from './room-context.ts';
import { CoSelections } from './selections/selections.ts';
import { CoStatus } from './status/status.ts';
import { CoTimeline } from './timeline/timeline.ts';
import { CoViewer } from './viewer/viewer.ts';
import { CoVisualiser } from './visualiser/visualiser.ts';
import { CoViews } from './views/views.ts';

const ELEMENTS = {
  'co-room': CoRoom,
  'co-viewer': CoViewer,
  'co-timeline': CoTimeline,
  'co-selections': CoSelections,
  'co-people': CoPeople,
  'co-plot': CoPlot,
  'co-inspector': CoInspector,
  'co-status': CoStatus,
  'co-conflicts': CoConflicts,
  'co-history': CoHistory,
  'co-views': CoViews,
  'co-visualiser': CoVisualiser,
  'co-measure': CoMeasure,
} as const;

// Without a document (server rendering) there is nothing to register with; twice loaded, the first copy stays.
if (typeof customElements !== 'undefined') {
  ensureContextRoot();
  for (const [name, Element] of Object.entries(ELEMENTS)) {
    if (customElements.get(name) === undefined) customElements.define(name, Element);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'co-room': CoRoom;
    'co-viewer': CoViewer;
    'co-timeline': CoTimeline;
    'co-selections': CoSelections;
    'co-people': CoPeople;
    'co-plot': CoPlot;
    'co-inspector': CoInspector;
    'co-status': CoStatus;
    'co-conflicts': CoConflicts;
    'co-history': CoHistory;
    'co-views': CoViews;
    'co-measure': CoMeasure;
    'co-visualiser': CoVisualiser;
  }
}
