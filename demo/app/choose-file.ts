import { html, type TemplateResult } from 'lit';
import { icons } from './icons.ts';

/** A button that lets people choose files; for fingers, which cannot drop any. */
export function chooseFileTemplate(onFiles: (files: File[]) => void): TemplateResult {
  return html`<label class="button primary"
    >${icons.open} Open a file
    <input
      type="file"
      multiple
      class="visually-hidden"
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        const files = [...(input.files ?? [])];
        input.value = '';
        onFiles(files);
      }}
  /></label>`;
}
