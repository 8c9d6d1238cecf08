import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { fieldWords } from '../../src/core/forms/fields/fieldText';
import { restoreFields } from '../../src/core/model/restoreFields';
import { canBeSalvaged, isCut } from '../../src/core/forms/restore/restoreTarget';
import { proposeDatabase } from '../../src/core/forms/restore/proposeDatabase';
import { shownLabel } from '../../src/core/text/shownText';
import { button } from '../shared/ui/button';
import { notesFor } from '../shared/ui/field';
import { labelledCheckbox, labelledDropdown, labelledText } from '../shared/ui/fields';
import type { RestoreView } from './restoreView';

/** Which database of the server: one that is there, or a new one. */
export function targetView(view: RestoreView): TemplateResult {
  const { options, connection } = view.state;
  const server = connection?.server ?? null;
  const notes = notesFor('targetDatabase', view.evaluation);
  const { label } = fieldWords(restoreFields, 'targetDatabase');
  const byName = options.createDatabase || !server;
  return html`<div class="form-tight">
    ${
      byName
        ? labelledText({
            name: 'targetDatabase',
            label,
            value: options.targetDatabase ?? '',
            placeholder: options.createDatabase
              ? l10n.t('Name of the new database')
              : l10n.t('The connection’s own database'),
            notes,
            onInput: (name) => view.change({ targetDatabase: name === '' ? null : name }),
          })
        : labelledDropdown({
            name: 'targetDatabase',
            label,
            value: options.targetDatabase ?? '',
            options: [
              { value: '', label: l10n.t('{0} (the connection’s own)', server.database) },
              ...databases(server.databases, server.database, options.targetDatabase).map(
                (name) => ({
                  value: name,
                  label: name,
                }),
              ),
            ],
            notes,
            onChange: (name) => view.change({ targetDatabase: name === '' ? null : name }),
          })
    }
    ${labelledCheckbox({
      name: 'createDatabase',
      ...fieldWords(restoreFields, 'createDatabase'),
      checked: options.createDatabase,
      notes: notesFor('createDatabase', view.evaluation),
      onChange: (on) =>
        view.change({ createDatabase: on, targetDatabase: on ? proposed(view) : null }),
    })}
    ${swapControls(view)} ${salvageView(view)}
  </div>`;
}

function salvageView(view: RestoreView): TemplateResult | typeof nothing {
  const { input, options, job } = view.state;
  if (input.info === null || !canBeSalvaged(input.info)) return nothing;
  // Of what looks whole it is offered once a restore has failed: the data may be damaged.
  const failed = job?.job.type === 'restore' && job.job.status === 'failed';
  if (!isCut(input.info) && !failed && !options.salvage) return nothing;
  return html`${labelledCheckbox({
    name: 'salvage',
    ...fieldWords(restoreFields, 'salvage'),
    checked: options.salvage,
    notes: notesFor('salvage', view.evaluation),
    onChange: (on) =>
      view.change({
        salvage: on,
        ...(on && !options.createDatabase ? { targetDatabase: proposed(view) } : {}),
      }),
  })}
  ${
    options.salvage
      ? labelledCheckbox({
          name: 'salvageRows',
          ...fieldWords(restoreFields, 'salvageRows'),
          checked: options.salvageRows,
          notes: notesFor('salvageRows', view.evaluation),
          onChange: (on) => view.change({ salvageRows: on }),
        })
      : nothing
  }`;
}

/** A script of `pg_dump --create` names its database: it can go there. */
function asWritten(view: RestoreView): TemplateResult | typeof nothing {
  const { input, options, connection } = view.state;
  const own = input.info?.ownDatabase;
  const server = connection?.server;
  if (own === undefined || !server || options.targetDatabase === own) return nothing;
  const isThere = own === server.database || server.databases.includes(own);
  return html`<div class="actions">
    ${button({
      label: isThere
        ? l10n.t('As It Is: into Its Own Database {0}', shownLabel(own))
        : l10n.t('As It Is: Create Its Own Database {0}', shownLabel(own)),
      onClick: () => view.change({ targetDatabase: own, createDatabase: !isThere }),
    })}
  </div>`;
}

/** Whether the restored database takes the place of the one that is there. */
function swapControls(view: RestoreView): TemplateResult {
  const { options } = view.state;
  return html`${labelledCheckbox({
    name: 'swapIn',
    ...fieldWords(restoreFields, 'swapIn'),
    checked: options.swapIn,
    notes: notesFor('swapIn', view.evaluation),
    onChange: (on) => view.change({ swapIn: on }),
  })}
  ${
    options.swapIn
      ? labelledCheckbox({
          name: 'endSessions',
          ...fieldWords(restoreFields, 'endSessions'),
          checked: options.endSessions,
          notes: notesFor('endSessions', view.evaluation),
          onChange: (on) => view.change({ endSessions: on }),
        })
      : nothing
  }
  ${asWritten(view)}`;
}

/**
 * The connection's own database comes first, as null; a chosen name that does not exist must still
 * be shown.
 */
function databases(names: readonly string[], own: string, chosen: string | null): string[] {
  const others = names.filter((name) => name !== own || name === chosen);
  return chosen === null || others.includes(chosen) ? others : [chosen, ...others];
}

/** A name for a new database: of what was dumped, and not taken on the server. */
export function proposed({ state }: RestoreView): string | null {
  return proposeDatabase(state.input.info, state.connection?.server?.databases ?? []);
}
