import { backupFields } from '../../model/backupFields';
import type { OptionsAt } from '../../model/optionFields';
import { defaultsAt } from '../fields/fieldValues';

/** The options that choose what of a database a backup holds. */
export interface ObjectOptions extends OptionsAt<typeof backupFields, 'objects'> {}

/** The whole database. Lists of its own each time, as options may be changed. */
export function wholeDatabase(): ObjectOptions {
  return defaultsAt(backupFields, 'objects');
}
