import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { controlsAt } from '../shared/options/formFields';
import { fieldWords } from '../../src/core/forms/fields/fieldText';
import { destroys } from '../../src/core/forms/restore/destroys';
import { restoreFields } from '../../src/core/model/restoreFields';
import type { RoleChoice } from '../../src/core/model/options';
import { shownLabel } from '../../src/core/text/shownText';
import { button } from '../shared/ui/button';
import { notesFor } from '../shared/ui/field';
import { checkGroup, labelledCheckbox, labelledRadios, labelledText } from '../shared/ui/fields';
import { restoreForm } from './advancedView';
import type { RestoreView } from './restoreView';

/** Options for the behaviour of the restore. */
export function behaviourView(view: RestoreView): TemplateResult {
  const form = restoreForm(view);
  return html`${checkGroup(l10n.t('What is there already'), controlsAt(form, 'existing'))}
  ${view.state.options.clean ? cleanWarning(view) : nothing}
  ${destroys(view.state.options, view.state.input.info) ? safetyBackup(view) : nothing}
  ${checkGroup(l10n.t('Errors'), controlsAt(form, 'errors'))}
  ${checkGroup(l10n.t('Owners and rights'), controlsAt(form, 'owners'))} ${rolesView(view)}`;
}

/** One choice for jobs and transaction, with what it means here and why. */
export function profileView(view: RestoreView): TemplateResult {
  return labelledRadios({
    name: 'profile',
    label: l10n.t('Profile'),
    description: view.profileReason,
    value: view.profile,
    options: [
      { value: 'recommended', label: l10n.t('Recommended') },
      { value: 'allOrNothing', label: l10n.t('All or nothing') },
      { value: 'custom', label: l10n.t('As set below') },
    ],
    layout: 'row',
    notes: notesFor('profile', view.evaluation),
    onChange: (profile) => view.chooseProfile(profile),
  });
}

/** The roles that other ones take the places of. */
function rolesView(view: RestoreView): TemplateResult | typeof nothing {
  const { mapRoles } = view.state.options;
  if (mapRoles === null) return nothing;
  const { description } = fieldWords(restoreFields, 'mapRoles');
  const idOf = (at: number): string => (at === 0 ? 'mapRoles' : `mapRoles-${at}`);
  const change = (at: number, to: RoleChoice[]): void =>
    view.change({ mapRoles: mapRoles.flatMap((each, i) => (i === at ? to : [each])) });
  return html`${mapRoles.map(({ name, target }, at) =>
    labelledText({
      name: idOf(at),
      label: l10n.t('In the place of role {0}', shownLabel(name)),
      value: target,
      notes: notesFor(idOf(at), view.evaluation),
      ...(at === 0 && description !== undefined ? { description } : {}),
      onInput: (role) => change(at, [{ name, target: role }]),
      after: button({
        label: l10n.t('Keep {0}', shownLabel(name)),
        onClick: () => change(at, []),
      }),
    }),
  )}`;
}

function safetyBackup(view: RestoreView): TemplateResult {
  return labelledCheckbox({
    name: 'safetyBackup',
    ...fieldWords(restoreFields, 'safetyBackup'),
    checked: view.state.options.safetyBackup,
    notes: notesFor('safetyBackup', view.evaluation),
    onChange: (on) => view.change({ safetyBackup: on }),
  });
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
          target?.address ?? '?',
        )}
      </div>
    </div>
  </div>`;
}
