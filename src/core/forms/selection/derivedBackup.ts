import type { BackupOptions } from '../../model/options';
import type { DumpSelection } from '../../model/tools';
import type { BackupContext } from '../form/context';
import { indexCatalog, type CatalogIndex } from './catalogIndex';
import { dumpSelection, limitsByName, namesAsGiven } from './dumpSelection';
import { selectObjects, type ObjectSelection } from './objectSelection';
import { readSelection, type Selection } from './selection';

/** Objects of a backup, derived from its options once and shared. */
export interface DerivedBackup {
  selection: Selection;
  /** The selected objects; null while the objects of the database are unknown. */
  objects: ObjectSelection | null;
  /** Will pg_dump be limited to some schemas or tables? */
  filtered: boolean;
  /** The selection as pg_dump's options. */
  dump: DumpSelection;
}

/** Values that are already derived. */
export interface KnownObjects {
  /** The selection that the options' lists were written from. */
  selection?: Selection;
  /** The index of the context's catalog. */
  index?: CatalogIndex | null;
}

/** Pure; O(relations). */
export function deriveBackup(
  options: BackupOptions,
  { catalog }: Pick<BackupContext, 'catalog'>,
  known: KnownObjects = {},
): DerivedBackup {
  const { selection = readSelection(options) } = known;
  const index = known.index ?? (catalog && indexCatalog(catalog));
  if (index === null) {
    const dump = namesAsGiven(selection, options);
    return { selection, objects: null, filtered: limitsByName(selection), dump };
  }
  const objects = selectObjects(selection, options.excludeTableData, index);
  return { selection, objects, filtered: objects.filtered, dump: dumpSelection(objects, options) };
}
