import { html, type TemplateResult } from 'lit';

/**
 * Something is being waited for; the text beside it says what. Hidden from screen readers, because the
 * toolkit makes an interrupting alert of it.
 */
export function progressRing(): TemplateResult {
  return html`<span class="ring" aria-hidden="true"
    ><vscode-progress-ring></vscode-progress-ring
  ></span>`;
}
