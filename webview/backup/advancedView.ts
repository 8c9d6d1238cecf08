import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { backupDefaults } from '../../src/core/forms/backupForm';
import type { BackupOptions } from '../../src/core/forms/options';
import '../shared/elements/pgSection';
import { notesFor } from '../shared/ui/field';
import { labelledCheckbox, labelledNumber, labelledText } from '../shared/ui/fields';
import type { BackupView } from './backupView';

const ADVANCED = ['jobs', 'lockWaitTimeout', 'noSync', 'encoding', 'extraArgs'] as const;

/** What most backups leave as it is. */
export function advancedView(view: BackupView): TemplateResult {
  const { options, advancedOpen, extraText } = view.state;
  const notes = (name: keyof BackupOptions) => notesFor(name, view.evaluation);
  return html`<pg-section
    heading=${l10n.t('Advanced')}
    note=${advancedOpen ? '' : changedNote(options)}
    ?open=${advancedOpen}
    .onToggle=${(open: boolean) => view.setView({ advancedOpen: open })}
  >
    <div class="form">
      <div class="form-row">
        ${labelledNumber({
          name: 'jobs',
          label: l10n.t('Parallel jobs'),
          description: l10n.t('Tables dumped at the same time.'),
          value: options.jobs,
          min: 1,
          notes: notes('jobs'),
          onInput: (jobs) => view.change({ jobs }),
        })}
        ${labelledNumber({
          name: 'lockWaitTimeout',
          label: l10n.t('Lock wait timeout'),
          description: l10n.t('Seconds to wait for a table that someone else has locked.'),
          value: options.lockWaitTimeout,
          min: 0,
          words: options.lockWaitTimeout === 0 ? l10n.t('0 = wait for ever') : l10n.t('seconds'),
          notes: notes('lockWaitTimeout'),
          onInput: (lockWaitTimeout) => view.change({ lockWaitTimeout }),
        })}
      </div>
      ${labelledText({
        name: 'encoding',
        label: l10n.t('Encoding'),
        description: l10n.t('Of the dump, for example UTF8 or LATIN1.'),
        placeholder: view.state.connection?.server
          ? l10n.t('{0}, as in the database', view.state.connection.server.encoding)
          : l10n.t('As in the database'),
        value: options.encoding ?? '',
        notes: notes('encoding'),
        onInput: (text) => view.change({ encoding: text.trim() === '' ? null : text.trim() }),
      })}
      ${labelledCheckbox({
        name: 'noSync',
        label: l10n.t('Do not wait for the disk (no-sync)'),
        description: l10n.t('Faster, but a crash of the machine soon after can damage the backup.'),
        checked: options.noSync,
        notes: notes('noSync'),
        onChange: (noSync) => view.change({ noSync }),
      })}
      ${labelledText({
        name: 'extraArgs',
        label: l10n.t('Extra arguments'),
        description: l10n.t('Passed to pg_dump as they are. Put quotes around what has spaces.'),
        placeholder: '--no-comments --exclude-schema="old stuff"',
        value: extraText,
        notes: notes('extraArgs'),
        onInput: (text) => view.setExtraText(text),
      })}
    </div>
  </pg-section>`;
}

function changedNote(options: BackupOptions): string {
  const defaults = backupDefaults(options.format);
  const changed = ADVANCED.filter(
    (name) => JSON.stringify(options[name]) !== JSON.stringify(defaults[name]),
  ).length;
  if (changed === 0) return '';
  return changed === 1 ? l10n.t('1 changed') : l10n.t('{0} changed', changed);
}
