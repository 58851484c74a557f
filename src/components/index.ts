/**
 * Elements for looking at molecules and materials together. Importing this registers nothing: use
 * `covalence/components/define`, or `customElements.define` with names of your own.
 *
 * ```html
 * <script type="module" src="https://host/embed.js"></script>
 * <co-room href="https://host/r/argon"><co-viewer controls></co-viewer><co-timeline></co-timeline></co-room>
 * ```
 */

// Elements
export { CoConflicts } from './conflicts/conflicts.ts';
export { CoHistory } from './history/history.ts';
export { CoInspector } from './inspector/inspector.ts';
export { CoPeople } from './people/people.ts';
export { CoPlot } from './plot/plot.ts';
export { CoRoom } from './room/co-room.ts';
export { CoSelections } from './selections/selections.ts';
export { CoStatus } from './status/status.ts';
export { CoTimeline } from './timeline/timeline.ts';
export { CoViewer } from './viewer/viewer.ts';
export type { ViewerMode } from './viewer/viewer-mode.ts';
export { CoMeasure } from './measure/measure.ts';
export { CoViews } from './views/views.ts';
export { CoVisualiser } from './visualiser/visualiser.ts';

// Events
export {
  CoCameraChangedEvent,
  CoErrorEvent,
  CoFileDropEvent,
  CoFrameShownEvent,
  CoHoverEvent,
  CoMeasuredEvent,
  CoPersonChangedEvent,
  CoRoomChangedEvent,
  CoSelectionChangedEvent,
} from './events.ts';

// For elements of one's own
export { FrameController } from './controllers/frame-controller.ts';
export type { FrameControllerOptions } from './controllers/frame-controller.ts';
export { RoomController } from './controllers/room-controller.ts';
export type { RoomHost } from './controllers/room-controller.ts';
export { roomScalars } from './controllers/room-scalars.ts';
export type { RoomScalars } from './controllers/room-scalars.ts';
export { roomContext } from './room-context.ts';
export type { RoomSource } from './room-context.ts';
export { RoomElement } from './room-element.ts';

// Selections and people
export {
  colorSelection,
  currentSelection,
  hideSelection,
  removeSelection,
  renameSelection,
  selectAtoms,
} from './own-selection.ts';
export type { CurrentSelection, SelectMode } from './own-selection.ts';
export { loadPerson, savePerson } from './person.ts';
export type { Person } from './person.ts';

// Words
export { formatBytes, formatCount, formatLength, formatNumber, formatPlural } from './format-number.ts';

// Links
export { formatViewLink, parseViewLink } from './view-link.ts';
export type { ViewLink } from './view-link.ts';

// Files without a server
export { openFilesHere, openUrlHere } from './viewer/private-room.ts';
