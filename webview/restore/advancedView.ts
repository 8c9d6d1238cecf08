import * as l10n from '@vscode/l10n';
import { nothing, type TemplateResult } from 'lit';
import { MAX_JOBS } from '../../src/core/forms/form/limits';
import { restoreDefaults } from '../../src/core/forms/restore/restoreForm';
import { optionRow } from '../../src/core/pgtools/catalogue/catalogue';
import { extraArgsField } from '../shared/options/extraArgsField';
import type { OptionItem } from '../shared/options/optionItem';
import { optionsPanel } from '../shared/options/optionsPanel';
import { toolOptionItems } from '../shared/options/toolOptionItem';
import { notesFor } from '../shared/ui/field';
import { labelledCheckbox, labelledNumber } from '../shared/ui/fields';
import type { RestoreView } from './restoreView';

/** What most restores leave as it is. */
export function advancedView(view: RestoreView): TemplateResult {
  const { advancedOpen, optionsPanel: panel, extraText, connection } = view.state;
  const tool = toolOf(view);
  return optionsPanel({
    items: advancedItems(view),
    open: advancedOpen,
    onToggle: (open) => view.setView({ advancedOpen: open }),
    state: panel,
    onState: (next) => view.setView({ optionsPanel: next }),
    hint: connection?.tool
      ? nothing
      : l10n.t('The options of {0} appear here once it is known which one will run.', tool),
    after: extraArgsField({
      tool,
      value: extraText,
      notes: notesFor('extraArgs', view.evaluation),
      onInput: (text) => view.setExtraText(text),
    }),
  });
}

function toolOf({ state }: RestoreView): 'psql' | 'pg_restore' {
  return state.input.info?.format === 'plain' ? 'psql' : 'pg_restore';
}

/** Every option of the advanced part, the form's own and the tool's. */
export function advancedItems(view: RestoreView): OptionItem[] {
  return [
    ...formItems(view),
    ...toolOptionItems(
      toolOf(view),
      view.toolFields,
      view.state.options.toolOptions,
      view.evaluation.problems,
      {
        onChange: (id, value) => view.setToolOption(id, value),
        onReset: (id) => view.setToolOption(id, null),
        onBrowse: (id, direction, current) => view.browseOption(id, direction, current),
      },
    ),
  ];
}

function formItems(view: RestoreView): OptionItem[] {
  const { options, input } = view.state;
  const defaults = restoreDefaults();
  const script = input.info?.format === 'plain';
  const item = (name: 'jobs' | 'disableTriggers', label: string, help: string) => {
    const row = optionRow('pg_restore', name === 'jobs' ? 'jobs' : 'disable-triggers');
    const changed = options[name] !== defaults[name];
    const flag = script ? '' : row.flag;
    const notes = notesFor(name, view.evaluation);
    const onReset = changed ? (): void => view.change({ [name]: defaults[name] }) : undefined;
    return {
      item: { id: name, flag, label, help, group: row.group, changed },
      common: { name, label, description: help, flag, notes, onReset },
    };
  };
  const jobs = item(
    'jobs',
    l10n.t('Parallel jobs'),
    l10n.t('Tables and indexes restored at the same time.'),
  );
  const triggers = item(
    'disableTriggers',
    l10n.t('Disable triggers'),
    l10n.t('No triggers and foreign key checks while rows are restored.'),
  );
  return [
    {
      ...jobs.item,
      draw: () =>
        labelledNumber({
          ...jobs.common,
          value: options.jobs,
          min: 1,
          max: MAX_JOBS,
          onInput: (value) => view.change({ jobs: value }),
        }),
    },
    {
      ...triggers.item,
      draw: () =>
        labelledCheckbox({
          ...triggers.common,
          checked: options.disableTriggers,
          onChange: (disableTriggers) => view.change({ disableTriggers }),
        }),
    },
  ];
}

/** Fields that stand in the advanced part, for the way to their problems. */
export function isAdvanced(field: string): boolean {
  return (
    ['jobs', 'disableTriggers', 'extraArgs'].includes(field) || field.startsWith('toolOptions.')
  );
}
