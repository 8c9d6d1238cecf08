import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { shownName } from '../../../src/core/text/shownText';
import type { ChangeKind, Comparison } from '../../../src/protocol/archiveApi';
import '../../shared/elements/pgTree';
import { formatNumber } from '../../shared/format';
import type { TreeRow } from '../../shared/tree/rows';
import type { TreeRowView } from '../../shared/tree/rowView';
import { button, iconButton } from '../../shared/ui/button';
import { checkbox } from '../../shared/ui/checkbox';
import { progressRing } from '../../shared/ui/progressRing';
import type { ArchiveView } from '../state/archiveView';
import type { PageState } from '../state/pageState';
import { wordsOf } from '../entries/entrySearch';
import { typeIcon, typeSingular } from '../../../src/core/model/entryTypes';

/** Most diffs that are opened in one editor; more would be slow. */
const MAX_TOGETHER = 300;

/** Differences from another dump; each row opens VS Code's diff editor. */
export function changesView(view: ArchiveView): TemplateResult {
  const { comparison, comparing } = view.state;
  if (comparison === null || comparing) {
    return html`<div class="contents-empty">${progressRing()} ${l10n.t('Comparing…')}</div>`;
  }
  const { options, changes } = comparison;
  return html`<div class="changes-head">
      <div class="changes-title">
        <h2>${l10n.t('Compared with {0}', comparison.other)}</h2>
        ${iconButton({
          label: l10n.t('Close the comparison'),
          icon: 'close',
          onClick: () => view.comparing.close(),
        })}
        <span class="dim">${summary(comparison)}</span>
      </div>
      <div class="changes-tools">
        ${checkbox({
          id: 'compare-owners',
          label: l10n.t('Owners'),
          checked: options.owners,
          onChange: (owners) => view.comparing.again({ ...options, owners }),
        })}
        ${checkbox({
          id: 'compare-privileges',
          label: l10n.t('Privileges'),
          checked: options.privileges,
          onChange: (privileges) => view.comparing.again({ ...options, privileges }),
        })}
        <span class="gap"></span>
        ${button({ label: l10n.t('Whole Schema'), icon: 'diff', onClick: () => view.comparing.openWhole() })}
        ${button({
          label: l10n.t('All Changes'),
          icon: 'diff-multiple',
          disabled: changes.length === 0 || changes.length > MAX_TOGETHER,
          onClick: () => view.comparing.openAll(),
        })}
      </div>
    </div>
    ${list(view, comparison)}`;
}

function summary({ changes, same }: Comparison): string {
  const count = (kind: ChangeKind): string =>
    formatNumber(changes.filter((change) => change.kind === kind).length);
  return l10n.t(
    '{0} changed, {1} only here, {2} only there, {3} the same',
    count('changed'),
    count('removed'),
    count('added'),
    formatNumber(same),
  );
}

function list(view: ArchiveView, comparison: Comparison): TemplateResult {
  const { changes } = comparison;
  const rows = rowsOf(view.state, comparison);
  if (rows.length === 0) {
    return html`<div class="contents-empty">
      <span class="codicon codicon-pass" aria-hidden="true"></span>
      ${
        changes.length === 0
          ? l10n.t('The schemas are the same.')
          : l10n.t('No name matches “{0}”.', view.state.query)
      }
    </div>`;
  }
  return html`<pg-tree
    id="changes"
    class="contents-main"
    .label=${l10n.t('Differences')}
    .rows=${rows}
    .view=${(id: string): TreeRowView => {
      const change = changes[Number(id)];
      if (change === undefined) return { label: '' };
      return {
        label: shownName(change.schema === null ? change.name : `${change.schema}.${change.name}`),
        icon: typeIcon(change.desc),
        description: typeSingular(change.desc),
        cells: [kindText(change.kind)],
      };
    }}
    .onChoose=${(id: string) => view.comparing.openChange(Number(id))}
  ></pg-tree>`;
}

let last: { comparison: Comparison; query: string; rows: TreeRow[] } | undefined;

function rowsOf({ query }: PageState, comparison: Comparison): TreeRow[] {
  if (last?.comparison === comparison && last.query === query) return last.rows;
  const words = wordsOf(query);
  const shown = comparison.changes.flatMap(({ schema, name, desc }, index) => {
    const text = `${schema ?? ''}.${name} ${desc}`.toLowerCase();
    return words.every((word) => text.includes(word)) ? [index] : [];
  });
  const rows = shown.map((index, at) => ({
    id: String(index),
    level: 1,
    position: at + 1,
    setSize: shown.length,
    expanded: null,
  }));
  last = { comparison, query, rows };
  return rows;
}

function kindText(kind: ChangeKind): string {
  switch (kind) {
    case 'changed':
      return l10n.t('changed');
    case 'removed':
      return l10n.t('only here');
    case 'added':
      return l10n.t('only there');
  }
}
