import * as l10n from '@vscode/l10n';
import type { BackupInfo, ClusterContents } from '../../model/archive';
import { knowsRestrict } from '../form/archiveFacts';
import type { RestoreContext } from '../form/context';
import type { Evaluation } from '../form/evaluation';
import type { RestoreField } from '../form/formTypes';
import { listNames } from '../../text/names';
import type { RestoreOptions } from '../../model/options';

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

/** `existing`: the databases that are on the server now; null = not known. */
export function clusterEffects(
  info: BackupInfo,
  existing: readonly string[] | null,
): ClusterEffects {
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

/** Every database that the script creates, writes into or drops. */
export function clusterDatabases(info: BackupInfo): string[] {
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
export function clusterErrorsAreCertain({ info, server }: RestoreContext): boolean {
  if (info === null || server === null || !isClusterScript(info)) return false;
  const { roles, droppedRoles } = clusterContents(info);
  return roles.includes(server.user) || droppedRoles.includes(server.user);
}

/** A script of pg_dumpall is run as a whole, on purpose, or not at all. */
export function checkClusterRestore(
  options: RestoreOptions,
  context: RestoreContext,
  evaluation: Evaluation<RestoreField>,
): void {
  const { info, server, tool } = context;
  if (info === null) return;
  if (!options.wholeServer) {
    evaluation.error(
      'wholeServer',
      l10n.t(
        'This script of pg_dumpall creates roles and whole databases and connects to each of them in turn. Confirm that it may do so on the whole server.',
      ),
    );
  }
  const named = l10n.t('The script names its databases itself, and connects to each of them.');
  evaluation.refuse('targetDatabase', options.targetDatabase !== null, named);
  evaluation.refuse('createDatabase', options.createDatabase, named);
  evaluation.refuse(
    'singleTransaction',
    options.singleTransaction,
    l10n.t(
      'Databases cannot be created within a transaction, and connecting to another database ends the transaction.',
    ),
    l10n.t('Turn this off.'),
  );
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
  if (tool && !knowsRestrict(tool.version)) {
    evaluation.error(
      'inputPath',
      l10n.t(
        'psql {0} cannot be kept from running commands that are hidden in a script. Install its newest minor release, or psql 18.',
        tool.version.text,
      ),
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

/** Summary of the restore, one sentence each. */
export function clusterRestoreSummary(options: RestoreOptions, context: RestoreContext): string[] {
  const { info, connection, server } = context;
  if (info === null) return [];
  const { roles, tablespaces } = clusterContents(info);
  const { created, written, dropped } = clusterEffects(info, server?.databases ?? null);
  const where = connection?.label ?? l10n.t('the chosen connection');
  const sentences: string[] = [
    l10n.t('Runs the script of pg_dumpall on the server of {0}.', where),
  ];
  if (dropped.length > 0) sentences.push(l10n.t('Drops: {0}.', listNames(dropped)));
  if (roles.length > 0) sentences.push(l10n.t('Creates roles: {0}.', listNames(roles)));
  if (server && roles.includes(server.user)) {
    sentences.push(
      l10n.t('{0}, which runs the script, keeps the password that it has there.', server.user),
    );
  }
  if (tablespaces.length > 0) {
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
