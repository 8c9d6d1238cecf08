import * as l10n from '@vscode/l10n';
import { optionsOf } from '../../pgtools/catalogue/catalogue';
import type { ToolName } from '../../model/tools';
import { isScript, setsUnknownTimeout } from '../form/archiveFacts';
import { changesArchive } from './byScript';
import { isClusterScript } from './clusterRestore';
import type { RestoreContext } from '../form/context';
import { checkRestoreToolOptions } from '../toolOptions/checkToolOptions';
import { restoreDefaults } from './restoreDefaults';
import { applyChoices, chosenFields, forget, chosenOptions, type Choices } from '../form/choices';
import { Evaluation } from '../form/evaluation';
import { checkRestoreSayable } from '../toolOptions/sayable';
import { checkExtraArguments } from '../toolOptions/extraArguments';
import { optionsGivenByRestore } from '../toolOptions/givenOptions';
import type { FormEvaluation, RestoreField } from '../form/formTypes';
import type { RestoreOptions, ToolOptions } from '../../model/options';
import { checkArchiveRestore, checkScriptRestore } from './restoreBehaviour';
import { noteTrust } from './fileTrust';
import { checkInput, checkTarget } from './restoreTarget';
import { usefulJobs } from './profiles/usefulJobs';
import { restoreSummary } from './restoreSummary';
import { noteRestoreVersions } from '../toolOptions/versionNotes';

export type { RestoreContext } from '../form/context';

type Field = keyof RestoreOptions;

/**
 * Says which fields can be used, what is wrong, and what will happen. Whatever pg_restore or psql
 * refuses, and whatever they accept and then ignore, is an error at its field.
 */
export function evaluateRestore(
  options: RestoreOptions,
  context: RestoreContext,
): FormEvaluation<RestoreField> {
  const evaluation = new Evaluation<RestoreField>();
  checkTarget(options, context, evaluation);
  checkInput(options, context, evaluation);
  noteTrust(context, evaluation);
  checkRestoreToolOptions(options, context, evaluation);
  checkRestoreSayable(options, context, evaluation);
  noteRestoreVersions(options, context, evaluation);
  const version = context.tool?.version ?? null;
  const toolOptions = Object.keys(options.toolOptions);
  const abilities = context.tool ?? {};
  const others = { given: optionsGivenByRestore(options, context), toolOptions, abilities };
  if (options.databases !== null && context.info !== null && !isClusterScript(context.info)) {
    evaluation.error('databases', l10n.t('Only in scripts made by pg_dumpall are several.'));
  }
  if (options.wholeServer && context.info !== null && !isClusterScript(context.info)) {
    evaluation.error(
      'wholeServer',
      l10n.t('Only scripts made by pg_dumpall cover a whole server.'),
    );
  }
  if (isScript(context.info)) {
    checkScriptRestore(options, context, evaluation);
    checkExtraArguments({ tool: 'psql', version }, options.extraArgs, others, evaluation);
  } else {
    checkArchiveRestore(options, context, evaluation);
    checkExtraArguments({ tool: 'pg_restore', version }, options.extraArgs, others, evaluation);
  }
  return evaluation.finish(restoreSummary(options, context));
}

/**
 * The options of a restore form: what was chosen, with what depends on it, as it suits a file, a
 * server and a tool as soon as they are known.
 */
export function restoreOptionsOf(
  choices: Choices<RestoreOptions>,
  context: RestoreContext,
): RestoreOptions {
  const suited = forget(choices, fieldsSetByFile(context.info, chosenOptions(choices).databases));
  const options = applyChoices(suited, changeRestore);
  const toolOptions = toolOptionsFor(context.info, options.toolOptions);
  return applyContextDefaults({ ...options, toolOptions }, chosenFields(suited), context);
}

/**
 * The choices after another file was chosen: the selection of the previous file is forgotten, and
 * so are options that the catalogue does not know: the next file's tool may lack them.
 */
export function resetForFile(choices: Choices<RestoreOptions>): Choices<RestoreOptions> {
  const selection = {
    ...{ schemas: null, tables: null, dumpIds: null, withoutRowsOf: null },
    ...{ wholeServer: false, databases: null, withoutRoles: false },
    ...{ salvage: false, salvageRows: false },
  };
  const { toolOptions } = chosenOptions(choices);
  const known = new Set([...idsOf('pg_restore'), ...idsOf('psql')]);
  const all = Object.keys(toolOptions).every((id) => known.has(id));
  if (all) return forget(choices, selection);
  return forget(choices, {
    ...selection,
    toolOptions: keepIds(toolOptions, (id) => known.has(id)),
  });
}

/** The options of a restore of what is whole, into a database that is still to be named. */
export function salvageOptions(options: RestoreOptions): RestoreOptions {
  const elsewhere = { ...options, salvage: false, targetDatabase: null };
  return changeRestore(elsewhere, { salvage: true, swapIn: false });
}

/**
 * Applies a user's change together with the defaults that depend on it, so that ticking one box
 * never leaves the form refused because of another.
 */
function changeRestore(options: RestoreOptions, patch: Partial<RestoreOptions>): RestoreOptions {
  const next = { ...options, ...patch };
  const turnedOn = (field: Field): boolean => patch[field] === true && options[field] !== true;

  if (turnedOn('schemaOnly')) next.dataOnly = false;
  if (turnedOn('dataOnly')) {
    next.schemaOnly = false;
    next.clean = false;
    next.swapIn = false;
  }
  if (turnedOn('clean')) {
    next.dataOnly = false;
    next.createDatabase = false;
    next.swapIn = false;
    if (patch.ifExists === undefined) next.ifExists = true;
  }
  if (turnedOn('createDatabase')) {
    next.clean = false;
    next.swapIn = false;
  }
  if (turnedOn('swapIn')) {
    Object.assign(next, { clean: false, dataOnly: false });
    if (next.createDatabase) Object.assign(next, { createDatabase: false, targetDatabase: null });
  }
  if (turnedOn('salvage')) {
    next.createDatabase = true;
    next.clean = next.singleTransaction = next.exitOnError = false;
  }
  if (turnedOn('remakeKeys')) {
    Object.assign(next, { singleTransaction: true, exitOnError: true, jobs: 1 });
  }
  if (turnedOn('replaceRows')) {
    const rowsAlone = { dataOnly: true, schemaOnly: false, clean: false, swapIn: false };
    Object.assign(next, rowsAlone, { singleTransaction: true, exitOnError: true, jobs: 1 });
    next.disableTriggers = false;
  }
  if (turnedOn('singleTransaction')) {
    next.jobs = 1;
    next.exitOnError = true;
  }
  if (next.databases !== null) next.wholeServer = false;
  if (patch.jobs !== undefined && patch.jobs > 1) next.singleTransaction = false;
  if (patch.exitOnError === false) next.singleTransaction = false;
  if (next.targetDatabase === '') next.targetDatabase = null;
  if (next.schemas?.length === 0) next.schemas = null;
  if (next.tables?.length === 0) next.tables = null;
  if (next.dumpIds?.length === 0) next.dumpIds = null;
  if (patch.dumpIds) Object.assign(next, { schemas: null, tables: null });
  else if (patch.schemas || patch.tables) next.dumpIds = null;
  if (!next.clean) next.ifExists = false;
  if (!next.clean || !next.singleTransaction) next.remakeKeys = false;
  if (!next.dataOnly || !next.singleTransaction) next.replaceRows = false;
  if (next.mapRoles?.length === 0) next.mapRoles = null;
  if (!next.swapIn) next.endSessions = false;
  if (!next.salvage) next.salvageRows = false;
  if (!next.dataOnly) next.disableTriggers = false;
  return next;
}

/**
 * Adapts the options to a file, server and tool that became known later: the restore does not stop
 * at errors where some are certain, and large archives are restored by several jobs. Fields in `given` were set explicitly and stay.
 */
export function applyContextDefaults(
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
  if (free('jobs')) {
    const { jobs } = usefulJobs(next, context);
    next.jobs = context.tool?.streams === true ? jobs : Math.max(next.jobs, jobs);
  }
  return next;
}

/** Will there be errors that do no harm, and end a restore that stops at errors? */
function errorsAreCertain(options: RestoreOptions, context: RestoreContext): boolean {
  if (isClusterScript(context.info)) return options.databases === null;
  if (options.salvage) return true;
  if (setsUnknownTimeout(context) && !changesArchive(options)) return true;
  return options.clean && context.info?.warnings.includes('attachedIndexes') === true;
}

/** The fields about which the file leaves no choice, with the values that they have. */
function fieldsSetByFile(
  info: RestoreContext['info'],
  databases: RestoreOptions['databases'],
): Partial<RestoreOptions> {
  if (info === null) return {};
  const defaults = restoreDefaults();
  const { clean, disableTriggers, jobs, schemaOnly, dataOnly, noOwner, noPrivileges } = defaults;
  if (!isScript(info)) {
    const { withoutComments, withoutPublications, withoutSecurityLabels } = defaults;
    return {
      ...{ withoutComments, withoutPublications, withoutSecurityLabels },
      withoutRowsOf: null,
      ...(info.format === 'tar' && { jobs: 1 }),
    };
  }
  return {
    ...{ disableTriggers, jobs, remakeKeys: false, replaceRows: false },
    ...(isClusterScript(info) && {
      clean,
      // These options only apply to a restore of chosen databases.
      ...(databases === null && { schemaOnly, dataOnly, noOwner, noPrivileges }),
      ...{ targetDatabase: null, createDatabase: false, swapIn: false, endSessions: false },
    }),
  };
}

/**
 * The tool options without those of the other tool: psql's for an archive, pg_restore's for a
 * script.
 */
function toolOptionsFor(info: RestoreContext['info'], toolOptions: ToolOptions): ToolOptions {
  if (info === null) return toolOptions;
  const [archives, scripts] = [new Set(idsOf('pg_restore')), new Set(idsOf('psql'))];
  const [known, foreign] = isScript(info) ? [scripts, archives] : [archives, scripts];
  return keepIds(toolOptions, (id) => known.has(id) || !foreign.has(id));
}

function idsOf(tool: ToolName): string[] {
  return optionsOf(tool).map((row) => row.id);
}

function keepIds(toolOptions: ToolOptions, keep: (id: string) => boolean): ToolOptions {
  return Object.fromEntries(Object.entries(toolOptions).filter(([id]) => keep(id)));
}
