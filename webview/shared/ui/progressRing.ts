import { html, type TemplateResult } from 'lit';

/**
 * A progress ring; the text beside it says what is loading. It is hidden from screen readers, because
 * the toolkit announces it as an alert, which interrupts.
 */
export function progressRing(): TemplateResult {
  return html`<span class="ring" aria-hidden="true"
    ><vscode-progress-ring></vscode-progress-ring
  ></span>`;
}
