import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { clusterContents, clusterEffects } from '../../src/core/forms/restore/clusterRestore';
import { shownLabel } from '../../src/core/text/shownText';
import { controlsOf } from '../shared/options/formFields';
import { checkGroup } from '../shared/ui/fields';
import { restoreForm } from './advancedView';
import type { RestoreView } from './restoreView';

/** Effects of a script of pg_dumpall on the server, with their confirmation. */
export function clusterView(view: RestoreView): TemplateResult | typeof nothing {
  const { input, connection } = view.state;
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
                <dd>${names.map(shownLabel).join(', ')}</dd>
              </div>`,
          )}
      </dl>
    </section>
    ${checkGroup(
      l10n.t('Whole server'),
      controlsOf({ ...restoreForm(view), tool: null }, [
        'wholeServer',
        'exitOnError',
        'singleTransaction',
      ]),
    )}`;
}
