import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { formatBytes } from '../../../src/core/text/formatBytes';
import { shownName } from '../../../src/core/text/shownText';
import { footerRoom } from '../../shared/footerRoom';
import { formatNumber } from '../../shared/format';
import { button } from '../../shared/ui/button';
import { dropdown } from '../../shared/ui/dropdown';
import { linkButton } from '../../shared/ui/link';
import type { MoreEntries, SelectionFilter } from '../../../src/protocol/archiveApi';
import type { ArchiveView } from '../state/archiveView';
import type { PageState } from '../state/pageState';
import { typeCounted } from '../../../src/core/model/entryTypes';

/** The selection and its actions. */
export function selectionView(view: ArchiveView): TemplateResult | typeof nothing {
  const { state } = view;
  const { selection, archive } = state;
  if (selection.size === 0) return nothing;
  const script = archive.header?.format === 'plain';
  return html`<footer class="page-footer" aria-label=${l10n.t('Selection')} ${ref(footerRoom)}>
    <div class="footer-bar">
      <span class="footer-text" role="status">
        <strong
          >${
            selection.size === 1
              ? l10n.t('1 entry chosen')
              : l10n.t('{0} entries chosen', formatNumber(selection.size))
          }</strong
        >${sizeOf(state)}
        ${script ? html`<div class="dim" id="script-parts">${l10n.t('Of a script, tables, schemas and databases are restored, with what belongs to them.')}</div>` : nothing}
      </span>
      ${button({ label: l10n.t('Clear'), onClick: () => view.selecting.clear() })}
      ${button({
        label: l10n.t('Copy Names'),
        onClick: () => view.copyNames(selection.ids()),
      })}
      ${button({ label: l10n.t('Open SQL'), onClick: () => view.openDdl(selection.ids()) })}
      ${button({
        label: l10n.t('Restore Selection…'),
        appearance: 'primary',
        describedBy: script ? 'script-parts' : undefined,
        onClick: () => view.restore(selection.ids()),
      })}
    </div>
    ${more(view)}
  </footer>`;
}

/** Entries that the selection lacks, and filters that reduce it. */
function more(view: ArchiveView): TemplateResult | typeof nothing {
  const { selection, relatives, store, archive } = view.state;
  if (archive.header?.format === 'plain') return nothing;
  const { descs, schemas } = selection.facts(store);
  const any = (...wanted: string[]): boolean => wanted.some((desc) => descs.has(desc));
  const filters: [SelectionFilter, string, boolean][] = [
    ['extensions', l10n.t('extensions'), any('EXTENSION')],
    ['privileges', l10n.t('privileges'), any('ACL', 'DEFAULT ACL')],
    ['comments', l10n.t('comments'), any('COMMENT')],
    ['publications', l10n.t('publications'), any('PUBLICATION', 'PUBLICATION TABLE')],
    ['subscriptions', l10n.t('subscriptions'), any('SUBSCRIPTION')],
    ['definitions', l10n.t('everything but rows'), any('TABLE') && any('TABLE DATA')],
  ];
  const offered = filters.filter(([, , applies]) => applies);
  return html`<div class="selection-more">
    ${
      relatives === null
        ? nothing
        : html`${offer(view, l10n.t('Also needed:'), relatives.needs)}
          ${offer(view, l10n.t('Also belonging to it:'), relatives.parts)}`
    }
    ${
      offered.length === 0
        ? nothing
        : html`<span class="selection-offer"
            ><span class="dim">${l10n.t('Leave out:')}</span> ${offered.map(([filter, label]) =>
              linkButton({ label, onClick: () => view.selecting.filter(filter) }),
            )}</span
          >`
    }
    ${schemas.length < 2 ? nothing : onlySchema(view, schemas)}
  </div>`;
}

/** With more schemas than this they are chosen from a list. */
const SCHEMA_LINKS = 6;

function onlySchema(view: ArchiveView, schemas: readonly string[]): TemplateResult {
  const leave = (schema: string): void => view.selecting.filter({ onlySchema: schema });
  const title = l10n.t('Only from schema:');
  return html`<span class="selection-offer"
    ><span class="dim">${title}</span> ${
      schemas.length <= SCHEMA_LINKS
        ? schemas.map((schema) =>
            linkButton({ label: shownName(schema), onClick: () => leave(schema) }),
          )
        : dropdown({
            id: 'only-schema',
            label: title,
            value: '',
            options: [
              { value: '', label: l10n.t('all of them') },
              ...schemas.map((schema) => ({ value: schema, label: shownName(schema) })),
            ],
            onChange: leave,
          })
    }</span
  >`;
}

function offer(
  view: ArchiveView,
  title: string,
  { ids, byType }: MoreEntries,
): TemplateResult | typeof nothing {
  if (ids.length === 0) return nothing;
  const types = byType.map(
    ({ desc, count }) => `${formatNumber(count)} ${typeCounted(desc, count)}`,
  );
  return html`<span class="selection-offer"
    ><span class="dim">${title}</span> <span>${types.join(', ')}</span> ${linkButton({
      label: l10n.t('Add'),
      onClick: () => view.selecting.add(ids),
    })}</span
  >`;
}

function sizeOf({ selection, store }: PageState): string {
  const { bytes } = selection.facts(store);
  return bytes === 0 ? '' : `, ${l10n.t('{0} of data', formatBytes(bytes))}`;
}
