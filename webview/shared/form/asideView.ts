import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import type { ShownCommand } from '../../../src/core/plans/preview';
import type { Shell } from '../../../src/core/pgtools/args/display';
import '../elements/pgCommand';

export interface AsideProps {
  sentences: readonly string[];
  command: ShownCommand;
  shell: Shell;
  onShell: (shell: Shell) => void;
  onCopy: (text: string) => Promise<void>;
  /** Types it into a terminal. */
  onTerminal: (text: string) => Promise<void>;
  /** Saves the list of entries that the command reads. */
  onSaveList: (() => void) | undefined;
}

/** Summary of the job, in words and as a command. */
export function asideView(props: AsideProps): TemplateResult {
  return html`<div class="aside" role="complementary" aria-label=${l10n.t('Summary')}>
    <div class="summary">
      <h2>${l10n.t('Summary')}</h2>
      <ul>
        ${props.sentences.map((sentence) => html`<li>${sentence}</li>`)}
      </ul>
    </div>
    <pg-command
      .label=${l10n.t('Command')}
      .shell=${props.shell}
      .command=${props.command}
      .onShell=${props.onShell}
      .onCopy=${props.onCopy}
      .onTerminal=${props.onTerminal}
      .onSaveList=${props.onSaveList}
    ></pg-command>
  </div>`;
}
