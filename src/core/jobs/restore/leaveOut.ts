import { isOfSubscription } from '../../archive/inspect/archiveReach';
import type { Toc } from '../../archive/toc/toc';
import { readSchemasThere } from '../../catalog/schemasThere';
import { leftOutByRule } from '../../forms/restore/leftOutByRule';
import type { LeftOutReason } from '../../model/jobNotes';
import type { JobRun } from '../job/jobContext';
import { QUERY_TIMEOUT_MS } from '../job/jobConnection';
import type { RestoreTask } from './restoreTask';

/** Every database has it, made by initdb and not by a backup. */
const PUBLIC = 'public';

/** Entries that are left out for one reason. */
interface LeftOut {
  reason: LeftOutReason;
  entries: ReadonlySet<number>;
}

/**
 * Takes out of a restore what the target does not take or has already, and what must not come to
 * life in a copy; the job's log says so.
 *
 * @param indexes entries that are restored; null = all
 * @returns the same when nothing is left out
 * @throws AppError as `runQuery`; those of reading the archive
 */
export async function leaveOutByRule(
  run: JobRun,
  task: RestoreTask,
  toc: Toc,
  indexes: number[] | null,
): Promise<number[] | null> {
  const chosen = indexes ?? toc.listed();
  const left: LeftOut[] = [];
  const kinds = leftOutByRule(task.options, task.info, task.connection.server);
  for (const reason of kinds) {
    const ofKind =
      reason === 'subscriptions'
        ? (i: number): boolean => isOfSubscription(toc, i)
        : (i: number): boolean => toc.desc(i) === 'STATISTICS DATA';
    left.push({ reason, entries: new Set(chosen.filter(ofKind)) });
  }
  left.push({ reason: 'schemaThere', entries: await schemasThere(run, task, toc, chosen) });
  const told = left.filter(({ entries }) => entries.size > 0);
  if (told.length === 0) return indexes;
  for (const { reason, entries } of told) {
    run.record.addNote({ code: 'leftOut', reason, names: namesOf(toc, reason, entries) });
  }
  return chosen.filter((i) => told.every(({ entries }) => !entries.has(i)));
}

function namesOf(toc: Toc, reason: LeftOutReason, entries: ReadonlySet<number>): string[] {
  // Those of statistics are the names of their tables.
  if (reason === 'statistics') return [];
  const named = [...entries].filter(
    (i) => reason !== 'subscriptions' || toc.desc(i) === 'SUBSCRIPTION',
  );
  return named.map((i) => toc.tag(i));
}

/**
 * Schemas that need not be created: `public`, and existing empty ones. A schema with contents is
 * not left out, so that the backup of another schema does not silently go into it. What is dropped
 * first is created again.
 */
async function schemasThere(
  run: JobRun,
  task: RestoreTask,
  toc: Toc,
  chosen: readonly number[],
): Promise<ReadonlySet<number>> {
  const { options, connection, created, database } = task;
  const there = new Set<number>();
  if (options.clean || options.dataOnly) return there;
  const schemas = chosen.filter((i) => toc.desc(i) === 'SCHEMA');
  if (schemas.length === 0) return there;
  const names = created ? new Set([PUBLIC]) : await readNames();
  for (const i of schemas) {
    if (!names.has(toc.tag(i))) continue;
    const span = toc.definition(i);
    // Without one it only says that the schema is there: pg_dump writes a comment.
    if (span !== null && /^\s*CREATE SCHEMA\b/.test(await toc.readText(span))) there.add(i);
  }
  return there;

  async function readNames(): Promise<Set<string>> {
    const asked = schemas.map((i) => toc.tag(i));
    const known = await readSchemasThere(connection.psql, connection.to(database), asked, {
      signal: run.signal,
      timeoutMs: QUERY_TIMEOUT_MS,
    });
    const takes = known.filter(({ name, empty }) => empty || name === PUBLIC);
    return new Set(takes.map(({ name }) => name));
  }
}
