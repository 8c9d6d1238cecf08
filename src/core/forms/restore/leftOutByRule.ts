import type { BackupInfo } from '../../model/archive';
import type { ServerInfo } from '../../model/catalog';
import type { RestoreOptions } from '../../model/options';
import { restoresPart } from '../selection/restoreSelection';

/**
 * Entries of an archive that are left out by default, or because the target does not accept them.
 */
export type LeftOutKind = 'subscriptions' | 'statistics';

/** Servers take the statements that carry planner statistics since this major. */
export const TAKES_STATISTICS = 18;

type Options = Pick<
  RestoreOptions,
  'schemas' | 'tables' | 'dumpIds' | 'dataOnly' | 'subscriptions'
>;

/**
 * The entries that a restore of an archive leaves out by rule, according to the file and the
 * server. Entries that were chosen by number are restored unchanged.
 *
 * - A subscription in a copy would take the changes that are meant for the original.
 * - Servers before 18 have no functions that set planner statistics.
 */
export function leftOutByRule(
  options: Options,
  info: Pick<BackupInfo, 'format' | 'warnings'> | null,
  server: Pick<ServerInfo, 'major'> | null,
): LeftOutKind[] {
  if (info === null || info.format === 'plain' || options.dumpIds !== null) return [];
  const kinds: LeftOutKind[] = [];
  // Names of tables and schemas choose no subscription.
  const whole = !restoresPart(options) && !options.dataOnly;
  if (whole && !options.subscriptions && info.warnings.includes('subscriptions')) {
    kinds.push('subscriptions');
  }
  const old = server !== null && server.major < TAKES_STATISTICS;
  if (old && info.warnings.includes('statistics')) kinds.push('statistics');
  return kinds;
}
