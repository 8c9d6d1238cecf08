import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { clusterContents, clusterEffects } from '../../src/core/forms/restore/clusterRestore';
import { notesFor } from '../shared/ui/field';
import { checkGroup, labelledCheckbox } from '../shared/ui/fields';
import type { RestoreView } from './restoreView';

/** What a script of pg_dumpall does to the server, and whether it may. */
export function clusterView(view: RestoreView): TemplateResult | typeof nothing {
  const { input, connection, options } = view.state;
  const { info } = input;
  if (info === null) return nothing;
  const { roles, tablespaces, droppedRoles } = clusterContents(info);
  const { created, written, dropped } = clusterEffects(info, connection?.server?.databases ?? null);
  const rows: [string, readonly string[]][] = [
    [l10n.t('Databases dropped'), dropped],
    [l10n.t('Databases created'), created],
    [l10n.t('Databases written into'), written],
    [l10n.t('Roles dropped'), droppedRoles],
    [l10n.t('Roles created'), roles],
    [l10n.t('Tablespaces created'), tablespaces],
  ];
  return html`<section class="card" aria-label=${l10n.t('What the script does to the server')}>
      <dl class="card-facts">
        ${rows
          .filter(([, names]) => names.length > 0)
          .map(
            ([name, names]) =>
              html`<div>
                <dt>${name}</dt>
                <dd>${names.join(', ')}</dd>
              </div>`,
          )}
      </dl>
    </section>
    ${checkGroup(l10n.t('Whole server'), [
      labelledCheckbox({
        name: 'wholeServer',
        label: l10n.t('Run the script on the whole server'),
        description: l10n.t(
          'By psql, as it is, connected to each database in turn. You are asked once more before it begins.',
        ),
        checked: options.wholeServer,
        notes: notesFor('wholeServer', view.evaluation),
        onChange: (wholeServer) => view.change({ wholeServer }),
      }),
      labelledCheckbox({
        name: 'exitOnError',
        label: l10n.t('Exit on error'),
        description: l10n.t('Stop at the first error instead of listing them at the end.'),
        checked: options.exitOnError,
        notes: notesFor('exitOnError', view.evaluation),
        onChange: (exitOnError) => view.change({ exitOnError }),
      }),
      labelledCheckbox({
        name: 'singleTransaction',
        label: l10n.t('Single transaction'),
        checked: options.singleTransaction,
        notes: notesFor('singleTransaction', view.evaluation),
        onChange: (singleTransaction) => view.change({ singleTransaction }),
      }),
    ])}`;
}
