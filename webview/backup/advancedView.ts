import { isClusterBackup } from '../../src/core/model/options';
import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { backupDefaults } from '../../src/core/forms/backup/backupDefaults';
import { CLIENT_ENCODINGS } from '../../src/core/forms/backup/encodings';
import { optionsBesideFields } from '../../src/core/forms/fields/fieldText';
import { appliesTo } from '../../src/core/forms/fields/fieldValues';
import { backupFields } from '../../src/core/model/backupFields';
import { toolForScope } from '../../src/core/pgtools/args/dumpallArgs';
import { extraArgsField } from '../shared/options/extraArgsField';
import { advancedFields, type FormFields } from '../shared/options/formFields';
import type { OptionItem } from '../shared/options/optionItem';
import { optionsPanel } from '../shared/options/optionsPanel';
import { toolOptionItems } from '../shared/options/toolOptionItem';
import type { DropdownOption } from '../shared/ui/dropdown';
import { notesFor } from '../shared/ui/field';
import type { BackupView } from './backupView';

/** Options that most backups leave at their defaults. */
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

/** Options with a control of their own above. */
const ELSEWHERE: ReadonlySet<string> = new Set(optionsBesideFields(backupFields));

/** Every option of the advanced part, the form's own and the tool's. */
export function advancedItems(view: BackupView): OptionItem[] {
  const { options } = view.state;
  return [
    ...advancedFields(backupForm(view)),
    ...toolOptionItems(
      toolForScope(options.scope),
      {
        fields: view.toolFields.filter(({ id }) => !ELSEWHERE.has(id)),
        set: Object.fromEntries(
          Object.entries(options.toolOptions).filter(([id]) => !ELSEWHERE.has(id)),
        ),
        problems: view.evaluation.problems,
      },
      {
        onChange: (id, value) => view.setToolOption(id, value),
        onReset: (id) => view.setToolOption(id, null),
        onBrowse: (id, direction, current) => view.browseOption(id, direction, current),
      },
    ),
  ];
}

/** The fields of a backup, for what is drawn from their table. */
export function backupForm(view: BackupView): FormFields {
  const { options } = view.state;
  return {
    table: backupFields,
    options,
    defaults: backupDefaults(options.format),
    evaluation: view.evaluation,
    tool: toolForScope(options.scope),
    // pg_dumpall has some of pg_dump's options under the same names.
    groupsBy: 'pg_dump',
    applies: (field) => appliesTo(field, options.scope),
    choices: ({ kind }) => (kind.type === 'text' && kind.of === 'encoding' ? encodings(view) : []),
    change: (patch) => view.change(patch),
  };
}

function encodings({ state }: BackupView): DropdownOption[] {
  const own = state.connection?.server?.encoding;
  const names = [...CLIENT_ENCODINGS];
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
