import * as l10n from '@vscode/l10n';
import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { iconButton } from '../ui/button';

export type Shell = 'bash' | 'powershell';

/** A command as it can be pasted into a shell, for either family of shells. */
@customElement('pg-command')
export class PgCommand extends LitElement {
  @property({ attribute: false }) label = '';
  @property({ attribute: false }) shell: Shell = 'bash';
  /** The text for a shell; asked for the one that is shown. */
  @property({ attribute: false }) text: (shell: Shell) => string = () => '';
  @property({ attribute: false }) onShell: ((shell: Shell) => void) | undefined;
  @property({ attribute: false }) onCopy: ((text: string) => Promise<void>) | undefined;

  @state() private copied = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const text = this.text(this.shell);
    return html`<div class="command">
      <div class="command-bar">
        <h2>${this.label}</h2>
        <span class="gap"></span>
        <div class="switcher" role="group" aria-label=${l10n.t('Shell')}>
          ${this.choice('bash', 'bash')} ${this.choice('powershell', 'PowerShell')}
        </div>
        ${iconButton({
          label: this.copied ? l10n.t('Copied') : l10n.t('Copy Command'),
          icon: this.copied ? 'check' : 'copy',
          onClick: () => void this.copy(text),
        })}
      </div>
      <pre class="command-text" tabindex="0" role="region" aria-label=${this.label}>${text}</pre>
    </div>`;
  }

  private choice(shell: Shell, name: string): TemplateResult {
    return html`<button
      type="button"
      class="switch"
      aria-pressed=${this.shell === shell ? 'true' : 'false'}
      @click=${() => this.onShell?.(shell)}
    >
      ${name}
    </button>`;
  }

  private async copy(text: string): Promise<void> {
    await this.onCopy?.(text);
    this.copied = true;
    setTimeout(() => (this.copied = false), 1500);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pg-command': PgCommand;
  }
}
