/** Calls `onFiles` for files dropped anywhere on the page, and marks the page while they hover over it. */
export function dropFiles(onFiles: (files: File[]) => void): () => void {
  const events = new AbortController();
  const { signal } = events;
  const root = document.documentElement;
  let depth = 0;
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
  const leave = (): void => {
    depth = 0;
    root.classList.remove('dropping');
  };
  const on = (type: 'dragenter' | 'dragover' | 'dragleave' | 'drop', run: (event: DragEvent) => void): void => {
    addEventListener(type, (event) => carriesFiles(event) && run(event), { signal, capture: true });
  };
  on('dragenter', () => {
    depth++;
    root.classList.add('dropping');
  });
  on('dragover', (event) => event.preventDefault());
  on('dragleave', () => {
    depth--;
    if (depth <= 0) leave();
  });
  on('drop', (event) => {
    event.preventDefault();
    event.stopPropagation();
    leave();
    onFiles([...(event.dataTransfer?.files ?? [])]);
  });
  return () => {
    events.abort();
    leave();
  };
}
