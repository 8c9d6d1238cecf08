import { backupFields } from '../../model/backupFields';
import type { BackupDefaults, BackupFormat } from '../../model/options';
import { defaultsOf } from '../fields/fieldValues';

/** Initial options of a new backup form, by format. */
export function backupDefaults(format?: BackupFormat): BackupDefaults {
  return defaultsOf(backupFields, format);
}

/** What a form holds beside the defaults where nothing was backed up from yet. */
export const FIRST_CHOICES = { profile: 'recommended' } as const;
