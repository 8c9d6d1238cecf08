/** Kind of an object, as codicon and word. */
import * as l10n from '@vscode/l10n';
import type { Catalog } from './types';

type Kind = Catalog['relations'][number]['kind'];

export function kindIcon(kind: Kind): string {
  return {
    table: 'table',
    partitionedTable: 'layers',
    view: 'eye',
    materializedView: 'save-all',
    foreignTable: 'plug',
    sequence: 'symbol-numeric',
  }[kind];
}

/** Word for a kind; '' for plain tables. */
export function kindText(kind: Kind): string {
  return {
    table: '',
    partitionedTable: l10n.t('partitioned'),
    view: l10n.t('view'),
    materializedView: l10n.t('materialized view'),
    foreignTable: l10n.t('foreign table'),
    sequence: l10n.t('sequence'),
  }[kind];
}
