import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

/** The newest lines of a tool's output. Follows the end unless the reader scrolled away from it. */
@customElement('pg-log')
export class PgLog extends LitElement {
  @property({ attribute: false }) label = '';
  /** Already bounded by the host. */
  @property({ attribute: false }) lines: readonly string[] = [];

  private follow = true;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    // Screen readers are told the phases elsewhere, not each line.
    return html`<div
      class="log"
      role="log"
      aria-live="off"
      aria-label=${this.label}
      tabindex="0"
      @scroll=${(event: Event) => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget as HTMLElement;
        this.follow = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      <pre>${this.lines.join('\n')}</pre>
    </div>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const log = this.firstElementChild;
    if (log && this.follow) log.scrollTop = log.scrollHeight;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pg-log': PgLog;
  }
}
