import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { clusterContents, clusterEffects } from '../../src/core/forms/restore/clusterRestore';
import type { ClusterContents } from '../../src/core/model/archive';
import type { DatabaseChoice, RestoreOptions } from '../../src/core/model/options';
import { shownLabel } from '../../src/core/text/shownText';
import { controlsOf } from '../shared/options/formFields';
import type { Info } from '../shared/types';
import { notesFor } from '../shared/ui/field';
import { checkGroup, labelledCheckbox, labelledRadios, labelledText } from '../shared/ui/fields';
import { restoreForm } from './advancedView';
import { contentView } from './contentView';
import type { RestoreView } from './restoreView';

/** Effects of a script of pg_dumpall on the server, with their confirmation. */
export function clusterView(view: RestoreView): TemplateResult | typeof nothing {
  const { input, connection, options } = view.state;
  const { info } = input;
  if (info === null) return nothing;
  const { databases } = options;
  const there = connection?.server?.databases ?? null;
  const { roles, tablespaces, droppedRoles } = globalsOf(info, options);
  const { created, written, dropped } = clusterEffects(info, there, databases);
  const rows: [string, readonly string[]][] = [
    [l10n.t('Databases dropped'), dropped],
    [l10n.t('Databases created'), created],
    [l10n.t('Databases written into'), written],
    [l10n.t('Roles dropped'), droppedRoles],
    [l10n.t('Roles created'), roles],
    [l10n.t('Tablespaces created'), tablespaces],
  ];
  return html`${extentView(view, info)}
    <section class="card" aria-label=${l10n.t('What the script does to the server')}>
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
    ${databases === null ? nothing : contentView(view)}
    ${checkGroup(
      l10n.t('How it is restored'),
      controlsOf({ ...restoreForm(view), tool: null }, [
        ...(databases === null ? ['wholeServer'] : ['withoutRoles', 'noOwner', 'noPrivileges']),
        'exitOnError',
        'singleTransaction',
      ]),
    )}`;
}

function globalsOf(info: Info, { databases, withoutRoles }: RestoreOptions): ClusterContents {
  const contents = clusterContents(info);
  if (databases === null) return contents;
  const [roles, tablespaces] = withoutRoles ? [[], []] : [contents.roles, contents.tablespaces];
  return { ...contents, roles, tablespaces, droppedRoles: [] };
}

/** The whole script, or databases of it. */
function extentView(view: RestoreView, info: Info): TemplateResult {
  const { databases } = view.state.options;
  return html`${labelledRadios({
    name: 'databases',
    label: l10n.t('What of the script'),
    value: databases === null ? 'all' : 'some',
    options: [
      { value: 'all', label: l10n.t('The whole server') },
      { value: 'some', label: l10n.t('Some of its databases') },
    ],
    layout: 'row',
    notes: notesFor('databases', view.evaluation),
    onChange: (extent) => view.change({ databases: extent === 'all' ? null : [] }),
  })}
  ${
    databases === null
      ? nothing
      : checkGroup(
          l10n.t('Databases to restore'),
          info.connects.map((name) => databaseView(view, databases, name)),
        )
  }`;
}

/** A database of the script, and into which one it is restored. */
function databaseView(
  view: RestoreView,
  databases: readonly DatabaseChoice[],
  name: string,
): TemplateResult {
  const chosen = databases.find((each) => each.name === name);
  const others = databases.filter((each) => each.name !== name);
  const id = `database-${name}`;
  const notes = notesFor(id, view.evaluation);
  return html`${labelledCheckbox({
    name: id,
    label: shownLabel(name),
    notes,
    checked: chosen !== undefined,
    onChange: (on) => view.change({ databases: on ? [...others, { name, target: name }] : others }),
  })}
  ${
    chosen === undefined
      ? nothing
      : labelledText({
          name: `${id}-target`,
          label: l10n.t('Restore {0} into database', shownLabel(name)),
          value: chosen.target,
          notes,
          onInput: (target) =>
            view.change({
              databases: databases.map((each) => (each === chosen ? { name, target } : each)),
            }),
        })
  }`;
}
