/** What the servers of one deployment tell each other of a room and do not store. */
export interface PeerChannel {
  /** Joins the others that serve this room; `listener` hears what they tell, never what was told here. */
  join(room: string, listener: (message: Uint8Array) => void): PeerLine;
}

/** One room's line to the other servers. What cannot be told now is forgotten. */
export interface PeerLine {
  tell(message: Uint8Array): void;
  /** Called when others may not have been heard for a while. Returns its own undo. */
  onReturn(listener: () => void): () => void;
  close(): void;
}
