import {
  readDatabaseProperties,
  type PropertyKind,
} from '../../archive/inspect/databaseProperties';
import { withOtherRoles } from '../../archive/script/edit/roles/mapRoles';
import type { Toc } from '../../archive/toc/toc';
import { runCommand } from '../../catalog/psql';
import { AppError } from '../../errors';
import { restoresPart } from '../../forms/selection/restoreSelection';
import type { DatabasePropertyKind } from '../../model/catalog';
import type { RestoreOptions } from '../../model/options';
import { quoteIdentifier } from '../../sql';
import { propertiesApplied, propertyLeftOut } from '../../text/databasePropertyText';
import { QUERY_TIMEOUT_MS, type JobConnection } from '../job/jobConnection';
import type { JobRun } from '../job/jobContext';
import type { RestoreTask } from './restoreTask';

/**
 * Most statements that are run, maybe each by a psql of its own: an archive can name thousands of
 * roles.
 */
const MOST_STATEMENTS = 500;

/** The options that leave a kind of statement out. */
const LEFT_OUT_BY: Readonly<Partial<Record<PropertyKind, (options: RestoreOptions) => boolean>>> = {
  privileges: ({ noPrivileges }) => noPrivileges,
  comment: ({ toolOptions }) => toolOptions['no-comments'] === true,
  securityLabel: ({ toolOptions }) => toolOptions['no-security-labels'] === true,
};

/**
 * Gives a database that this job has created the properties that the archive's database had:
 * settings, those of roles in it, owner, privileges, comment, labels, limit of connections. Done
 * after the objects are restored, because a setting can be in their way. What the server refuses is
 * left out, and the log says why.
 *
 * @throws AppError `cancelled`; those of reading the archive
 */
export async function applyDatabaseProperties(
  run: JobRun,
  task: RestoreTask,
  toc: Toc,
): Promise<void> {
  const { options, created, connection } = task;
  if (created === null || options.dataOnly || restoresPart(options)) return;
  const { owner: written, properties, unknown } = await readDatabaseProperties(toc);
  const roles = options.mapRoles ?? [];
  const owner = roles.find(({ name }) => name === written)?.target ?? written;
  const statements: PropertyStatement[] = properties
    .filter(({ kind }) => LEFT_OUT_BY[kind]?.(options) !== true)
    .map(({ kind, name, sql }) => ({
      ...{ kind, name },
      sql: withOtherRoles(sql(created.name), roles),
    }));
  if (owner !== null && owner !== connection.server.user && !options.noOwner) {
    const sql = `ALTER DATABASE ${quoteIdentifier(created.name)} OWNER TO ${quoteIdentifier(owner)}`;
    statements.unshift({ kind: 'owner', name: owner, sql });
  }
  await applyProperties(run, connection, statements, unknown.length);
}

/** A property of a database, and the statement that sets it. */
export interface PropertyStatement {
  kind: DatabasePropertyKind;
  name: string;
  sql: string;
}

/**
 * Sets properties of a database, each for itself. The log says which, and what the server refused and
 * why.
 *
 * @param unread how many more there are that were not understood
 * @throws AppError as `runCommand`, but for what the server refuses
 */
export async function applyProperties(
  run: JobRun,
  connection: JobConnection,
  statements: readonly PropertyStatement[],
  unread: number,
): Promise<void> {
  const tried = statements.slice(0, MOST_STATEMENTS);
  const { psql, target, open } = connection;
  /** Returns the server's words for what it refuses; null = nothing. */
  const refusal = async (some: readonly PropertyStatement[]): Promise<string | null> => {
    const on = open ?? undefined;
    const options = { signal: run.signal, timeoutMs: QUERY_TIMEOUT_MS, on };
    try {
      await runCommand(psql, target, some.map(({ sql }) => sql).join(';\n'), options);
      return null;
    } catch (error) {
      if (!AppError.is(error, 'queryFailed')) throw error;
      return error.details.text;
    }
  };
  // Mostly the server takes all of them, and starting psql takes longer than they do. Where it does
  // not, they are set one after another: those that were set before can be set again.
  const all = tried.length > 0 && (await refusal(tried)) === null;
  const applied = all ? [...tried] : [];
  for (const statement of all ? [] : tried) {
    const text = await refusal([statement]);
    const { kind, name } = statement;
    if (text === null) applied.push(statement);
    else run.record.addLines([propertyLeftOut(kind, name, text)]);
  }
  const rest = unread + Math.max(0, statements.length - MOST_STATEMENTS);
  if (applied.length > 0 || rest > 0) {
    run.record.addLines(propertiesApplied(applied, rest));
  }
}
