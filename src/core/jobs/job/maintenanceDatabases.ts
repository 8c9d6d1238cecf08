import { effectiveTarget } from '../../connections/effectiveTarget';
import type { Variables } from '../../connections/url/reference';
import type { ConnectionProfile } from '../../model/profile';

/** The databases to connect to in order to create `database`: any but itself. */
export function maintenanceDatabases(
  profile: ConnectionProfile,
  database: string | null,
  inherited: Variables,
): (string | undefined)[] {
  const own = effectiveTarget(profile, inherited).database;
  return [...new Set([own, 'postgres', 'template1'])].filter((name) => name !== database);
}
