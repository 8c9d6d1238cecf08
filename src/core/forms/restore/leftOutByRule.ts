import type { BackupInfo } from '../../model/archive';
import type { ServerInfo } from '../../model/catalog';
import type { RestoreOptions } from '../../model/options';
import { restoresPart } from '../selection/restoreSelection';

/** What of an archive is left out unless somebody asks for it, or because no target takes it. */
export type LeftOutKind = 'subscriptions' | 'statistics';

/** Servers take the statements that carry planner statistics since this major. */
export const TAKES_STATISTICS = 18;

type Options = Pick<
  RestoreOptions,
  'schemas' | 'tables' | 'dumpIds' | 'dataOnly' | 'subscriptions'
>;

/**
 * What a restore of an archive leaves out by rule, as far as the file and the server tell. Entries
 * that were chosen by their numbers are restored as they are.
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
