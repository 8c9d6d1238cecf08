import type { RestoreOptions } from '../../model/options';

/** Is a part of the archive restored, so that pg_restore is given a list? */
export function selectsObjects({
  schemas,
  tables,
  dumpIds,
}: Pick<RestoreOptions, 'schemas' | 'tables' | 'dumpIds'>): boolean {
  return (schemas?.length ?? 0) > 0 || (tables?.length ?? 0) > 0 || dumpIds !== null;
}
