import * as l10n from '@vscode/l10n';
import type { BackupInfo } from '../../model/archive';
import type { ServerInfo } from '../../model/catalog';
import { setsUnknownTimeout } from '../form/archiveFacts';
import { changesArchive, checkChanges } from './byScript';
import { isClusterScript } from './clusterRestore';
import type { RestoreContext } from '../form/context';
import type { Evaluation } from '../form/evaluation';
import { keysAtRisk } from './foreignKeyOrder';
import type { RestoreField } from '../form/formTypes';
import { restoreFields } from '../../model/restoreFields';
import { checkNumbers } from '../fields/checkFields';
import { listNames, listTables, tableName } from '../../text/names';
import { relationKey } from '../selection/catalogIndex';
import type { RestoreOptions } from '../../model/options';

type Field = RestoreField;

/** Checks the options of a restore by pg_restore. */
export function checkArchiveRestore(
  options: RestoreOptions,
  context: RestoreContext,
  evaluation: Evaluation<Field>,
): void {
  const own = l10n.t('For scripts. pg_restore has options of its own for this.');
  for (const [field, set] of scriptParts(options)) evaluation.refuse(field, set, own);
  checkContent(options, context, evaluation);
  checkObjects(options, context, evaluation);
  checkClean(options, context, evaluation);
  checkJobs(options, context, evaluation);
  checkStopping(options, context, evaluation);
  checkChanges(options, context, evaluation);
}

function checkContent(
  options: RestoreOptions,
  { info, server }: RestoreContext,
  evaluation: Evaluation<Field>,
): void {
  if (options.schemaOnly && options.dataOnly) refuseBoth(evaluation);
  if (!options.dataOnly) {
    evaluation.refuse(
      'disableTriggers',
      options.disableTriggers,
      l10n.t('pg_restore disables triggers only while it restores data alone. Choose "data only".'),
    );
    return;
  }
  const reason = l10n.t('This belongs to the definitions, but only rows are restored.');
  evaluation.disable('noOwner', reason);
  evaluation.disable('noPrivileges', reason);
  if (options.disableTriggers && server && !server.isSuperuser) {
    evaluation.warn(
      'disableTriggers',
      l10n.t(
        'Only a superuser can disable the triggers of foreign keys, and {0} is not a superuser.',
        server.user,
      ),
    );
  }
  if (!options.disableTriggers && !options.replaceRows && info)
    noteKeysAtRisk(options, info, server, evaluation);
}

/**
 * Warns of foreign keys that may be checked before the rows that they refer to are restored, and
 * says what helps.
 */
function noteKeysAtRisk(
  options: RestoreOptions,
  info: BackupInfo,
  server: ServerInfo | null,
  evaluation: Evaluation<Field>,
): void {
  const risk = keysAtRisk(options, info);
  if (risk === null) return;
  const from = tableName(risk.first.from);
  const to = tableName(risk.first.to);
  const what =
    risk.count === 1
      ? l10n.t(
          'The foreign key of {0} to {1} can refuse rows that come before those they refer to.',
          from,
          to,
        )
      : l10n.t(
          '{0} foreign keys, such as that of {1} to {2}, can refuse rows that come before those they refer to.',
          risk.count,
          from,
          to,
        );
  const ways: string[] = [];
  if (risk.onlyByJobs) ways.push(l10n.t('With 1 job, all rows are restored in their order.'));
  ways.push(
    server && !server.isSuperuser
      ? l10n.t(
          'Restore the definitions as well: foreign keys are then made after the rows. Only a superuser can disable triggers instead, and {0} is not a superuser.',
          server.user,
        )
      : server
        ? l10n.t(
            'Disable triggers, or restore the definitions as well: foreign keys are then made after the rows.',
          )
        : l10n.t(
            'Disable triggers, which takes a superuser, or restore the definitions as well: foreign keys are then made after the rows.',
          ),
  );
  evaluation.warn('dataOnly', [what, ...ways].join(' '));
}

function checkObjects(
  options: RestoreOptions,
  { info }: RestoreContext,
  evaluation: Evaluation<Field>,
): void {
  if (options.dumpIds !== null && (options.schemas !== null || options.tables !== null)) {
    evaluation.error(
      'dumpIds',
      l10n.t('Entries are chosen by number: schemas and tables cannot be chosen as well.'),
    );
  }
  if (info === null) return;
  const schemas = new Set(info.contents.schemas);
  for (const table of info.contents.tables) schemas.add(table.schema);
  const unknown = (options.schemas ?? []).filter((name) => !schemas.has(name));
  if (unknown.length > 0) {
    evaluation.error('schemas', l10n.t('Not in the archive: schema {0}.', listNames(unknown)));
  }
  if (options.tables === null) return;
  const tables = relationsOf(info.contents);
  const missing = options.tables.filter((table) => !tables.has(relationKey(table)));
  if (missing.length > 0) {
    evaluation.error('tables', l10n.t('Not in the archive: {0}.', listTables(missing)));
  }
}

/** By the contents of a file, which is judged again with every change of the options. */
const relationsKnown = new WeakMap<BackupInfo['contents'], ReadonlySet<string>>();

/** The keys of the relations in a file. */
function relationsOf(contents: BackupInfo['contents']): ReadonlySet<string> {
  let known = relationsKnown.get(contents);
  if (known === undefined) {
    const { tables, otherRelations = [] } = contents;
    known = new Set([...tables, ...otherRelations].map(relationKey));
    relationsKnown.set(contents, known);
  }
  return known;
}

function checkClean(
  options: RestoreOptions,
  { info }: RestoreContext,
  evaluation: Evaluation<Field>,
): void {
  if (options.dataOnly) {
    evaluation.refuse(
      'clean',
      options.clean,
      l10n.t('Objects are not dropped when only their rows are restored. Turn off "data only".'),
    );
  }
  if (!options.clean) {
    refuseIfExistsAlone(options, evaluation);
    return;
  }
  const stops = options.exitOnError || options.singleTransaction;
  if (!options.ifExists && stops) {
    evaluation.warn(
      'ifExists',
      l10n.t('The restore stops at the first object that is not in the target yet.'),
    );
  }
  if (info?.warnings.includes('attachedIndexes') !== true) return;
  evaluation.warn(
    'clean',
    stops
      ? l10n.t(
          'The indexes of partitions cannot be dropped by themselves, so the restore stops there if they are in the target. Turn off "exit on error" and "single transaction", or restore into a new database.',
        )
      : l10n.t(
          'The archive contains partitioned tables: dropping the indexes of their partitions is reported as errors, which are harmless.',
        ),
  );
}

function refuseIfExistsAlone({ ifExists }: RestoreOptions, evaluation: Evaluation<Field>): void {
  evaluation.refuse(
    'ifExists',
    ifExists,
    l10n.t('This only applies when objects are dropped. Choose "clean" first.'),
  );
}

function checkJobs(
  options: RestoreOptions,
  { info, tool }: RestoreContext,
  evaluation: Evaluation<Field>,
): void {
  const { jobs } = options;
  if (tool?.streams === true && info?.format === 'directory') {
    evaluation.error(
      'inputPath',
      l10n.t(
        'pg_restore runs in a container and reads a stream, which a directory is not. Choose a tool of this machine.',
      ),
    );
  } else if (tool?.streams === true) {
    evaluation.refuse(
      'jobs',
      jobs > 1,
      l10n.t('pg_restore runs in a container and reads a stream, by one job.'),
      l10n.t('Set 1.'),
    );
  }
  if (options.singleTransaction) {
    evaluation.refuse(
      'jobs',
      jobs > 1,
      l10n.t('A single transaction is one connection.'),
      l10n.t('Set 1, or turn off "single transaction".'),
    );
  }
  if (info?.format === 'tar') {
    evaluation.refuse(
      'jobs',
      jobs > 1,
      l10n.t('A tar archive is read from front to back, by one job.'),
      l10n.t('Set 1.'),
    );
  }
  if (info?.rowsAlone === true && jobs > 1 && !options.disableTriggers) {
    evaluation.warn(
      'jobs',
      l10n.t(
        'The archive contains only rows, in an order that suits foreign keys. Several jobs do not keep that order: set 1 if the target has foreign keys.',
      ),
    );
  }
  checkNumbers(restoreFields, options, evaluation);
}

/** Stopping at errors is refused where an error is certain. */
function checkStopping(
  options: RestoreOptions,
  context: RestoreContext,
  evaluation: Evaluation<Field>,
): void {
  if (setsUnknownTimeout(context) && !changesArchive(options)) {
    const reason = l10n.t(
      'The restore sets transaction_timeout, which the target ({0}) does not know. That error is harmless, but would end a restore that stops at errors.',
      context.server?.version ?? '',
    );
    const remedy = l10n.t('Turn this off.');
    evaluation.refuse('singleTransaction', options.singleTransaction, reason, remedy);
    evaluation.refuse('exitOnError', options.exitOnError, reason, remedy);
  } else if (options.singleTransaction) {
    evaluation.refuse(
      'exitOnError',
      !options.exitOnError,
      l10n.t('A single transaction ends at the first error in any case.'),
      l10n.t('Turn this on.'),
    );
  }
}

/** Checks the options that psql does not have, because the script decides them. */
export function checkScriptRestore(
  options: RestoreOptions,
  context: RestoreContext,
  evaluation: Evaluation<Field>,
): void {
  checkScriptParts(options, context, evaluation);
  const written = l10n.t(
    'This was decided when the script was written. Only archives leave the choice.',
  );
  evaluation.refuse('disableTriggers', options.disableTriggers, written);

  checkChanges(options, context, evaluation);

  const serial = l10n.t('A script is run one statement after the other. Set 1.');
  evaluation.refuse('jobs', options.jobs !== 1, serial);

  // The script of a whole server has rules of its own (`checkClusterRestore`).
  if (isClusterScript(context.info)) return;
  checkStopping(options, context, evaluation);
  if (options.singleTransaction && context.info?.contents.hasBlobs === true) {
    evaluation.warn(
      'singleTransaction',
      l10n.t(
        'The script holds large objects, with transactions of their own: what comes before them stays even if the restore fails later.',
      ),
    );
  }
}

/** The fields that choose parts of a script by the names of objects. */
const OBJECT_FIELDS: ReadonlySet<Field> = new Set(['schemas', 'tables', 'withoutRowsOf']);

/** Fields that choose a part of a script, and whether they are set. */
function chosenParts(options: RestoreOptions): [Field, boolean][] {
  return [
    ['schemaOnly', options.schemaOnly],
    ['dataOnly', options.dataOnly],
    ['schemas', (options.schemas?.length ?? 0) > 0],
    ['tables', (options.tables?.length ?? 0) > 0],
    ['noOwner', options.noOwner],
    ['noPrivileges', options.noPrivileges],
    ...scriptParts(options),
    ['searchPath', options.searchPath !== 'asWritten'],
  ];
}

/**
 * The chosen parts that can only be chosen of scripts: pg_restore has options of its own for
 * archives.
 */
function scriptParts(options: RestoreOptions): [Field, boolean][] {
  return [
    ['withoutComments', options.withoutComments],
    ['withoutPublications', options.withoutPublications],
    ['withoutSecurityLabels', options.withoutSecurityLabels],
    ['withoutRowsOf', (options.withoutRowsOf?.length ?? 0) > 0],
  ];
}

/**
 * Checks what is to be left out of a script: its statements, and pg_dump's comments, tell what can
 * be.
 */
function checkScriptParts(
  options: RestoreOptions,
  context: RestoreContext,
  evaluation: Evaluation<Field>,
): void {
  evaluation.refuse(
    'dumpIds',
    options.dumpIds !== null,
    l10n.t('The entries of a script have no numbers. Choose schemas and tables.'),
  );
  const { info } = context;
  if (isClusterScript(info)) {
    evaluation.refuse(
      'clean',
      options.clean,
      l10n.t('What a script of several databases drops was decided when it was written.'),
    );
    const whole =
      options.databases === null
        ? l10n.t('Choose databases of the script first: otherwise it is run as a whole.')
        : l10n.t('Objects are not chosen in a script of several databases.');
    for (const [field, set] of chosenParts(options)) {
      if (options.databases === null || OBJECT_FIELDS.has(field)) {
        evaluation.refuse(field, set, whole);
      }
    }
    if (options.schemaOnly && options.dataOnly) refuseBoth(evaluation);
    return;
  }
  if (options.schemaOnly && options.dataOnly) refuseBoth(evaluation);
  if (options.dataOnly) {
    const reason = l10n.t('Belongs to the definitions, and only rows are restored.');
    evaluation.disable('noOwner', reason);
    evaluation.disable('noPrivileges', reason);
  }
  if (info !== null && info.pgDumpVersion === '') {
    const unknown = l10n.t(
      'Only in scripts of pg_dump, comments say what belongs to which object.',
    );
    for (const field of ['schemas', 'tables', 'withoutRowsOf'] as const) {
      evaluation.refuse(field, (options[field]?.length ?? 0) > 0, unknown);
    }
    evaluation.refuse('clean', options.clean, unknown);
    return;
  }
  checkObjects(options, context, evaluation);
  if (options.dataOnly) {
    evaluation.refuse(
      'clean',
      options.clean,
      l10n.t('Objects are not dropped when only their rows are restored. Turn off "data only".'),
    );
  }
  if (options.clean) {
    evaluation.disable(
      'ifExists',
      l10n.t('Objects that do not exist are skipped when a script is restored.'),
    );
  } else refuseIfExistsAlone(options, evaluation);
}

function refuseBoth(evaluation: Evaluation<Field>): void {
  evaluation.error(
    'dataOnly',
    l10n.t('Schema only and data only exclude each other. Choose neither to restore both.'),
  );
}
