import * as l10n from '@vscode/l10n';
import { indexCatalog, relationKey } from './catalogIndex';
import type { BackupContext } from '../form/context';
import type { Evaluation } from '../form/evaluation';
import type { BackupField } from '../form/formTypes';
import { listNames, listTables } from '../../text/names';
import type { BackupOptions, TableRef } from '../../model/options';
import { isFiltered } from './selection';
import { computeTicks, selectionMode } from './ticks';

type Field = BackupField;

/**
 * Checks that what is selected exists and is not nothing: pg_dump silently skips a name that
 * matches nothing as long as another one matches.
 */
export function checkBackupObjects(
  options: BackupOptions,
  { catalog, server }: BackupContext,
  evaluation: Evaluation<Field>,
): void {
  const ticks = (options.schemas?.length ?? 0) + (options.tables?.length ?? 0) > 0;
  if (ticks && options.excludeSchemas.length > 0) {
    evaluation.error(
      'excludeSchemas',
      l10n.t(
        'Schemas are left out of everything. Where some objects are chosen, do not choose them.',
      ),
    );
  }
  if (catalog === null) {
    const selects = selectionMode(options) !== 'everything' || options.excludeTableData.length > 0;
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
  const index = indexCatalog(catalog);
  const database = catalog.database;

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
  const known = new Set(catalog.extensions.map((extension) => extension.name));
  const extensions = (options.extensions ?? []).filter((name) => !known.has(name));
  if (extensions.length > 0 && isFiltered(options, catalog)) {
    evaluation.error(
      'extensions',
      l10n.t('Not in database {0}: extension {1}.', database, listNames(extensions)),
    );
  }
  const ticked = computeTicks(options, catalog).marks.tables;
  const both = options.excludeTables.filter((table) => ticked.has(relationKey(table)));
  if (both.length > 0) {
    evaluation.error(
      'excludeTables',
      l10n.t('Both selected and excluded: {0}. Decide for one.', listTables(both)),
    );
  }
}
