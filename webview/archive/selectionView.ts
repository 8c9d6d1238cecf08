import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/core/forms/formatBytes';
import { formatNumber } from '../shared/format';
import { button } from '../shared/ui/button';
import type { ArchiveView, PageState } from './archiveView';

/** What is ticked, and what can be done with it. */
export function selectionView(view: ArchiveView): TemplateResult | typeof nothing {
  const { state } = view;
  const { ticks, archive } = state;
  if (ticks.size === 0) return nothing;
  const script = archive.header?.format === 'plain';
  return html`<footer class="page-footer" aria-label=${l10n.t('Selection')}>
    <div class="footer-bar">
      <span class="footer-text" role="status">
        <strong>${l10n.t('{0} entries chosen', formatNumber(ticks.size))}</strong>${sizeOf(state)}
        ${script ? html`<div class="dim" id="script-whole">${l10n.t('A script is restored as a whole.')}</div>` : nothing}
      </span>
      ${button({ label: l10n.t('Clear'), onClick: () => view.clearTicks() })}
      ${button({
        label: l10n.t('Copy Names'),
        onClick: () => view.copyNames(ticks.ids()),
      })}
      ${button({ label: l10n.t('Open SQL'), onClick: () => view.openDdl(ticks.ids()) })}
      ${button({
        label: l10n.t('Restore Selection…'),
        appearance: 'primary',
        disabled: script,
        describedBy: script ? 'script-whole' : undefined,
        onClick: () => view.restore(ticks.ids()),
      })}
    </div>
  </footer>`;
}

function sizeOf({ ticks, store }: PageState): string {
  let bytes = 0;
  for (const id of ticks.ids()) bytes += Math.max(0, store.sizes[id] ?? 0);
  return bytes === 0 ? '' : `, ${l10n.t('{0} of data', formatBytes(bytes))}`;
}
