import { html, type TemplateResult } from 'lit';

/** A count beside a heading. */
export function badge(text: string): TemplateResult {
  return html`<vscode-badge>${text}</vscode-badge>`;
}
