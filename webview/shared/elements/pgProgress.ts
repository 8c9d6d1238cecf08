import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

/** A progress bar; it moves without a percentage while the total is unknown. */
@customElement('pg-progress')
export class PgProgress extends LitElement {
  @property({ attribute: false }) label = '';
  /** Done and total in any unit; null = unknown. */
  @property({ attribute: false }) value: number | null = null;
  @property({ attribute: false }) max: number | null = null;
  /** Read out instead of a percentage. */
  @property({ attribute: false }) text = '';

  static override styles = css`
    :host {
      display: block;
    }
    .track {
      height: 2px;
      overflow: hidden;
      position: relative;
      background: color-mix(in srgb, var(--vscode-progressBar-background) 20%, transparent);
    }
    .bar {
      height: 100%;
      width: var(--done, 0%);
      background: var(--vscode-progressBar-background);
    }
    .busy .bar {
      width: 25%;
      position: absolute;
      animation: along 2.4s linear infinite;
    }
    @keyframes along {
      from {
        inset-inline-start: -25%;
      }
      to {
        inset-inline-start: 100%;
      }
    }
    @media (prefers-reduced-motion: reduce) {
      .busy .bar {
        animation: none;
        width: 100%;
        opacity: 0.5;
      }
    }
    :host([still]) .busy .bar {
      animation: none;
      width: 100%;
      opacity: 0.5;
    }
    :host([contrast]) .track {
      outline: 1px solid var(--vscode-contrastBorder);
      height: 4px;
    }
  `;

  private get known(): boolean {
    return this.value !== null && this.max !== null && this.max > 0;
  }

  private get percent(): number {
    return Math.max(0, Math.min(100, ((this.value ?? 0) / (this.max ?? 1)) * 100));
  }

  protected override render(): TemplateResult {
    return html`<div
      class="track ${this.known ? '' : 'busy'}"
      role="progressbar"
      aria-label=${this.label}
      aria-valuemin=${this.known ? 0 : nothing}
      aria-valuemax=${this.known ? 100 : nothing}
      aria-valuenow=${this.known ? Math.round(this.percent) : nothing}
      aria-valuetext=${this.text === '' ? nothing : this.text}
    >
      <div class="bar"></div>
    </div>`;
  }

  protected override updated(): void {
    const { classList } = document.body;
    this.toggleAttribute('still', classList.contains('vscode-reduce-motion'));
    this.toggleAttribute('contrast', classList.contains('vscode-high-contrast'));
    this.style.setProperty('--done', this.known ? `${this.percent}%` : '0%');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pg-progress': PgProgress;
  }
}
