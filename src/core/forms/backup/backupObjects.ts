import * as l10n from '@vscode/l10n';
import type { DerivedBackup } from '../selection/derivedBackup';
import { relationKey, type CatalogIndex } from '../selection/catalogIndex';
import type { BackupContext } from '../form/context';
import type { Evaluation } from '../form/evaluation';
import type { BackupField } from '../form/formTypes';
import { listNames, listTables } from '../../text/names';
import type { DatabaseCatalog } from '../../model/catalog';
import type { ObjectSelection } from '../selection/objectSelection';
import type { BackupOptions, TableRef } from '../../model/options';
import { isNothing } from '../selection/selection';

type Field = BackupField;

/**
 * Checks that something is selected and that it exists: pg_dump silently skips a name that matches
 * nothing as long as another one matches.
 */
export function checkBackupObjects(
  options: BackupOptions,
  { catalog, server }: BackupContext,
  { selection, objects, filtered }: DerivedBackup,
  evaluation: Evaluation<Field>,
): void {
  if (isNothing(selection)) {
    evaluation.error(
      'tables',
      l10n.t('Nothing is checked. Check the objects to back up, or choose “Everything”.'),
    );
    return;
  }
  if (selection.mode === 'only' && options.excludeSchemas.length > 0) {
    evaluation.error(
      'excludeSchemas',
      l10n.t(
        'Schemas can only be left out of everything. When only some objects are chosen, do not choose those schemas.',
      ),
    );
  }
  if (catalog === null || objects === null) {
    const selects = selection.mode !== 'everything' || options.excludeTableData.length > 0;
    if (selects && server !== null) {
      evaluation.error(
        (options.schemas?.length ?? 0) > 0 ? 'schemas' : 'tables',
        l10n.t(
          'The objects of the database could not be read, so none can be selected. Dump the whole database, or try again.',
        ),
      );
    }
    return;
  }
  checkNamesExist(options, objects.index, evaluation);
  warnOfReferences(options, catalog.references ?? [], objects, evaluation);
  const known = new Set(catalog.extensions.map((extension) => extension.name));
  const extensions = (options.extensions ?? []).filter((name) => !known.has(name));
  if (extensions.length > 0 && filtered) {
    evaluation.error(
      'extensions',
      l10n.t('Not in database {0}: extension {1}.', catalog.database, listNames(extensions)),
    );
  }
  const both = options.excludeTables.filter((table) =>
    objects.rules.tables.has(relationKey(table)),
  );
  if (both.length > 0) {
    evaluation.error(
      'excludeTables',
      l10n.t('Both selected and excluded: {0}. Remove one of the two.', listTables(both)),
    );
  }
}

/**
 * Warns of selected objects that refer to objects left out: restoring them fails where the target
 * does not have those already.
 */
function warnOfReferences(
  { includeSchema, includeData }: BackupOptions,
  references: NonNullable<DatabaseCatalog['references']>,
  { included, withoutRows, index }: ObjectSelection,
  evaluation: Evaluation<Field>,
): void {
  if (!includeSchema) return;
  const lacking = references.filter(({ from, to }) => {
    const [dependent, needed] = [relationKey(from), relationKey(to)];
    // What belongs to an extension comes with it.
    if (!included.has(dependent) || index.byKey.get(needed)?.selectable !== true) return false;
    if (!included.has(needed)) return true;
    // A view needs no rows.
    const kind = index.byKey.get(dependent)?.relation.kind;
    const hasRows = kind === 'table' || kind === 'partitionedTable';
    return includeData && hasRows && withoutRows.has(needed) && !withoutRows.has(dependent);
  });
  if (lacking.length === 0) return;
  const [from, to] = [lacking.map((one) => one.from), lacking.map((one) => one.to)];
  evaluation.warn(
    'tables',
    l10n.t(
      'Left out, but needed: {0}. Foreign keys and views of {1} refer to it, and cannot be restored where it is missing.',
      listTables(distinct(to)),
      listTables(distinct(from)),
    ),
  );
}

function distinct(tables: readonly TableRef[]): TableRef[] {
  return [...new Map(tables.map((table) => [relationKey(table), table])).values()];
}

/** Reports schemas and tables that the options name and the database does not have. */
function checkNamesExist(
  options: BackupOptions,
  index: CatalogIndex,
  evaluation: Evaluation<Field>,
): void {
  const { database } = index.catalog;
  const named: ['schemas' | 'excludeSchemas', string[]][] = [
    ['schemas', options.schemas ?? []],
    ['excludeSchemas', options.excludeSchemas],
  ];
  for (const [field, names] of named) {
    const schemas = names.filter((name) => !index.schemaNames.has(name));
    if (schemas.length === 0) continue;
    evaluation.error(
      field,
      l10n.t('Not in database {0}: schema {1}.', database, listNames(schemas)),
    );
  }
  const lists: [Field, TableRef[]][] = [
    ['tables', options.tables ?? []],
    ['excludeTables', options.excludeTables],
    ['excludeTableData', options.excludeTableData],
  ];
  for (const [field, tables] of lists) {
    const unknown = tables.filter((table) => !index.byKey.has(relationKey(table)));
    if (unknown.length > 0) {
      evaluation.error(field, l10n.t('Not in database {0}: {1}.', database, listTables(unknown)));
    }
  }
}
