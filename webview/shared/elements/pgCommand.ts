import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import {
  displayCommand,
  quoteForBash,
  quoteForPowerShell,
  type Shell,
} from '../../../src/core/pgtools/args/display';
import { iconButton } from '../ui/button';

/** Words that are shown; copying takes them all. */
const SHOWN_WORDS = 300;

/** A command as it can be pasted into a shell, for either family of shells. */
@customElement('pg-command')
export class PgCommand extends LitElement {
  @property({ attribute: false }) label = '';
  @property({ attribute: false }) shell: Shell = 'bash';
  /** Program and arguments, unquoted. */
  @property({ attribute: false }) argv: readonly string[] = [];
  @property({ attribute: false }) onShell: ((shell: Shell) => void) | undefined;
  @property({ attribute: false }) onCopy: ((text: string) => Promise<void>) | undefined;

  @property({ attribute: false }) onTerminal: ((text: string) => Promise<void>) | undefined;

  @state() private copied = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const [file, ...args] = this.argv;
    if (file === undefined) return this.missing();
    const quote = this.shell === 'bash' ? quoteForBash : quoteForPowerShell;
    const more = args.length - SHOWN_WORDS;
    const program = displayCommand(file, [], undefined, this.shell);
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
          onClick: () => void this.copy(displayCommand(file, args, undefined, this.shell)),
        })}
        ${this.onTerminal ? this.terminalButton(displayCommand(file, args, undefined, this.shell)) : nothing}
      </div>
      <pre class="command-text" tabindex="0" role="region" aria-label=${this.label}>
${[program, ...args.slice(0, SHOWN_WORDS).map(quote)].map(
          // An argument is broken only if it is longer than the line.
          (word, index) => html`${index > 0 ? ' ' : ''}<span class="word">${word}</span>`,
        )}${more > 0 ? ` ${l10n.t('… {0} more, all of them in the copy', more)}` : ''}</pre>
    </div>`;
  }

  /** A line break that is typed is the Enter key: such a command is only for copying. */
  private terminalButton(text: string): TemplateResult {
    const breaks = /[\u0000-\u001f\u007f-\u009f]/.test(text);
    return iconButton({
      label: breaks
        ? l10n.t('Open in Terminal: not possible, a name holds a line break or the like')
        : l10n.t('Open in Terminal (typed, not run)'),
      icon: 'terminal',
      disabled: breaks,
      onClick: () => void this.onTerminal?.(text),
    });
  }

  private missing(): TemplateResult {
    return html`<div class="command">
      <div class="command-bar"><h2>${this.label}</h2></div>
      <p class="dim">${l10n.t('Shown once the problems in the form are solved.')}</p>
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
