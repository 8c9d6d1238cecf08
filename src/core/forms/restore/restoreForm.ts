import * as l10n from '@vscode/l10n';
import { optionsOf } from '../../pgtools/catalogue/catalogue';
import type { ToolName } from '../../model/tools';
import { isScript, setsUnknownTimeout } from '../form/archiveFacts';
import { isClusterScript } from './clusterRestore';
import type { RestoreContext } from '../form/context';
import { checkRestoreToolOptions } from '../toolOptions/checkToolOptions';
import { defaultsOf } from '../fields/fieldValues';
import { Evaluation } from '../form/evaluation';
import { restoreFields } from '../../model/restoreFields';
import { checkExtraArguments } from '../toolOptions/extraArguments';
import { optionsGivenByRestore } from '../toolOptions/givenOptions';
import type { FormEvaluation, RestoreField } from '../form/formTypes';
import type { RestoreDefaults, RestoreOptions, ToolOptions } from '../../model/options';
import { checkArchiveRestore, checkScriptRestore } from './restoreBehaviour';
import { checkInput, checkTarget } from './restoreTarget';
import { restoreSummary } from './restoreSummary';
import { noteRestoreVersions } from '../toolOptions/versionNotes';

export type { RestoreContext } from '../form/context';

type Field = keyof RestoreOptions;

/** What a new restore form holds: accepted by the tools for every kind of dump. */
export function restoreDefaults(): RestoreDefaults {
  return defaultsOf(restoreFields);
}

/**
 * Which fields can be used, what is wrong, and what will happen. Whatever pg_restore or psql
 * refuses, and whatever they accept and then ignore, is an error at its field.
 */
export function evaluateRestore(
  options: RestoreOptions,
  context: RestoreContext,
): FormEvaluation<RestoreField> {
  const evaluation = new Evaluation<RestoreField>();
  checkTarget(options, context, evaluation);
  checkInput(options, context, evaluation);
  checkRestoreToolOptions(options, context, evaluation);
  noteRestoreVersions(options, context, evaluation);
  const version = context.tool?.version ?? null;
  const toolOptions = Object.keys(options.toolOptions);
  const abilities = context.tool ?? {};
  const others = { given: optionsGivenByRestore(options, context), toolOptions, abilities };
  if (options.wholeServer && context.info !== null && !isClusterScript(context.info)) {
    evaluation.error('wholeServer', l10n.t('Only scripts of pg_dumpall are about a whole server.'));
  }
  if (isScript(context.info)) {
    checkScriptRestore(options, context, evaluation);
    checkExtraArguments('psql', version, options.extraArgs, others, evaluation);
  } else {
    checkArchiveRestore(options, context, evaluation);
    checkExtraArguments('pg_restore', version, options.extraArgs, others, evaluation);
  }
  return evaluation.finish(restoreSummary(options, context));
}

/**
 * Applies a user's change together with the defaults that depend on it, so that ticking one box
 * never leaves the form refused because of another.
 */
export function changeRestore(
  options: RestoreOptions,
  patch: Partial<RestoreOptions>,
  context: RestoreContext,
): RestoreOptions {
  const next = { ...options, ...patch };
  const turnedOn = (field: Field): boolean => patch[field] === true && options[field] !== true;

  if (turnedOn('schemaOnly')) next.dataOnly = false;
  if (turnedOn('dataOnly')) {
    next.schemaOnly = false;
    next.clean = false;
  }
  if (turnedOn('clean')) {
    next.dataOnly = false;
    next.createDatabase = false;
    if (patch.ifExists === undefined) next.ifExists = true;
  }
  if (turnedOn('createDatabase')) next.clean = false;
  if (turnedOn('singleTransaction')) {
    next.jobs = 1;
    next.exitOnError = true;
  }
  if (patch.jobs !== undefined && patch.jobs > 1) next.singleTransaction = false;
  if (patch.exitOnError === false) next.singleTransaction = false;
  if (next.targetDatabase === '') next.targetDatabase = null;
  if (next.schemas?.length === 0) next.schemas = null;
  if (next.tables?.length === 0) next.tables = null;
  if (next.dumpIds?.length === 0) next.dumpIds = null;
  if (patch.dumpIds) Object.assign(next, { schemas: null, tables: null });
  else if (patch.schemas || patch.tables) next.dumpIds = null;
  if (!next.clean) next.ifExists = false;
  if (!next.dataOnly) next.disableTriggers = false;

  const stops = next.exitOnError || next.singleTransaction;
  if (turnedOn('clean') && patch.exitOnError === undefined && stops) {
    return settleRestore(next, Object.keys(patch) as Field[], context);
  }
  return next;
}

/**
 * The options as they suit a file, a server and a tool that became known after they were made:
 * what cannot apply to a script goes back to its default, and the restore does not stop at errors
 * where some are certain. Fields in `given` were somebody's wish and stay.
 */
export function settleRestore(
  options: RestoreOptions,
  given: readonly Field[],
  context: RestoreContext,
): RestoreOptions {
  const next = { ...options };
  const free = (field: Field): boolean => !given.includes(field);
  if (errorsAreCertain(next, context)) {
    if (free('singleTransaction')) next.singleTransaction = false;
    if (free('exitOnError') && !next.singleTransaction) next.exitOnError = false;
  }
  return next;
}

/** Will there be errors that do no harm, and end a restore that stops at errors? */
function errorsAreCertain(options: RestoreOptions, context: RestoreContext): boolean {
  if (isClusterScript(context.info)) return true;
  if (setsUnknownTimeout(context)) return true;
  return options.clean && context.info?.warnings.includes('attachedIndexes') === true;
}

/**
 * The form after another file was chosen: what belongs to the old file or cannot apply to the new
 * one falls back to its default.
 */
export function adaptToFile(options: RestoreOptions, context: RestoreContext): RestoreOptions {
  const { info } = context;
  const next: RestoreOptions = { ...options, schemas: null, tables: null, dumpIds: null };
  // Said for one file, it is not said for another.
  next.wholeServer = false;
  if (isClusterScript(info)) Object.assign(next, { targetDatabase: null, createDatabase: false });
  next.toolOptions = ofTool(isScript(info) ? 'psql' : 'pg_restore', options.toolOptions);
  if (isScript(info)) {
    const { schemaOnly, dataOnly, clean, ifExists, noOwner, noPrivileges, disableTriggers, jobs } =
      restoreDefaults();
    Object.assign(next, { schemaOnly, dataOnly, clean, ifExists, noOwner, noPrivileges });
    Object.assign(next, { disableTriggers, jobs });
  } else if (info?.format === 'tar') {
    next.jobs = 1;
  }
  return settleRestore(next, [], context);
}

function ofTool(tool: ToolName, toolOptions: ToolOptions): ToolOptions {
  const ids = new Set(optionsOf(tool).map((row) => row.id));
  return Object.fromEntries(Object.entries(toolOptions).filter(([id]) => ids.has(id)));
}
