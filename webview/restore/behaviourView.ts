import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { MAX_JOBS } from '../../src/core/forms/limits';
import type { RestoreOptions } from '../../src/core/forms/options';
import { restoreDefaults } from '../../src/core/forms/restoreForm';
import '../shared/elements/pgSection';
import { notesFor } from '../shared/ui/field';
import { checkGroup, labelledCheckbox, labelledNumber, labelledText } from '../shared/ui/fields';
import type { RestoreView } from './restoreView';

type BooleanKeys = {
  [K in keyof RestoreOptions]: RestoreOptions[K] extends boolean ? K : never;
}[keyof RestoreOptions];

function check(
  view: RestoreView,
  name: BooleanKeys,
  label: string,
  description: string,
): TemplateResult {
  return labelledCheckbox({
    name,
    label,
    description,
    checked: view.state.options[name],
    notes: notesFor(name, view.evaluation),
    onChange: (checked) => view.change({ [name]: checked }),
  });
}

/** How the restore goes about it. */
export function behaviourView(view: RestoreView): TemplateResult {
  return html`${checkGroup(l10n.t('What is there already'), [
    check(view, 'clean', l10n.t('Clean'), l10n.t('Drop each object before it is restored.')),
    check(
      view,
      'ifExists',
      l10n.t('If exists'),
      l10n.t('No error where there is nothing to drop.'),
    ),
  ])}
  ${view.state.options.clean ? cleanWarning(view) : nothing}
  ${checkGroup(l10n.t('Errors'), [
    check(
      view,
      'exitOnError',
      l10n.t('Exit on error'),
      l10n.t('Stop at the first error instead of listing them at the end.'),
    ),
    check(
      view,
      'singleTransaction',
      l10n.t('Single transaction'),
      l10n.t('All or nothing: an error undoes the whole restore.'),
    ),
  ])}
  ${checkGroup(l10n.t('Owners and rights'), [
    check(view, 'noOwner', l10n.t('No owner'), l10n.t('Everything belongs to you.')),
    check(view, 'noPrivileges', l10n.t('No privileges'), l10n.t('No GRANT and REVOKE.')),
  ])}`;
}

/** Names what is at stake; the question before the run does so again. */
function cleanWarning({ state }: RestoreView): TemplateResult {
  const { options, connections, connection } = state;
  const target = connections.find(({ id }) => id === options.connectionId);
  const database = options.targetDatabase ?? connection?.server?.database ?? '?';
  return html`<div class="banner banner-warning">
    <span class="codicon codicon-warning" aria-hidden="true"></span>
    <div class="banner-body">
      <div class="banner-message">
        ${l10n.t(
          'What is restored is first dropped from database {0} on {1} ({2}). Rows that are not in the backup are lost.',
          database,
          target?.label ?? '?',
          target?.target ?? '?',
        )}
      </div>
    </div>
  </div>`;
}

/** What most restores leave as it is. */
export function advancedView(view: RestoreView): TemplateResult {
  const { options, advancedOpen, extraText, input } = view.state;
  const tool = input.info?.format === 'plain' ? 'psql' : 'pg_restore';
  return html`<pg-section
    heading=${l10n.t('Advanced')}
    note=${advancedOpen ? '' : changedNote(options)}
    ?open=${advancedOpen}
    .onToggle=${(open: boolean) => view.setView({ advancedOpen: open })}
  >
    <div class="form">
      ${labelledNumber({
        name: 'jobs',
        label: l10n.t('Parallel jobs'),
        description: l10n.t('Tables and indexes restored at the same time.'),
        value: options.jobs,
        min: 1,
        max: MAX_JOBS,
        notes: notesFor('jobs', view.evaluation),
        onInput: (jobs) => view.change({ jobs }),
      })}
      ${check(
        view,
        'disableTriggers',
        l10n.t('Disable triggers'),
        l10n.t('No triggers and foreign key checks while rows are restored.'),
      )}
      ${labelledText({
        name: 'extraArgs',
        label: l10n.t('Extra arguments'),
        description: l10n.t('Passed to {0} as they are. Put quotes around what has spaces.', tool),
        value: extraText,
        notes: notesFor('extraArgs', view.evaluation),
        onInput: (text) => view.setExtraText(text),
      })}
    </div>
  </pg-section>`;
}

/** Fields of the section, for its problems and its note. */
export const advancedFields = ['jobs', 'disableTriggers', 'extraArgs'] as const;

function changedNote(options: RestoreOptions): string {
  const defaults = restoreDefaults();
  const changed = advancedFields.filter(
    (name) => JSON.stringify(options[name]) !== JSON.stringify(defaults[name]),
  ).length;
  if (changed === 0) return '';
  return changed === 1 ? l10n.t('1 changed') : l10n.t('{0} changed', changed);
}
