import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import {
  displayCommand,
  quoteForBash,
  quoteForPowerShell,
  type Shell,
} from '../../../src/core/pgtools/args/display';
import { inputPipe } from '../../../src/core/plans/inputPipe';
import { LIST_PLACEHOLDER, NO_COMMAND, type ShownCommand } from '../../../src/core/plans/preview';
import { button, iconButton } from '../ui/button';

/** Most words that are shown; copying takes all. */
const SHOWN_WORDS = 300;

/** Shows a command that can be pasted into bash or PowerShell. */
@customElement('pg-command')
export class PgCommand extends LitElement {
  @property({ attribute: false }) label = '';
  @property({ attribute: false }) shell: Shell = 'bash';
  @property({ attribute: false }) command: ShownCommand = NO_COMMAND;
  @property({ attribute: false }) onShell: ((shell: Shell) => void) | undefined;
  @property({ attribute: false }) onCopy: ((text: string) => Promise<void>) | undefined;

  @property({ attribute: false }) onTerminal: ((text: string) => Promise<void>) | undefined;

  /** Saves the list file that the command reads; a job creates its own when it starts. */
  @property({ attribute: false }) onSaveList: (() => void) | undefined;

  @state() private copied = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { argv, stdin } = this.command;
    const [file, ...args] = argv;
    if (file === undefined) return this.missing();
    const quote = this.shell === 'bash' ? quoteForBash : quoteForPowerShell;
    const more = args.length - SHOWN_WORDS;
    const pipe = stdin && inputPipe(stdin, this.shell);
    const before = pipe === null ? '' : `${pipe} `;
    const program = displayCommand(file, [], undefined, this.shell);
    const after = redirections(this.command, this.shell);
    const whole = `${before}${displayCommand(file, args, undefined, this.shell)}${after}`;
    const why = whyIncomplete({ ...this.command, stdin: pipe === null ? stdin : null }, this.shell);
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
          onClick: () => void this.copy(whole),
        })}
        ${this.onTerminal ? this.terminalButton(whole, why) : nothing}
      </div>
      <pre class="command-text" tabindex="0" role="region" aria-label=${this.label}>
${before}${[program, ...args.slice(0, SHOWN_WORDS).map(quote)].map(
          // Only an argument that is longer than a line is broken.
          (word, index) => html`${index > 0 ? ' ' : ''}<span class="word">${word}</span>`,
        )}${more > 0 ? ` ${l10n.t('… {0} more, all of them in the copy', more)}` : ''}${after}</pre>
      ${why === '' ? nothing : html`<p class="dim">${why} ${this.saveListButton()}</p>`}
    </div>`;
  }

  /** A terminal takes a typed line break as Enter, so such a command can only be copied. */
  private terminalButton(text: string, why: string): TemplateResult {
    const breaks = /[\u0000-\u001f\u007f-\u009f]/.test(text);
    const refused = breaks ? l10n.t('a name contains a line break or a similar character') : why;
    return iconButton({
      label:
        refused === ''
          ? l10n.t('Open in Terminal (typed, not run)')
          : l10n.t('Open in Terminal: not possible, {0}', refused),
      icon: 'terminal',
      disabled: refused !== '',
      onClick: () => void this.onTerminal?.(text),
    });
  }

  private saveListButton(): TemplateResult | typeof nothing {
    if (this.onSaveList === undefined || this.command.madeLater !== LIST_PLACEHOLDER)
      return nothing;
    return button({ label: l10n.t('Save List…'), onClick: this.onSaveList });
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

/** Which files a tool's streams are; '' where the shell cannot give it the same bytes. */
function redirections(
  { input, output }: Pick<ShownCommand, 'input' | 'output'>,
  shell: Shell,
): string {
  if (shell !== 'bash') return '';
  const from = input === undefined ? '' : ` < ${quoteForBash(input)}`;
  return output === undefined ? from : `${from} > ${quoteForBash(output)}`;
}

/** Why the pasted command needs a change before it runs; '' = it needs none. */
function whyIncomplete(
  { stdin, madeLater, ssh, input, output, changed }: Omit<ShownCommand, 'argv'>,
  shell: Shell,
): string {
  if (shell === 'powershell' && (input ?? output) !== undefined) {
    return l10n.t('PowerShell changes the bytes of a stream: use bash.');
  }
  if (ssh !== null) return l10n.t('The job opens a tunnel through {0} (SSH) first.', ssh);
  if (madeLater !== null) return l10n.t('{0} is made when the job starts.', madeLater);
  if (changed === true) {
    return l10n.t(
      'psql reads the script that pg_restore makes of the archive, with its statements changed on their way.',
    );
  }
  if (stdin === null) return '';
  return stdin.edits !== null
    ? l10n.t(
        'psql reads the script on its standard input, without commands that it must not run and settings that the target does not know.',
      )
    : l10n.t('psql reads the script on its standard input, unpacked.');
}

declare global {
  interface HTMLElementTagNameMap {
    'pg-command': PgCommand;
  }
}
