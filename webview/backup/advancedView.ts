import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { backupDefaults } from '../../src/core/forms/backup/backupForm';
import { clientEncodings } from '../../src/core/forms/backup/encodings';
import { MAX_JOBS, MAX_LOCK_WAIT_SECONDS } from '../../src/core/forms/form/limits';
import { isClusterBackup } from '../../src/core/forms/backup/clusterBackup';
import { toolForScope } from '../../src/core/pgtools/args/dumpallArgs';
import { optionRow } from '../../src/core/pgtools/catalogue/catalogue';
import { extraArgsField } from '../shared/options/extraArgsField';
import type { OptionItem } from '../shared/options/optionItem';
import { optionsPanel } from '../shared/options/optionsPanel';
import { toolOptionItems } from '../shared/options/toolOptionItem';
import type { DropdownOption } from '../shared/ui/dropdown';
import { notesFor } from '../shared/ui/field';
import { labelledCheckbox, labelledDropdown, labelledNumber } from '../shared/ui/fields';
import type { BackupView } from './backupView';
import { ROLE_PASSWORDS } from './scopeView';

type FormField = 'jobs' | 'lockWaitTimeout' | 'noSync' | 'encoding';

/** What most backups leave as it is. */
export function advancedView(view: BackupView): TemplateResult {
  const { advancedOpen, optionsPanel: panel, extraText, connection, options } = view.state;
  const tool = toolForScope(options.scope);
  const cluster = isClusterBackup(options);
  const items = advancedItems(view);
  return html`${optionsPanel({
    items,
    open: advancedOpen,
    onToggle: (open) => view.setView({ advancedOpen: open }),
    state: panel,
    onState: (next) => view.setView({ optionsPanel: next }),
    hint:
      connection?.tool || items.length > 4
        ? nothing
        : l10n.t('The options of {0} appear here once it is known which one will run.', tool),
    after: extraArgsField({
      tool,
      placeholder: cluster ? '--no-comments' : '--no-comments --exclude-schema="old stuff"',
      value: extraText,
      notes: notesFor('extraArgs', view.evaluation),
      onInput: (text) => view.setExtraText(text),
    }),
  })}`;
}

/** What has a control of its own above. */
const elsewhere: ReadonlySet<string> = new Set(['compress', ROLE_PASSWORDS]);

/** Every option of the advanced part, the form's own and the tool's. */
export function advancedItems(view: BackupView): OptionItem[] {
  const { options } = view.state;
  return [
    ...formItems(view),
    ...toolOptionItems(
      toolForScope(options.scope),
      view.toolFields.filter(({ id }) => !elsewhere.has(id)),
      Object.fromEntries(Object.entries(options.toolOptions).filter(([id]) => !elsewhere.has(id))),
      view.evaluation.problems,
      {
        onChange: (id, value) => view.setToolOption(id, value),
        onReset: (id) => view.setToolOption(id, null),
        onBrowse: (id, direction, current) => view.browseOption(id, direction, current),
      },
    ),
  ];
}

function formItems(view: BackupView): OptionItem[] {
  const { options } = view.state;
  const defaults = backupDefaults(options.format);
  const item = (
    name: FormField,
    row: string,
    label: string,
    help: string,
    control: (common: Common<FormField>) => TemplateResult,
  ): OptionItem => {
    const { flag, group } = optionRow('pg_dump', row);
    const changed = options[name] !== defaults[name];
    const common = {
      name,
      label,
      description: help,
      flag,
      notes: notesFor(name, view.evaluation),
      onReset: changed ? (): void => view.change({ [name]: defaults[name] }) : undefined,
    };
    return { id: name, flag, label, help, group, changed, draw: () => control(common) };
  };
  // pg_dumpall dumps one database after the other.
  const parallel = (): OptionItem =>
    item(
      'jobs',
      'jobs',
      l10n.t('Parallel jobs'),
      l10n.t('Tables dumped at the same time.'),
      (common) =>
        labelledNumber({
          ...common,
          value: options.jobs,
          min: 1,
          max: MAX_JOBS,
          onInput: (jobs) => view.change({ jobs }),
        }),
    );
  return [
    ...(isClusterBackup(options) ? [] : [parallel()]),
    item(
      'noSync',
      'no-sync',
      l10n.t('Do not wait for the disk'),
      l10n.t('Faster, but a crash of the machine soon after can damage the backup.'),
      (common) =>
        labelledCheckbox({
          ...common,
          checked: options.noSync,
          onChange: (noSync) => view.change({ noSync }),
        }),
    ),
    item(
      'lockWaitTimeout',
      'lock-wait-timeout',
      l10n.t('Lock wait timeout'),
      l10n.t('Seconds to wait for a table that someone else has locked.'),
      (common) =>
        labelledNumber({
          ...common,
          value: options.lockWaitTimeout,
          min: 0,
          max: MAX_LOCK_WAIT_SECONDS,
          words: options.lockWaitTimeout === 0 ? l10n.t('0 = wait for ever') : l10n.t('seconds'),
          onInput: (lockWaitTimeout) => view.change({ lockWaitTimeout }),
        }),
    ),
    item(
      'encoding',
      'encoding',
      l10n.t('Encoding'),
      l10n.t('Of the text in the backup.'),
      (common) =>
        labelledDropdown({
          ...common,
          value: options.encoding ?? '',
          options: encodings(view),
          onChange: (encoding) => view.change({ encoding: encoding === '' ? null : encoding }),
        }),
    ),
  ];
}

interface Common<N extends string> {
  name: N;
  label: string;
  description: string;
  flag: string;
  notes: ReturnType<typeof notesFor>;
  onReset: (() => void) | undefined;
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

/** Fields that stand in the advanced part, for the way to their problems. */
export function isAdvanced(field: string): boolean {
  return (
    ['jobs', 'lockWaitTimeout', 'noSync', 'encoding', 'extraArgs'].includes(field) ||
    (field.startsWith('toolOptions.') && field !== 'toolOptions.compress')
  );
}
