import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { isClusterBackup, type BackupScope } from '../../src/core/model/options';
import { toolOptionName } from '../../src/core/forms/fields/fieldText';
import { checkbox } from '../shared/ui/checkbox';
import { fieldNotes, notesFor } from '../shared/ui/field';
import {
  checkGroup,
  labelledCheckbox,
  labelledDropdown,
  labelledRadios,
} from '../shared/ui/fields';
import type { RadioOption } from '../shared/ui/radioGroup';
import type { BackupView } from './backupView';

/** The option that has a control of its own here. */
const ROLE_PASSWORDS = 'no-role-passwords';

function scopes(): RadioOption<BackupScope>[] {
  return [
    { value: 'database', label: l10n.t('This database') },
    { value: 'server', label: l10n.t('Whole server') },
    { value: 'globals', label: l10n.t('Roles and tablespaces') },
    { value: 'roles', label: l10n.t('Roles only') },
    { value: 'tablespaces', label: l10n.t('Tablespaces only') },
  ];
}

/** One database, or a scope of pg_dumpall. */
export function scopeView(view: BackupView): TemplateResult {
  return labelledRadios({
    name: 'scope',
    label: l10n.t('What to back up'),
    value: view.state.options.scope,
    options: scopes(),
    layout: 'row',
    notes: notesFor('scope', view.evaluation),
    onChange: (scope) => view.change({ scope }),
  });
}

/** Database of the server; hidden while there is no other. */
export function databaseView(view: BackupView): TemplateResult | typeof nothing {
  const { options, connection } = view.state;
  const { database } = options;
  if (isClusterBackup(options)) return nothing;
  const own = database === null ? connection?.server?.database : undefined;
  const names = (connection?.server?.databases ?? []).filter((name) => name !== own);
  // A chosen database is listed even if it does not exist.
  if (database !== null && !names.includes(database)) names.unshift(database);
  if (names.length === 0) return nothing;
  return labelledDropdown({
    name: 'database',
    label: l10n.t('Database'),
    value: database ?? '',
    options: [
      {
        value: '',
        label:
          own === undefined
            ? l10n.t('The connection’s own')
            : l10n.t('{0} (the connection’s own)', own),
      },
      ...names.map((name) => ({ value: name, label: name })),
    ],
    notes: notesFor('database', view.evaluation),
    onChange: (name) => view.change({ database: name === '' ? null : name }),
  });
}

/** Parts of the server for a script of pg_dumpall. */
export function clusterView(view: BackupView): TemplateResult | typeof nothing {
  const { options } = view.state;
  if (!isClusterBackup(options)) return nothing;
  return html`${options.scope === 'server' ? databases(view) : nothing}
  ${options.scope === 'tablespaces' ? nothing : rolePasswords(view)}`;
}

function databases(view: BackupView): TemplateResult {
  const { options, connection, loading } = view.state;
  const { excludeDatabases } = options;
  // Names that the server does not have are listed, too, so that they can be removed.
  const names = [...new Set([...(connection?.server?.databases ?? []), ...excludeDatabases])];
  const set = (name: string, included: boolean): void => {
    const others = excludeDatabases.filter((each) => each !== name);
    view.change({ excludeDatabases: included ? others : [...others, name] });
  };
  const label = l10n.t('Databases');
  return html`<div class="field" role="group" aria-label=${label} data-field="excludeDatabases">
    <div class="group-label" aria-hidden="true">${label}</div>
    ${
      names.length === 0
        ? html`<div class="objects-empty">
            ${
              loading
                ? l10n.t('Reading the databases of the server…')
                : l10n.t('The databases appear here once the server answers.')
            }
          </div>`
        : html`<div class="checks checks-many" id="excludeDatabases" tabindex="-1">
            ${names.map((name, i) =>
              checkbox({
                id: `database-${i}`,
                label: name,
                checked: !excludeDatabases.includes(name),
                onChange: (checked) => set(name, checked),
              }),
            )}
          </div>`
    }
    ${fieldNotes('excludeDatabases', notesFor('excludeDatabases', view.evaluation))}
  </div>`;
}

function rolePasswords(view: BackupView): TemplateResult {
  const name = toolOptionName(ROLE_PASSWORDS);
  return checkGroup(l10n.t('Roles'), [
    labelledCheckbox({
      name,
      label: l10n.t('With their passwords'),
      description: l10n.t('As hashes, which only a superuser can read.'),
      checked: view.state.options.toolOptions[ROLE_PASSWORDS] !== true,
      notes: notesFor(name, view.evaluation),
      onChange: (included) => view.setToolOption(ROLE_PASSWORDS, included ? null : true),
    }),
  ]);
}
