import * as l10n from '@vscode/l10n';
import { nothing, type TemplateResult } from 'lit';
import { restoreFields } from '../../src/core/model/restoreFields';
import { restoreDefaults } from '../../src/core/forms/restore/restoreDefaults';
import { extraArgsField } from '../shared/options/extraArgsField';
import { advancedFields, type FormFields } from '../shared/options/formFields';
import type { OptionItem } from '../shared/options/optionItem';
import { optionsPanel } from '../shared/options/optionsPanel';
import { toolOptionItems } from '../shared/options/toolOptionItem';
import { notesFor } from '../shared/ui/field';
import type { RestoreView } from './restoreView';

/** Options that most restores leave at their defaults. */
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
    ...advancedFields(restoreForm(view)),
    ...toolOptionItems(
      toolOf(view),
      {
        fields: view.toolFields,
        set: view.state.options.toolOptions,
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

/** The fields of a restore, for what is drawn from their table. */
export function restoreForm(view: RestoreView): FormFields {
  return {
    table: restoreFields,
    options: view.state.options,
    defaults: restoreDefaults(),
    evaluation: view.evaluation,
    // psql does not have these options; the job does the same in another way.
    tool: toolOf(view) === 'psql' ? null : 'pg_restore',
    groupsBy: 'pg_restore',
    change: (patch) => view.change(patch),
  };
}
