import * as l10n from '@vscode/l10n';
import { changesText } from './byScript';
import { isScript } from '../form/archiveFacts';
import { clusterRestoreSummary, isClusterScript } from './clusterRestore';
import { backsUpFirst } from './destroys';
import { readRestoreSelection, restoresPart } from '../selection/restoreSelection';
import type { RestoreContext } from '../form/context';
import { listNames, listTables } from '../../text/names';
import type { BackupInfo } from '../../model/archive';
import type { RestoreOptions } from '../../model/options';
import { leftOutByRule, TAKES_STATISTICS, type LeftOutKind } from './leftOutByRule';
import { changesStatements } from '../../model/scriptEdits';
import { scriptEdits } from './scriptEdits';
import { targetDatabase } from './restoreTarget';

/** Summary of the restore in the order of its steps, one sentence each. */
export function restoreSummary(options: RestoreOptions, context: RestoreContext): string[] {
  const { info, connection } = context;
  if (isClusterScript(info)) return clusterRestoreSummary(options, context);
  const database = targetDatabase(options, context) ?? l10n.t("the connection's own database");
  const where = connection?.label ?? l10n.t('the chosen connection');
  const sentences: string[] = [];
  if (options.createDatabase) sentences.push(creation(database, context));
  if (options.swapIn)
    return [...sentences, ...swapSentences(options, context, { database, where })];
  if (backsUpFirst(options, info)) {
    sentences.push(
      restoresPart(options)
        ? l10n.t('Backs up what is dropped from database {0} on {1} first.', database, where)
        : l10n.t('Backs up database {0} on {1} first.', database, where),
    );
  }
  if (options.clean) {
    sentences.push(
      l10n.t('Drops from database {0} on {1} what it is about to restore.', database, where),
    );
  }
  sentences.push(
    l10n.t('Restores {0} into database {1} on {2}.', what(options, context), database, where),
  );
  if (info && isScript(info)) {
    sentences.push(...scriptSentences(options, context, info));
  } else if (readRestoreSelection(options).mode === 'only') {
    sentences.push(
      l10n.t('Tables come with their indexes, constraints, sequences, triggers and defaults.'),
    );
  }
  sentences.push(...changesText(options));
  sentences.push(...leftOutByRule(options, info, context.server).map((kind) => leftOut(kind)));
  sentences.push(atErrors(options, context));
  return sentences;
}

/** The steps of a restore beside the database whose place it takes. */
function swapSentences(
  options: RestoreOptions,
  context: RestoreContext,
  { database, where }: { database: string; where: string },
): string[] {
  return [
    l10n.t(
      'Restores {0} into a new database beside {1} on {2}, which takes room for both.',
      what(options, context),
      database,
      where,
    ),
    l10n.t('Compares its rows with those that were counted for the backup, if they were counted.'),
    l10n.t(
      'Then the new database takes the name {0}, with the owner, settings and privileges of the old one, which is kept as {0}_before_…, until you drop it.',
      database,
    ),
    options.endSessions
      ? l10n.t('Ends the sessions of others in {0} at that moment.', database)
      : l10n.t('If somebody is connected to {0} then, the new database waits beside it.', database),
    ...changesText(options),
    ...leftOutByRule(options, context.info, context.server).map((kind) => leftOut(kind)),
  ];
}

function leftOut(kind: LeftOutKind): string {
  switch (kind) {
    case 'subscriptions':
      return l10n.t(
        'Leaves out the subscriptions: in a copy they would take the changes that are meant for the original.',
      );
    case 'statistics':
      return l10n.t(
        'Leaves out the planner statistics, which servers before {0} do not take: run ANALYZE afterwards.',
        TAKES_STATISTICS,
      );
  }
}

/** What of a script is changed on its way to psql. */
function scriptSentences(
  options: RestoreOptions,
  { server }: RestoreContext,
  info: BackupInfo,
): string[] {
  const edits = scriptEdits(options, info, server);
  const { settings, ifExists, selection } = edits;
  const sentences: string[] = [];
  if (settings.length > 0) {
    sentences.push(
      l10n.t('Leaves out settings that the target does not know: {0}.', listNames(settings)),
    );
  }
  if (ifExists) sentences.push(l10n.t('Passes over drops of what is not there.'));
  if (selection !== null) {
    sentences.push(
      l10n.t('Tables come with their indexes, constraints, sequences, triggers and defaults.'),
    );
  }
  const asItIs = !changesStatements(edits) && info.strays === undefined;
  return asItIs ? [l10n.t('The script is run by psql as it is.')] : sentences;
}

function creation(database: string, { info }: RestoreContext): string {
  const encoding = info?.databaseEncoding ?? info?.encoding;
  const details = [...(encoding ? [encoding] : []), ...(info?.locale ? [info.locale.collate] : [])];
  return details.length > 0
    ? l10n.t('Creates database {0} ({1}).', database, details.join(', '))
    : l10n.t('Creates database {0}.', database);
}

function what(options: RestoreOptions, { info }: RestoreContext): string {
  const parts: string[] = [];
  if (options.dumpIds) {
    const { length } = options.dumpIds;
    parts.push(length === 1 ? l10n.t('1 chosen entry') : l10n.t('{0} chosen entries', length));
  }
  if (options.schemas && options.schemas.length > 0) {
    parts.push(l10n.t('schema {0}', listNames(options.schemas)));
  }
  if (options.tables && options.tables.length > 0) parts.push(listTables(options.tables));
  const objects = parts.length > 0 ? parts.join('; ') : all(info?.contents.tables.length ?? null);
  if (options.schemaOnly) return l10n.t('the definitions of {0}', objects);
  if (options.dataOnly) return l10n.t('the rows of {0}', objects);
  return objects;
}

function all(tables: number | null): string {
  if (tables === null || tables === 0) return l10n.t('everything');
  return tables === 1 ? l10n.t('everything (1 table)') : l10n.t('everything ({0} tables)', tables);
}

function atErrors(options: RestoreOptions, context: RestoreContext): string {
  if (options.singleTransaction && !(isScript(context.info) && context.info?.contents.hasBlobs)) {
    return l10n.t('All or nothing: an error undoes the whole restore.');
  }
  return options.exitOnError
    ? l10n.t('Stops at the first error; what was restored until then stays.')
    : l10n.t('Continues after errors and lists them at the end.');
}
