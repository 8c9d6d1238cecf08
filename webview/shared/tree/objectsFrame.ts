import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { formatNumber } from '../format';
import { textField } from '../ui/textField';
import type { ShownRows } from './rows';

/** The filter above a tree of objects. */
export function objectsFilter(value: string, onInput: (filter: string) => void): TemplateResult {
  return textField({
    id: 'objects-filter',
    label: l10n.t('Filter objects'),
    placeholder: l10n.t('Filter by name'),
    icon: 'filter',
    value,
    onInput,
  });
}

/** In place of a tree without rows; `empty` says so when nothing is filtered. */
export function noObjects(filter: string, empty: string): TemplateResult {
  return html`<div class="objects-empty">
    ${filter === '' ? empty : l10n.t('No name matches “{0}”.', filter)}
  </div>`;
}

/** Below a tree: a hint, which describes it, and how many rows the filter finds. */
export function objectsFoot(hint: string, found: ShownRows['found']): TemplateResult {
  return html`<div class="objects-foot">
    <span class="field-description" id="objects-hint">${hint}</span>
    <span class="dim" role="status"
      >${found ? l10n.t('{0} found', formatNumber(found.matches)) : ''}</span
    >
  </div>`;
}
