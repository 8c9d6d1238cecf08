import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { completeText } from '../../src/core/text/files/completeText';
import { formatBytes } from '../../src/core/text/formatBytes';
import { formatDate } from '../../src/core/text/formatDate';
import { packedText } from '../../src/core/text/jobNoteText';
import { formatNumber } from '../shared/format';
import { problemBanner } from '../shared/form/problemBanner';
import type { Info } from '../shared/types';
import { button } from '../shared/ui/button';
import { fieldNotes, noteText, notesFor } from '../shared/ui/field';
import { progressRing } from '../shared/ui/progressRing';
import { textField } from '../shared/ui/textField';
import type { RestoreView } from './restoreView';

/** The file to restore; part of the header. */
export function inputField(view: RestoreView): TemplateResult {
  const notes = notesFor('inputPath', view.evaluation);
  return html`<div class="who" data-field="inputPath">
      <span class="who-label" aria-hidden="true">${l10n.t('Restore')}</span>
      <span class="who-path"
        >${textField({
          id: 'inputPath',
          label: l10n.t('File or directory to restore'),
          placeholder: l10n.t('A dump file, or the folder of a directory archive'),
          value: view.state.options.inputPath,
          onInput: (inputPath) => view.change({ inputPath }),
          invalid: notes.invalid,
          note: noteText(notes),
        })}</span
      >
      ${button({ label: l10n.t('Browse File…'), onClick: () => view.browse(false) })}
      ${button({ label: l10n.t('Browse Folder…'), onClick: () => view.browse(true) })}
    </div>
    ${fieldNotes('inputPath', notes)}`;
}

/** Contents of the file, read from the file itself before anything runs. */
export function infoCard(view: RestoreView): TemplateResult | typeof nothing {
  const { input } = view.state;
  if (input.path === '') {
    return html`<div class="objects-empty">
      ${l10n.t('Choose a file to see what is in it. Nothing runs until you press Restore.')}
    </div>`;
  }
  if (input.reading) {
    return html`<div class="objects-empty">
      ${progressRing()}<span>${l10n.t('Reading the file…')}</span>
    </div>`;
  }
  if (input.problem) {
    const { detail, actions } = input.problem;
    // The field already shows this sentence.
    if (detail === undefined && actions.length === 0) return nothing;
    return problemBanner(input.problem, (action) => view.problemAction(action));
  }
  return input.info ? card(input.info) : nothing;
}

function card(info: Info): TemplateResult {
  const facts: [string, string][] = [
    [l10n.t('Format'), formatText(info)],
    [l10n.t('Size'), formatBytes(info.sizeBytes)],
    ...(info.packed ? [[l10n.t('Packed'), packedText(info.packed)] as [string, string]] : []),
    [l10n.t('Created'), formatDate(info.created)],
    [l10n.t('Database'), info.database],
    [l10n.t('Server'), version('PostgreSQL', info.serverVersion)],
    [l10n.t('Written by'), version(info.cluster ? 'pg_dumpall' : 'pg_dump', info.pgDumpVersion)],
    [l10n.t('Encoding'), [info.encoding, info.locale?.collate].filter(Boolean).join(', ')],
    [l10n.t('Complete'), completeText(info)],
  ];
  return html`<section class="card" aria-label=${l10n.t('In the file')}>
    <dl class="card-facts">
      ${facts.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>
              ${value === '' ? html`<span class="dim">${l10n.t('not recorded')}</span>` : value}
            </dd>
          </div>`,
      )}
    </dl>
    <ul class="card-counts" aria-label=${l10n.t('Contents')}>
      ${counts(info).map(
        ([count, name]) => html`<li><strong>${formatNumber(count)}</strong> ${name}</li>`,
      )}
    </ul>
    ${warnings(info).map(
      (text) =>
        html`<div class="field-note field-reason">
          <span class="codicon codicon-info" aria-hidden="true"></span><span>${text}</span>
        </div>`,
    )}
  </section>`;
}

function formatText(info: Info): string {
  const name = {
    custom: l10n.t('Custom archive'),
    directory: l10n.t('Directory archive'),
    tar: l10n.t('Tar archive'),
    plain: info.cluster ? l10n.t('SQL script of pg_dumpall') : l10n.t('SQL script'),
  }[info.format];
  const compression = info.compression === 'none' ? l10n.t('not compressed') : info.compression;
  return [info.archiveVersion === null ? name : `${name} ${info.archiveVersion}`, compression].join(
    ', ',
  );
}

/** Product and version; a packager may have added its name to the version, in brackets. */
function version(product: string, text: string): string {
  return text === '' ? '' : `${product} ${text}`;
}

/** The counts that are not zero, each with its word. */
function counts({ contents, cluster, clusterContents, connects }: Info): [number, string][] {
  const all: [count: number, one: string, many: string][] = [
    [cluster ? connects.length : 0, l10n.t('database'), l10n.t('databases')],
    [clusterContents?.roles.length ?? 0, l10n.t('role'), l10n.t('roles')],
    [clusterContents?.tablespaces.length ?? 0, l10n.t('tablespace'), l10n.t('tablespaces')],
    [contents.schemas.length, l10n.t('schema'), l10n.t('schemas')],
    [contents.tables.length, l10n.t('table'), l10n.t('tables')],
    [contents.views, l10n.t('view'), l10n.t('views')],
    [contents.functions, l10n.t('function'), l10n.t('functions')],
    [contents.sequences, l10n.t('sequence'), l10n.t('sequences')],
    [contents.indexes, l10n.t('index'), l10n.t('indexes')],
    [contents.constraints, l10n.t('constraint'), l10n.t('constraints')],
    [contents.triggers, l10n.t('trigger'), l10n.t('triggers')],
    [contents.largeObjects, l10n.t('large object'), l10n.t('large objects')],
  ];
  return all
    .filter(([count]) => count > 0)
    .map(([count, one, many]) => [count, count === 1 ? one : many]);
}

/** Warnings that the form does not show at a field. */
function warnings(info: Info): string[] {
  if (!info.warnings.includes('noDataOffsets')) return [];
  return [
    l10n.t(
      'Written to a pipe: restoring parts of it, or in parallel, has to search for each table.',
    ),
  ];
}
