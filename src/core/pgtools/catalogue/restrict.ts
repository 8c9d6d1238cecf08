import type { ToolVersion } from '../../model/tools';
import { dumpOptions } from './dump';
import { hasOption, rowIn } from './rows';
import type { OptionRow } from './types';

/**
 * The option of pg_dump that came with psql's `\restrict`, which pg_dump writes into its scripts since
 * August 2025: in the same releases.
 */
const restrictKey = (): OptionRow => rowIn(dumpOptions, 'restrict-key');

/** Does this psql know `\restrict`? */
export function knowsRestrict(version: ToolVersion): boolean {
  return hasOption(restrictKey(), version);
}

/** The oldest releases of psql that know it, as text. */
export function restrictReleases(): string {
  const { minors = {} } = restrictKey();
  const releases = Object.entries(minors).map(([major, minor]) => `${major}.${String(minor)}`);
  return [...releases, '18'].join(', ');
}
