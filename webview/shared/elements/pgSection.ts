import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

/** A collapsible part of a form with a heading. */
@customElement('pg-section')
export class PgSection extends LitElement {
  @property() heading = '';
  /** Summary of the content, beside the heading. */
  @property() note = '';
  /** Level of the heading: 2, or 3 for a nested section. */
  @property({ type: Number }) level = 2;
  @property({ type: Boolean, reflect: true }) open = false;
  @property({ attribute: false }) onToggle: ((open: boolean) => void) | undefined;

  static override styles = css`
    :host {
      display: block;
    }
    .head {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 2px 12px;
    }
    h2,
    h3 {
      flex: 1 1 140px;
      min-width: 0;
      margin: 0;
      font: inherit;
    }
    button {
      display: flex;
      align-items: center;
      gap: 4px;
      width: 100%;
      min-height: 26px;
      padding: 2px 4px 2px 0;
      border: none;
      background: none;
      color: var(--vscode-foreground);
      font: inherit;
      text-align: start;
      cursor: pointer;
    }
    button:focus-visible {
      outline: 1px solid var(--vscode-focusBorder);
    }
    .chevron {
      flex: none;
      font: normal 16px/1 codicon;
      width: 16px;
    }
    .chevron::before {
      content: '\\eab6';
    }
    :host([open]) .chevron::before {
      content: '\\eab4';
    }
    .heading {
      font-weight: 600;
    }
    .note {
      color: var(--vscode-descriptionForeground);
      margin-inline-start: 6px;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .body {
      padding-inline-start: 20px;
      padding-top: 4px;
    }
    .body[hidden] {
      display: none;
    }
    @media (max-width: 480px) {
      .body {
        padding-inline-start: 0;
      }
    }
  `;

  protected override render(): TemplateResult {
    const button = html`<button
      type="button"
      aria-expanded=${this.open ? 'true' : 'false'}
      aria-controls="body"
      @click=${() => this.toggle()}
    >
      <span class="chevron" aria-hidden="true"></span>
      <span class="heading">${this.heading}</span>
      <span class="note">${this.note}</span>
    </button>`;
    return html`<div class="head">
        ${this.level === 3 ? html`<h3>${button}</h3>` : html`<h2>${button}</h2>`}
        <slot name="beside"></slot>
      </div>
      <div class="body" id="body" ?hidden=${!this.open}><slot></slot></div>`;
  }

  private toggle(): void {
    this.open = !this.open;
    this.onToggle?.(this.open);
    // The opened content may lie below the visible part, and is drawn only with the next rendering.
    if (this.open) setTimeout(() => this.scrollIntoView({ block: 'nearest' }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pg-section': PgSection;
  }
}
