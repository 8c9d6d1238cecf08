import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { completeText } from '../../../src/core/text/files/completeText';
import { formatBytes } from '../../../src/core/text/formatBytes';
import { shownName } from '../../../src/core/text/shownText';
import { formatDate } from '../../../src/core/text/formatDate';
import { packedText } from '../../../src/core/text/jobNoteText';
import { baseName } from '../../../src/core/text/paths';
import { readingText } from '../../../src/core/text/files/readingText';
import type { ArchiveState } from '../../../src/protocol/archiveApi';
import '../../shared/elements/pgProgress';
import { formatNumber } from '../../shared/format';
import { problemBanner } from '../../shared/form/problemBanner';
import { button } from '../../shared/ui/button';
import type { ArchiveView } from '../state/archiveView';

/** The file, what it is, and what can be done with all of it. */
export function headView(view: ArchiveView): TemplateResult {
  const { state } = view;
  const { archive } = state;
  const usable = archive.header !== null;
  return html`<header class="page-header archive-head">
    <div class="who">
      <h1 title=${state.path}>${baseName(state.path)}</h1>
      <span class="gap"></span>
      ${
        usable
          ? html`${button({
              label: l10n.t('Open SQL'),
              icon: 'file-code',
              onClick: () => view.openDdl(null),
            })}
            ${button({
              label: l10n.t('Compare With…'),
              icon: 'diff',
              disabled: state.comparing,
              onClick: () => view.comparing.start(),
            })}
            ${button({
              label: l10n.t('Restore…'),
              icon: 'history',
              appearance: 'primary',
              onClick: () => view.restore(null),
            })}`
          : nothing
      }
    </div>
    ${facts(archive)} ${progress(view)} ${banners(view)}
  </header>`;
}

function facts(archive: ArchiveState): TemplateResult | typeof nothing {
  const { header, info } = archive;
  if (header === null) return nothing;
  const version = (product: string, text: string): string =>
    text === '' ? '' : `${product} ${text}`;
  const size = info === null ? '' : formatBytes(info.sizeBytes);
  const compression = header.compression === 'none' ? l10n.t('not compressed') : header.compression;
  const writer = header.cluster ? 'pg_dumpall' : 'pg_dump';
  const all: [string, string][] = [
    [l10n.t('Format'), formatText(header)],
    [l10n.t('Size'), [size, compression].filter(Boolean).join(', ')],
    [l10n.t('Packed'), info?.packed ? packedText(info.packed) : ''],
    [l10n.t('Database'), shownName(header.database)],
    [l10n.t('Created'), formatDate(header.created)],
    [l10n.t('Server'), version('PostgreSQL', header.serverVersion)],
    [
      l10n.t('Written by'),
      header.byPgDump ? version(writer, header.pgDumpVersion) : l10n.t('not pg_dump'),
    ],
    [l10n.t('Entries'), entriesText(archive)],
    [l10n.t('Complete'), wholeText(archive)],
  ];
  return html`<dl class="head-facts" aria-label=${l10n.t('About the file')}>
    ${all
      .filter(([, value]) => value !== '')
      .map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd title=${value}>${withoutPackager(value)}</dd>
          </div>`,
      )}
  </dl>`;
}

/** `17.11 (Debian 17.11-0+deb13u1)`: packagers say more than there is room for. */
function withoutPackager(version: string): string {
  return version.replace(/^((?:PostgreSQL|pg_dump(?:all)?) \S+) \(.*\)$/, '$1');
}

function formatText(header: NonNullable<ArchiveState['header']>): string {
  const name = {
    custom: l10n.t('Custom archive'),
    directory: l10n.t('Directory archive'),
    tar: l10n.t('Tar archive'),
    plain: header.cluster ? l10n.t('SQL script of a server') : l10n.t('SQL script'),
  }[header.format];
  return header.archiveVersion === null ? name : `${name} ${header.archiveVersion}`;
}

function entriesText({ header, count, finished }: ArchiveState): string {
  if (finished) return formatNumber(count);
  const expected = header?.tocCount ?? null;
  if (expected !== null) return l10n.t('about {0}', formatNumber(expected));
  return count === 0 ? '' : l10n.t('{0} so far', formatNumber(count));
}

function wholeText({ info, damage }: ArchiveState): string {
  if (info === null) return damage === null ? '' : l10n.t('no: something is missing');
  return completeText(damage === null ? info : { ...info, complete: false });
}

function progress(view: ArchiveView): TemplateResult | typeof nothing {
  const { archive } = view.state;
  const { phase } = archive;
  if (phase === 'ready' || phase === 'failed') return nothing;
  const { bytes = 0, total = 0 } = archive.progress ?? {};
  const text =
    phase === 'measuring'
      ? l10n.t('Finding the sizes…')
      : total > 0
        ? l10n.t('Reading: {0} of {1}', formatBytes(bytes), formatBytes(total))
        : l10n.t('Reading…');
  return html`<div class="reading">
    <pg-progress
      .label=${l10n.t('Reading the file')}
      .value=${total > 0 ? bytes : null}
      .max=${total > 0 ? total : null}
      .text=${text}
    ></pg-progress>
    <span class="dim">${text}</span>
    <span class="gap"></span>
    ${button({ label: l10n.t('Cancel'), onClick: () => view.cancelReading() })}
  </div>`;
}

function banners(view: ArchiveView): TemplateResult {
  const { archive, failure } = view.state;
  const { problem, foreign, damage, header, info } = archive;
  return html`${problem === null ? nothing : problemOf(view, problem, foreign)}
  ${
    damage === null
      ? nothing
      : banner(
          'error',
          l10n.t(
            'Damaged or truncated at byte {0}, while reading {1}. Everything before that is shown.',
            formatNumber(damage.offset),
            readingText(damage.reading),
          ),
        )
  }
  ${
    damage === null && info?.complete === false
      ? banner('error', l10n.t('Incomplete: data of some entries are missing or truncated.'))
      : nothing
  }
  ${
    header?.newerVersion === true
      ? banner(
          'warning',
          l10n.t(
            'Archive version {0} is newer than the versions known here. It is shown as far as it could be read; restoring it needs a pg_restore of that version.',
            header.archiveVersion ?? '',
          ),
        )
      : nothing
  }
  ${failure === '' ? nothing : banner('error', failure)}`;
}

function problemOf(
  view: ArchiveView,
  problem: NonNullable<ArchiveState['problem']>,
  foreign: boolean,
): TemplateResult {
  return html`${problemBanner(problem, (action) => view.problemAction(action))}
    <div class="actions">
      ${
        foreign
          ? button({
              label: l10n.t('Open as Text'),
              appearance: 'primary',
              onClick: () => view.openAsText(),
            })
          : nothing
      }
      ${button({ label: l10n.t('Read Again'), icon: 'refresh', onClick: () => view.readAgain() })}
    </div>`;
}

export function banner(tone: 'error' | 'warning' | 'info', text: string): TemplateResult {
  return html`<div class="banner banner-${tone}">
    <span class="codicon codicon-${tone}" aria-hidden="true"></span>
    <div class="banner-body"><div class="banner-message">${text}</div></div>
  </div>`;
}
