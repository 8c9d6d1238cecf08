import { html, type TemplateResult } from 'lit';

/** Something is being waited for; `label` says what, for those who cannot see it turn. */
export function progressRing(label: string): TemplateResult {
  return html`<vscode-progress-ring class="ring" aria-label=${label}></vscode-progress-ring>`;
}
