import * as l10n from '@vscode/l10n';
import type { DatabaseCatalog, RelationKind } from '../../model/catalog';
import type { DumpSelection } from '../../model/tools';
import { selectedNames } from '../../pgtools/args/dumpArgs';
import { isUtf8, patternEncoding } from '../../pgtools/args/patterns';
import type { BackupContext } from '../form/context';
import { relationKey } from '../selection/catalogIndex';
import { formatBytes } from '../../text/formatBytes';
import { listNames, listTables } from '../../text/names';
import type { BackupOptions, TableRef } from '../../model/options';
import type { ObjectSelection } from '../selection/objectSelection';
import { isNothing } from '../selection/selection';
import type { DerivedBackup } from '../selection/derivedBackup';

/** Totals of a selection. Partitions and foreign tables count as tables. */
export interface SelectionTotals {
  tables: number;
  tablesTotal: number;
  /** Bytes of the tables whose rows are dumped, on disk, without indexes. */
  bytes: number;
  bytesTotal: number;
}

/** Counts what is selected; O(relations). */
export function selectionTotals(
  { includeData }: Pick<BackupOptions, 'includeData'>,
  { index, included, withoutRows }: ObjectSelection,
): SelectionTotals {
  const totals: SelectionTotals = { tables: 0, tablesTotal: 0, bytes: 0, bytesTotal: 0 };
  for (const { key, selectable, relation } of index.byKey.values()) {
    if (!selectable || !isTable(relation.kind)) continue;
    totals.tablesTotal++;
    totals.bytesTotal += relation.bytes;
    if (!included.has(key)) continue;
    totals.tables++;
    if (includeData && !withoutRows.has(key)) totals.bytes += relation.bytes;
  }
  return totals;
}

function isTable(kind: RelationKind): boolean {
  return kind === 'table' || kind === 'partitionedTable' || kind === 'foreignTable';
}

/** Summary of a backup: its content and what is left out, one sentence each. */
export function backupSummary(
  options: BackupOptions,
  context: BackupContext,
  derived: DerivedBackup,
): string[] {
  if (isNothing(derived.selection)) return [];
  const { objects } = derived;
  const sentences = [extent(options, context, derived)];
  if (!options.includeData) sentences.push(l10n.t('Definitions only, no rows.'));
  else if (!options.includeSchema) sentences.push(l10n.t('Rows only, no definitions.'));
  if (objects === null) return sentences;
  return [
    ...sentences,
    ...comesAlong(options, derived, objects),
    ...leftOut(options, derived, objects),
    ...encodingNote(options, context, derived),
  ];
}

function extent(
  options: BackupOptions,
  { server }: BackupContext,
  { objects, filtered }: DerivedBackup,
): string {
  if (objects === null) {
    if (filtered) return l10n.t('Selected objects only.');
    return server === null
      ? l10n.t('The whole database.')
      : l10n.t('The whole database {0}.', server.database);
  }
  const { tables, tablesTotal, bytes } = selectionTotals(options, objects);
  const size = options.includeData ? formatBytes(bytes) : l10n.t('no rows');
  const whole = tables === tablesTotal && !filtered;
  const { database } = objects.index.catalog;
  if (!whole) return l10n.t('{0} of {1} tables, {2}.', tables, tablesTotal, size);
  return tables === 1
    ? l10n.t('The whole database {0}: its one table, {1}.', database, size)
    : l10n.t('The whole database {0}: all {1} tables, {2}.', database, tables, size);
}

function comesAlong(
  options: BackupOptions,
  { dump, filtered }: DerivedBackup,
  objects: ObjectSelection,
): string[] {
  if (!filtered) return [];
  if (dump.tables.length > 0) {
    if (!options.includeSchema) return [];
    return [
      l10n.t(
        'Single tables are dumped with their indexes, constraints, triggers and sequences. Their schemas, and the types and functions that they use, are not dumped: they must exist where it is restored.',
      ),
      ...orphanPartitions(objects),
    ];
  }
  const partial = dump.schemas.filter((name) => !objects.rules.schemas.has(name));
  if (partial.length === 0) return [];
  return [
    l10n.t(
      'Together with whole schemas, pg_dump dumps single tables only with the rest of their schema: its functions, types and other objects are included ({0}).',
      listNames(partial),
    ),
  ];
}

function orphanPartitions({ index, included }: ObjectSelection): string[] {
  const orphans: TableRef[] = [];
  for (const key of included) {
    const entry = index.byKey.get(key);
    if (entry?.parent && !included.has(entry.parent.key)) orphans.push(entry.relation);
  }
  if (orphans.length === 0) return [];
  return [
    l10n.t(
      'Partitions without the table that they belong to: {0}. Where that table is missing, restoring reports that they could not be attached.',
      listTables(orphans),
    ),
  ];
}

function leftOut(
  options: BackupOptions,
  derived: DerivedBackup,
  { index }: ObjectSelection,
): string[] {
  const out: string[] = [];
  const { dump, filtered } = derived;
  const { catalog } = index;
  if (dump.excludeSchemas.length > 0) {
    out.push(l10n.t('schema {0}', listNames(dump.excludeSchemas)));
  }
  const excluded = dump.excludeTables.filter((table) => {
    const entry = index.byKey.get(relationKey(table));
    return entry?.selectable !== false;
  });
  if (excluded.length > 0) out.push(listTables(excluded));
  const withoutRows = dump.excludeTableData.filter((table) => {
    const kind = index.byKey.get(relationKey(table))?.relation.kind;
    return kind !== 'partitionedTable';
  });
  if (withoutRows.length > 0) out.push(l10n.t('the rows of {0}', listTables(withoutRows)));

  if (filtered) out.push(...lostToFilter(options, dump, catalog));
  else if (dump.largeObjects === false && catalog.largeObjects > 0) {
    out.push(largeObjectsText(catalog));
  }
  return out.length === 0 ? [] : [l10n.t('Left out: {0}.', out.join('; '))];
}

function lostToFilter(
  options: BackupOptions,
  dump: DumpSelection,
  catalog: DatabaseCatalog,
): string[] {
  const out: string[] = [];
  if (options.includeData && catalog.largeObjects > 0 && dump.largeObjects !== true) {
    out.push(largeObjectsText(catalog));
  }
  if (!options.includeSchema) return out;
  const lost = lostExtensions(options, catalog, true);
  if (lost.length > 0) out.push(l10n.t('extensions ({0})', listNames(lost)));
  if (catalog.databaseObjects > 0) {
    out.push(l10n.t('publications, event triggers and other objects of the database itself'));
  }
  return out;
}

function largeObjectsText(catalog: DatabaseCatalog): string {
  return l10n.t('large objects ({0})', catalog.largeObjects);
}

/** Extensions that a filter leaves out. plpgsql is in every database and never missed. */
export function lostExtensions(
  options: Pick<BackupOptions, 'extensions'>,
  catalog: DatabaseCatalog,
  filtered: boolean,
): string[] {
  if (!filtered) return [];
  const kept = new Set(options.extensions ?? []);
  return catalog.extensions
    .map((extension) => extension.name)
    .filter((name) => name !== 'plpgsql' && !kept.has(name));
}

function encodingNote(
  options: BackupOptions,
  { server }: BackupContext,
  { dump }: DerivedBackup,
): string[] {
  if (options.encoding !== null || server === null) return [];
  if (isUtf8(server.encoding)) return [];
  const names = selectedNames(dump);
  return patternEncoding(names, null, server.encoding) === 'setUtf8'
    ? [
        l10n.t(
          'The dump will be in UTF8, because some of the chosen names contain non-ASCII characters.',
        ),
      ]
    : [];
}
