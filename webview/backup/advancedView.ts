import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { backupDefaults } from '../../src/core/forms/backupForm';
import { clientEncodings } from '../../src/core/forms/encodings';
import { MAX_JOBS, MAX_LOCK_WAIT_SECONDS } from '../../src/core/forms/limits';
import type { BackupOptions } from '../../src/core/forms/options';
import '../shared/elements/pgSection';
import { notesFor } from '../shared/ui/field';
import type { DropdownOption } from '../shared/ui/dropdown';
import {
  labelledCheckbox,
  labelledDropdown,
  labelledNumber,
  labelledText,
} from '../shared/ui/fields';
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
          max: MAX_JOBS,
          notes: notes('jobs'),
          onInput: (jobs) => view.change({ jobs }),
        })}
        ${labelledNumber({
          name: 'lockWaitTimeout',
          label: l10n.t('Lock wait timeout'),
          description: l10n.t('Seconds to wait for a table that someone else has locked.'),
          value: options.lockWaitTimeout,
          min: 0,
          max: MAX_LOCK_WAIT_SECONDS,
          words: options.lockWaitTimeout === 0 ? l10n.t('0 = wait for ever') : l10n.t('seconds'),
          notes: notes('lockWaitTimeout'),
          onInput: (lockWaitTimeout) => view.change({ lockWaitTimeout }),
        })}
      </div>
      ${labelledDropdown({
        name: 'encoding',
        label: l10n.t('Encoding'),
        description: l10n.t('Of the text in the backup.'),
        value: options.encoding ?? '',
        options: encodings(view),
        notes: notes('encoding'),
        onChange: (encoding) => view.change({ encoding: encoding === '' ? null : encoding }),
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

function encodings({ state }: BackupView): DropdownOption[] {
  const own = state.connection?.server?.encoding;
  const names = [...clientEncodings];
  const { encoding } = state.options;
  if (encoding !== null && !names.includes(encoding)) names.unshift(encoding);
  return [
    {
      value: '',
      label: own ? l10n.t('As in the database ({0})', own) : l10n.t('As in the database'),
    },
    ...names.map((name) => ({ value: name, label: name })),
  ];
}

function changedNote(options: BackupOptions): string {
  const defaults = backupDefaults(options.format);
  const changed = ADVANCED.filter(
    (name) => JSON.stringify(options[name]) !== JSON.stringify(defaults[name]),
  ).length;
  if (changed === 0) return '';
  return changed === 1 ? l10n.t('1 changed') : l10n.t('{0} changed', changed);
}
