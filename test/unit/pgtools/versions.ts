import { parseVersion } from '../../../src/core/pgtools/choose/parseVersion';
import type { ToolVersion } from '../../../src/core/model/tools';

/** A version as a tool would tell it, e.g. `17.6`. */
export function version(text: string): ToolVersion {
  const parsed = parseVersion(`pg_dump (PostgreSQL) ${text}`);
  if (!parsed) throw new Error(text);
  return parsed.version;
}

/** The last minor release of each major that the catalogue covers. */
export const everyMajor = ['12.22', '13.23', '14.24', '15.18', '16.15', '17.11', '18.6'].map(
  version,
);
