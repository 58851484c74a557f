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
}

/** The presenter's position; believed only when `fence` is that of the `presenter` lock. */
export interface PlaybackPosition {
  fence: number;
  frame_index: number;
  playing: boolean;
  frames_per_second: number;
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
}
