/**
 * The words both sides share: key grammar, records, frames, ledger, messages, routes, limits and error codes. Nothing
 * here does anything; everything here is on the wire or in a signature.
 */
export { CAPABILITIES, isCapability } from './capabilities.ts';
export type { Capability } from './capabilities.ts';

export { systemClock } from './clock.ts';
export type { Clock, Random } from './clock.ts';

export { ERROR_STATUS, CovalenceError, asCovalenceError, errorFromProblem, isCovalenceError } from './errors.ts';
export type { ErrorCode, ErrorFields, Problem } from './errors.ts';

export {
  DTYPES,
  FRAME_KEYS,
  FRAME_KEY_ALIASES,
  dtypeByteLength,
  dtypeOf,
  frameArray,
  isFrameArray,
  stringArray,
  viewAs,
} from './frames.ts';
export type {
  Dtype,
  Frame,
  FrameArray,
  FrameData,
  FrameKeyInfo,
  FrameKeyRule,
  FrameValue,
  NumericArray,
  TrajectoryInfo,
} from './frames.ts';

export { MAX_ID, MAX_IDS, decodeIds, encodeIds, idsProblem, sortIds } from './id-list.ts';
export {
  LEDGER_ROOTS,
  MAX_KEY_LENGTH,
  assertKey,
  isLedgerKey,
  keyProblem,
  normalisePrefix,
  resolveKey,
} from './keys.ts';
export type { KeyOf, KeyPrefix, StateKey } from './keys.ts';

export { LIMITS } from './limits.ts';
export type { FrameRecord, LockRecord, RoomRecord, TrajectoryRecord } from './ledger.ts';

export { CLOSE, MESSAGE, PROTOCOL_VERSION } from './messages.ts';
export type { NoticeMessage, SessionMessage } from './messages.ts';

export type { CameraPose, PlaybackPosition, PresenceState } from './presence.ts';

export { readPresence } from './records/presence.ts';
export { SCENE_SETTINGS, sceneSettingSchema } from './records/scene-settings.ts';
export type { SceneSetting } from './records/scene-settings.ts';
export { selectionSchema } from './records/selection.ts';
export type { SelectionRecord } from './records/selection.ts';
export { DEFAULT_RENDER, RENDER_PRESETS, renderPreset, resolveRender } from './records/visualiser-presets.ts';
export type { RenderPreset, ResolvedRender } from './records/visualiser-presets.ts';
export { visualiserSchema } from './records/visualiser.ts';
export type { NamedOption, VisualiserRecord } from './records/visualiser.ts';
export { bookmarkSchema, cameraSchema, chatSchema, figureSchema, playbackSchema } from './records/scene.ts';
export type {
  BookmarkRecord,
  CameraRecord,
  ChatRecord,
  FigureRecord,
  PlaybackRecord,
  Vector,
} from './records/scene.ts';

export { MAX_ROOM_NAME_LENGTH, assertRoomName, isRoomName, roomNameOfFile } from './room-name.ts';

export { CONTENT_TYPE, EXPOSED_HEADERS, HEADER, routes } from './routes.ts';
export type { RoomAddress } from './routes.ts';

export { MAX_VALUE_DEPTH, isRecord, valueByteLength, valueProblem } from './values.ts';
export type { StateRecord, StateValue } from './values.ts';
