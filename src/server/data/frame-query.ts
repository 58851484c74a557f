/** What a read asks for. */
export interface FrameQuery {
  /** Keys, aliases allowed; all when left out. A key that a frame does not have is left out of it. */
  data?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
}
