/** What a person shows of themself: the awareness state of one client. Every field may be missing (stock clients). */
export interface PresenceState {
  user?: { name: string; color: string };
  /** Session of {@link SessionMessage}: links the person to locks. */
  session?: string;
  /** Atom under the pointer and the frame it is seen in. */
  hover?: { frame_id: string; atom: number } | null;
  camera?: CameraPose | null;
  /** Frame shown now. */
  frame?: { id: string; index: number } | null;
  playback?: PlaybackPosition | null;
  /** Asks whoever holds the `presenter` lock of this fence to hand it over. */
  asks?: { fence: number } | null;
}

/** The presenter's position; believed only when `fence` is that of the `presenter` lock. */
export interface PlaybackPosition {
  fence: number;
  frame_index: number;
  playing: boolean;
  frames_per_second: number;
  /** At the last frame: `once`, `loop` (when missing) or `bounce`. */
  loop?: 'once' | 'loop' | 'bounce';
  /** Every how many frames one is shown; 1 when missing. */
  skip?: number;
  /** -1 on the way back of `bounce`. */
  direction?: 1 | -1;
  /** First and last frame played; all when missing. */
  range?: [first: number, last: number];
  /** Key of the bookmark whose frames are played. */
  bookmark?: string;
  /** Presents on purpose and is not relieved by the next who scrubs. */
  presenting?: boolean;
  /** Client id of whoever is handed the lock next. */
  next?: number;
}

/** Where the camera is. Lengths in angstrom. */
export interface CameraPose {
  position: [number, number, number];
  target: [number, number, number];
  up: [number, number, number];
  /** Full vertical angle in degrees; orthographic when missing. */
  fov?: number;
  /** Height of the view in angstrom, orthographic only. */
  height?: number;
  /** Width over height of the picture it was chosen in; a narrower one steps back. */
  aspect?: number;
}
