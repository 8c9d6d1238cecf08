import {
  readDatabaseProperties,
  type DatabaseProperty,
  type PropertyKind,
} from '../../archive/inspect/databaseProperties';
import type { Toc } from '../../archive/toc/toc';
import { runCommand } from '../../catalog/psql';
import { AppError } from '../../errors';
import { restoresPart } from '../../forms/selection/restoreSelection';
import type { RestoreOptions } from '../../model/options';
import { quoteIdentifier } from '../../sql';
import { propertiesApplied, propertyLeftOut } from '../../text/databasePropertyText';
import { QUERY_TIMEOUT_MS } from '../job/jobConnection';
import type { JobRun } from '../job/jobContext';
import type { RestoreTask } from './restoreTask';

/** An archive can name thousands of roles: each takes a psql of its own. */
const MOST_STATEMENTS = 500;

/** The options that leave a kind of statement out. */
const LEFT_OUT_BY: Readonly<Partial<Record<PropertyKind, (options: RestoreOptions) => boolean>>> = {
  privileges: ({ noPrivileges }) => noPrivileges,
  comment: ({ toolOptions }) => toolOptions['no-comments'] === true,
  securityLabel: ({ toolOptions }) => toolOptions['no-security-labels'] === true,
};

/**
 * Gives a database that this job has made what the archive's had: settings, those of roles in it,
 * owner, privileges, comment, labels, limit of connections. After the objects, because a setting can
 * be in their way. What the server refuses is left out, and the log says why.
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
  const { owner, properties, unknown } = await readDatabaseProperties(toc);
  const statements: (readonly [DatabaseProperty, string])[] = properties
    .filter(({ kind }) => LEFT_OUT_BY[kind]?.(options) !== true)
    .map((each) => [each, each.sql(created.name)]);
  const applied: DatabaseProperty[] = [];
  const refusalOf = async (sql: string): Promise<string | null> => {
    const how = { signal: run.signal, timeoutMs: QUERY_TIMEOUT_MS };
    try {
      await runCommand(connection.psql, connection.target, sql, how);
      return null;
    } catch (error) {
      if (AppError.is(error, 'queryFailed')) return error.details.text;
      throw error;
    }
  };
  if (owner !== null && owner !== connection.server.user && !options.noOwner) {
    const sql = `ALTER DATABASE ${quoteIdentifier(created.name)} OWNER TO ${quoteIdentifier(owner)}`;
    const refused = await refusalOf(sql);
    if (refused !== null) run.record.addLines([propertyLeftOut('owner', owner, refused)]);
  }
  for (const [property, sql] of statements.slice(0, MOST_STATEMENTS)) {
    const refused = await refusalOf(sql);
    if (refused === null) applied.push(property);
    else run.record.addLines([propertyLeftOut(property.kind, property.name, refused)]);
  }
  const rest = unknown.length + Math.max(0, statements.length - MOST_STATEMENTS);
  if (applied.length > 0 || rest > 0) {
    run.record.addLines(propertiesApplied(applied, rest));
  }
}
