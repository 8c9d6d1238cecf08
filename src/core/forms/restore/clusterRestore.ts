import * as l10n from '@vscode/l10n';
import type { BackupInfo, ClusterContents } from '../../model/archive';
import { knowsRestrict } from '../../pgtools/catalogue/restrict';
import type { RestoreContext } from '../form/context';
import type { Evaluation } from '../form/evaluation';
import type { RestoreField } from '../form/formTypes';
import { MAX_NAME_BYTES } from '../../model/limits';
import { listNames } from '../../text/names';
import type { DatabaseChoice, RestoreOptions } from '../../model/options';

/** Is the file a script of pg_dumpall, that is about a whole server? */
export function isClusterScript(info: BackupInfo | null): boolean {
  return info?.cluster === true;
}

/** The databases and roles in a script of pg_dumpall. */
export function clusterContents(info: BackupInfo): ClusterContents {
  return (
    info.clusterContents ?? {
      created: [],
      dropped: [],
      roles: [],
      tablespaces: [],
      droppedRoles: [],
    }
  );
}

/** Effects of a script of pg_dumpall on the databases of a server. */
export interface ClusterEffects {
  created: string[];
  /** There already, and the script adds to them. */
  written: string[];
  dropped: string[];
}

/**
 * @param existing the databases that are on the server now; null = not known
 * @param chosen the databases of the script that are restored; null = all
 */
export function clusterEffects(
  info: BackupInfo,
  existing: readonly string[] | null,
  chosen: readonly DatabaseChoice[] | null = null,
): ClusterEffects {
  if (chosen !== null) {
    const targets = chosen.map(({ target }) => target);
    const isThere = (name: string): boolean => existing?.includes(name) === true;
    return {
      created: targets.filter((name) => !isThere(name)),
      written: targets.filter(isThere),
      dropped: [],
    };
  }
  const { created, dropped } = clusterContents(info);
  const gone = new Set(dropped);
  const there = new Set(existing ?? []);
  const remains = (name: string): boolean => there.has(name) && !gone.has(name);
  return {
    created: created.filter((name) => !remains(name)),
    written: info.connects.filter((name) => !created.includes(name) || remains(name)),
    dropped: dropped.filter((name) => existing === null || there.has(name) || name === 'template1'),
  };
}

/** Every database that the script, or what is chosen of it, creates, writes into or drops. */
export function clusterDatabases(
  info: BackupInfo,
  chosen: readonly DatabaseChoice[] | null,
): string[] {
  if (chosen !== null) return [...new Set(chosen.map(({ target }) => target))];
  const { created, dropped } = clusterContents(info);
  return [...new Set([...info.connects, ...created, ...dropped])];
}

/**
 * The database from which a server is restored: not one of those that the script may drop first.
 * pg_dumpall itself begins with `postgres`, and leaves it and template1 for later.
 */
export function maintenanceDatabase({
  databases,
}: {
  databases: readonly string[];
}): 'postgres' | 'template1' {
  return databases.includes('postgres') ? 'postgres' : 'template1';
}

/** Is it certain that the script meets a role that is there already: the one that it is run as? */
function clusterErrorsAreCertain({ info, server }: RestoreContext): boolean {
  if (info === null || server === null || !isClusterScript(info)) return false;
  const { roles, droppedRoles } = clusterContents(info);
  return roles.includes(server.user) || droppedRoles.includes(server.user);
}

/** A script of pg_dumpall is run as a whole, on purpose, or for the databases that are chosen. */
export function checkClusterRestore(
  options: RestoreOptions,
  context: RestoreContext,
  evaluation: Evaluation<RestoreField>,
): void {
  const { info, tool } = context;
  if (info === null) return;
  const { databases } = options;
  const named = l10n.t('The script names its databases itself, and connects to each of them.');
  evaluation.refuse('targetDatabase', options.targetDatabase !== null, named);
  evaluation.refuse('createDatabase', options.createDatabase, named);
  evaluation.refuse('swapIn', options.swapIn, named);
  evaluation.refuse(
    'singleTransaction',
    options.singleTransaction,
    l10n.t(
      'Databases cannot be created within a transaction, and connecting to another database ends the transaction.',
    ),
    l10n.t('Turn this off.'),
  );
  if (tool && !knowsRestrict(tool.version)) {
    evaluation.error(
      'inputPath',
      l10n.t(
        'psql {0} cannot be kept from running commands that are hidden in a script. Install its newest minor release, or psql 18.',
        tool.version.text,
      ),
    );
  }
  if (databases !== null) checkChosen(options, databases, { ...context, info }, evaluation);
  else checkWhole(options, { ...context, info }, evaluation);
}

type KnownFile = RestoreContext & { info: BackupInfo };

function checkWhole(
  options: RestoreOptions,
  context: KnownFile,
  evaluation: Evaluation<RestoreField>,
): void {
  const { info, server } = context;
  if (!options.wholeServer) {
    evaluation.error(
      'wholeServer',
      l10n.t(
        'This script of pg_dumpall creates roles and whole databases and connects to each of them in turn. Confirm that it may do so on the whole server, or choose databases.',
      ),
    );
  }
  if (clusterErrorsAreCertain(context)) {
    evaluation.refuse(
      'exitOnError',
      options.exitOnError,
      l10n.t(
        'The script creates the role {0}, which also runs it: that error is harmless, but would end the restore.',
        server?.user ?? '',
      ),
      l10n.t('Turn this off.'),
    );
  }
  if (server === null) return;
  if (!server.isSuperuser) {
    evaluation.warn(
      'wholeServer',
      l10n.t(
        '{0} is not a superuser: it cannot restore roles, tablespaces or databases of others.',
        server.user,
      ),
    );
  }
  const { dropped, written } = clusterEffects(info, server.databases);
  if (dropped.length > 0) {
    evaluation.warn(
      'wholeServer',
      l10n.t('The script drops these databases with all that is in them: {0}.', listNames(dropped)),
    );
  }
  const own = written.filter((name) => clusterContents(info).created.includes(name));
  if (own.length > 0) {
    evaluation.warn(
      'wholeServer',
      l10n.t(
        'Already on the server: {0}. The script adds its contents to them, so rows may be duplicated.',
        listNames(own),
      ),
    );
  }
}

function checkChosen(
  options: RestoreOptions,
  databases: readonly DatabaseChoice[],
  { info, server }: KnownFile,
  evaluation: Evaluation<RestoreField>,
): void {
  evaluation.refuse(
    'wholeServer',
    options.wholeServer,
    l10n.t('Databases of the script are chosen, so it is not run on the whole server.'),
  );
  if (databases.length === 0) {
    evaluation.error('databases', l10n.t('Choose a database of the script.'));
  }
  const unknown = databases.filter(({ name }) => !info.connects.includes(name));
  if (unknown.length > 0) {
    const names = listNames(unknown.map(({ name }) => name));
    evaluation.error('databases', l10n.t('Not in the script: database {0}.', names));
  }
  const targets = databases.map(({ target }) => target);
  for (const target of targets) {
    const problem = databaseNameProblem(target);
    if (problem !== null) evaluation.error('databases', problem);
  }
  const twice = (names: readonly string[]): string | undefined =>
    names.find((name, i) => names.indexOf(name) < i);
  const repeated = twice(targets) ?? twice(databases.map(({ name }) => name));
  if (repeated !== undefined) {
    evaluation.error('databases', l10n.t('Chosen twice: database {0}.', repeated));
  }
  if (server === null) return;
  const { written } = clusterEffects(info, server.databases, databases);
  if (written.length > 0) {
    evaluation.warn(
      'databases',
      l10n.t(
        'Already on the server: {0}. The script adds its contents to them, so rows may be duplicated.',
        listNames(written),
      ),
    );
  }
}

/** Why something cannot be the name of a database; null = it can. */
export function databaseNameProblem(name: string): string | null {
  if (name === '' || name.includes('\0')) {
    return l10n.t('This cannot be the name of a database.');
  }
  if (new TextEncoder().encode(name).length <= MAX_NAME_BYTES) return null;
  return l10n.t('The name is too long: PostgreSQL allows {0} bytes.', MAX_NAME_BYTES);
}

/** Summary of the restore, one sentence each. */
export function clusterRestoreSummary(options: RestoreOptions, context: RestoreContext): string[] {
  const { info, connection, server } = context;
  if (info === null) return [];
  const { databases } = options;
  const contents = clusterContents(info);
  const leavesRoles = databases !== null && options.withoutRoles;
  const [roles, tablespaces] = leavesRoles ? [[], []] : [contents.roles, contents.tablespaces];
  const { created, written, dropped } = clusterEffects(info, server?.databases ?? null, databases);
  const where = connection?.label ?? l10n.t('the chosen connection');
  const sentences: string[] =
    databases === null
      ? [l10n.t('Runs the script of pg_dumpall on the server of {0}.', where)]
      : databases.map(({ name, target }) =>
          l10n.t('Restores database {0} of the script into {1} on {2}.', name, target, where),
        );
  if (dropped.length > 0) sentences.push(l10n.t('Drops: {0}.', listNames(dropped)));
  if (databases !== null) sentences.push(rolesSentence(roles, tablespaces));
  else if (roles.length > 0) sentences.push(l10n.t('Creates roles: {0}.', listNames(roles)));
  if (databases === null && server && roles.includes(server.user)) {
    sentences.push(
      l10n.t('{0}, which runs the script, keeps the password that it has there.', server.user),
    );
  }
  if (databases === null && tablespaces.length > 0) {
    sentences.push(
      l10n.t(
        'Creates tablespaces: {0}. Their directories must be there on the server.',
        listNames(tablespaces),
      ),
    );
  }
  if (created.length > 0) sentences.push(l10n.t('Creates databases: {0}.', listNames(created)));
  if (written.length > 0) {
    sentences.push(l10n.t('Writes into databases: {0}.', listNames(written)));
  }
  sentences.push(
    options.exitOnError
      ? l10n.t('Stops at the first error; what was restored until then stays.')
      : l10n.t(
          'Continues after errors and lists them at the end, except for the role that already exists.',
        ),
  );
  return sentences;
}

function rolesSentence(roles: readonly string[], tablespaces: readonly string[]): string {
  const names = [...roles, ...tablespaces];
  return names.length === 0
    ? l10n.t('Leaves roles and tablespaces out.')
    : l10n.t('Creates the roles and tablespaces that do not exist yet: {0}.', listNames(names));
}
