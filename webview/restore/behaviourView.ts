import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { RestoreOptions } from '../../src/core/model/options';
import { restoreDefaults } from '../../src/core/forms/restore/restoreForm';
import { optionRow } from '../../src/core/pgtools/catalogue/catalogue';
import { notesFor } from '../shared/ui/field';
import { checkGroup, labelledCheckbox } from '../shared/ui/fields';
import type { RestoreView } from './restoreView';

type BooleanKeys = {
  [K in keyof RestoreOptions]: RestoreOptions[K] extends boolean ? K : never;
}[keyof RestoreOptions];

function check(
  view: RestoreView,
  name: BooleanKeys,
  row: string,
  label: string,
  description: string,
): TemplateResult {
  const byDefault = restoreDefaults()[name];
  return labelledCheckbox({
    name,
    label,
    description,
    // psql has none of these switches; what they ask for is done in another way there.
    flag: view.state.input.info?.format === 'plain' ? undefined : optionRow('pg_restore', row).flag,
    checked: view.state.options[name],
    notes: notesFor(name, view.evaluation),
    onReset:
      view.state.options[name] === byDefault
        ? undefined
        : (): void => view.change({ [name]: byDefault }),
    onChange: (checked) => view.change({ [name]: checked }),
  });
}

/** How the restore goes about it. */
export function behaviourView(view: RestoreView): TemplateResult {
  return html`${checkGroup(l10n.t('What is there already'), [
    check(
      view,
      'clean',
      'clean',
      l10n.t('Clean'),
      l10n.t('Drop each object before it is restored.'),
    ),
    check(
      view,
      'ifExists',
      'if-exists',
      l10n.t('If exists'),
      l10n.t('No error where there is nothing to drop.'),
    ),
  ])}
  ${view.state.options.clean ? cleanWarning(view) : nothing}
  ${checkGroup(l10n.t('Errors'), [
    check(
      view,
      'exitOnError',
      'exit-on-error',
      l10n.t('Exit on error'),
      l10n.t('Stop at the first error instead of listing them at the end.'),
    ),
    check(
      view,
      'singleTransaction',
      'single-transaction',
      l10n.t('Single transaction'),
      l10n.t('All or nothing: an error undoes the whole restore.'),
    ),
  ])}
  ${checkGroup(l10n.t('Owners and rights'), [
    check(view, 'noOwner', 'no-owner', l10n.t('No owner'), l10n.t('Everything belongs to you.')),
    check(
      view,
      'noPrivileges',
      'no-privileges',
      l10n.t('No privileges'),
      l10n.t('No GRANT and REVOKE.'),
    ),
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
