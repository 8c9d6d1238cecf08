import type { BackupOptions } from '../../model/options';
import type { DumpSelection } from '../../model/tools';
import type { BackupContext } from '../form/context';
import { indexCatalog, type CatalogIndex } from './catalogIndex';
import { dumpSelection, limitsByName, namesAsGiven } from './dumpSelection';
import { selectObjects, type ObjectSelection } from './objectSelection';
import { readSelection, type Selection } from './selection';

/** What follows from a backup's options for its objects: made once, and handed to whatever asks. */
export interface DerivedBackup {
  selection: Selection;
  /** What the selection comes to; null while the objects of the database are not known. */
  objects: ObjectSelection | null;
  /** Will pg_dump be limited to some schemas or tables? */
  filtered: boolean;
  /** What pg_dump is told of objects. */
  dump: DumpSelection;
}

/** What is known already, and so need not be made again. */
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
