import * as l10n from '@vscode/l10n';
import type { BackupInfo } from '../../../model/archive';
import { MOST_PROPOSED_JOBS } from '../../../model/limits';
import type { RestoreOptions } from '../../../model/options';
import { isScript } from '../../form/archiveFacts';
import type { RestoreContext } from '../../form/context';
import { namedBy, restoresPart } from '../../selection/restoreSelection';
import { changesArchive } from '../byScript';

/** Smaller archives, in bytes, are restored before further workers are of use. */
const WORTH_JOBS = 8 * 1024 * 1024;

/** How many workers a restore is given, and why in one sentence. */
export interface UsefulJobs {
  jobs: number;
  reason: string;
}

/**
 * How many workers shorten a restore, as far as file and machine are known: with two of them it
 * takes about half the time (`npm run bench -- profiles`), with more of them than cores it takes
 * longer. One where pg_restore has to keep an order, or works in one transaction.
 */
export function usefulJobs(options: RestoreOptions, context: RestoreContext): UsefulJobs {
  const { info, cores } = context;
  const tables = info === null ? 0 : chosenTables(options, info);
  const serial = whySerial(options, context, tables);
  if (serial !== null) return { jobs: 1, reason: serial };
  const jobs = Math.min(MOST_PROPOSED_JOBS, cores ?? 1, tables);
  return {
    jobs,
    // What a part takes is not known: the size is that of the whole archive.
    reason: restoresPart(options)
      ? l10n.t('{0} jobs: they share what is chosen, and gain little where that is small.', jobs)
      : l10n.t('{0} jobs: they load tables and build indexes at the same time.', jobs),
  };
}

/**
 * How many tables with rows are restored: a partitioned table has none, and brings its partitions. Of
 * chosen entries nobody knows: as many as there can be.
 */
function chosenTables(
  options: RestoreOptions,
  { contents: { tables }, partitions = [] }: BackupInfo,
): number {
  const { dumpIds } = options;
  const below = new Map<number, number[]>();
  for (const [partition, parent] of partitions) {
    const others = below.get(parent);
    if (others === undefined) below.set(parent, [partition]);
    else others.push(partition);
  }
  const all = tables.length - below.size;
  if (dumpIds !== null) return Math.min(dumpIds.length, all);
  if (!restoresPart(options)) return all;
  const isNamed = namedBy(options);
  const chosen = new Set<number>();
  for (const [i, table] of tables.entries()) if (isNamed(table)) chosen.add(i);
  // A schema alone brings what is in it.
  if ((options.tables ?? []).length > 0) {
    for (const table of chosen) for (const each of below.get(table) ?? []) chosen.add(each);
  }
  let count = 0;
  for (const table of chosen) if (!below.has(table)) count++;
  return count;
}

/** Why further jobs are not possible, or gain nothing; null = they do. */
function whySerial(
  options: RestoreOptions,
  { info, cores, tool }: RestoreContext,
  tables: number,
): string | null {
  if (options.singleTransaction) {
    return l10n.t('One transaction, which only one job can work in.');
  }
  if (info === null || cores === undefined) {
    return l10n.t('The jobs are chosen once the file is known.');
  }
  if (isScript(info)) return l10n.t('One job: a script is run one statement after the other.');
  if (info.format === 'tar') {
    return l10n.t('A tar archive is read from front to back, by one job.');
  }
  if (tool?.streams === true) {
    return l10n.t('pg_restore runs in a container and reads a stream, by one job.');
  }
  if (options.salvage || changesArchive(options)) {
    return l10n.t('One job: what the archive holds is changed on its way.');
  }
  // Foreign keys are there already: their tables have to come first.
  if (info.rowsAlone === true || options.dataOnly) {
    return l10n.t('One job: rows alone come in an order that suits foreign keys.');
  }
  if (cores === 1) return l10n.t('One job: this machine has one core.');
  const isLittle = options.schemaOnly || info.sizeBytes < WORTH_JOBS;
  if (isLittle || tables === 0) {
    return l10n.t('One job: there is too little that several could share.');
  }
  return tables === 1 ? l10n.t('One job: the rows of a table are loaded by one.') : null;
}
