import type { RestoreDefaults } from '../../model/options';
import { restoreFields } from '../../model/restoreFields';
import { defaultsOf } from '../fields/fieldValues';

/** Initial options of a new restore form: accepted by the tools for every kind of dump. */
export function restoreDefaults(): RestoreDefaults {
  return defaultsOf(restoreFields);
}
