import { type ProfileFacts, withProfile } from './backupProfiles';
import { checkAnyBackup, checkDatabaseBackup } from './backupChecks';
import { checkChosen } from './chosenChecks';
import { backupSummary } from './backupSummary';
import { deriveBackup, type DerivedBackup } from '../selection/derivedBackup';
import { adaptToScope, checkClusterBackup, clusterSummary } from './clusterBackup';
import { checkBackupToolOptions } from '../toolOptions/checkToolOptions';
import type { BackupContext } from '../form/context';
import { applyChoices, type Choices } from '../form/choices';
import { Evaluation } from '../form/evaluation';
import { backupDefaults } from './backupDefaults';
import { checkBackupSayable } from '../toolOptions/sayable';
import { checkExtraArguments } from '../toolOptions/extraArguments';
import { optionsGivenByBackup } from '../toolOptions/givenOptions';
import type { BackupField, FormEvaluation } from '../form/formTypes';
import { PARALLEL_FORMATS, isClusterBackup, type BackupOptions } from '../../model/options';
import { withExtension } from './outputPath';
import { noteBackupVersions } from '../toolOptions/versionNotes';

export type { BackupContext } from '../form/context';

type Field = BackupField;

/**
 * Says which fields can be used, what is wrong, and what will be in the dump. Whatever pg_dump
 * refuses, and whatever it accepts and then ignores, is an error at its field.
 */
export function evaluateBackup(
  options: BackupOptions,
  context: BackupContext,
  derived: DerivedBackup = deriveBackup(options, context),
): FormEvaluation<Field> {
  const evaluation = new Evaluation<Field>();
  checkAnyBackup(options, context, evaluation);
  checkBackupToolOptions(options, context, derived, evaluation);
  checkBackupSayable(options, context, derived, evaluation);
  if (isClusterBackup(options)) {
    checkClusterBackup(options, context, derived, evaluation);
    noteBackupVersions(options, context, evaluation);
    return evaluation.finish(clusterSummary(options, context));
  }
  checkDatabaseBackup(options, context, evaluation);
  checkChosen(options, context, derived, evaluation);
  checkArguments(options, context, derived, evaluation);
  noteBackupVersions(options, context, evaluation);
  return evaluation.finish(backupSummary(options, context, derived));
}

/**
 * The options of a backup form: the choices, with the fields that depend on them and on the facts.
 * The path is handled separately: each choice may change it, starting from `before`.
 */
export function backupOptionsOf(
  choices: Choices<BackupOptions>,
  before: BackupOptions,
  facts: ProfileFacts,
): BackupOptions {
  const next = withProfile(applyChoices(choices, changeBackup), facts);
  return { ...next, outputPath: withExtension(before.outputPath, before, next) };
}

/**
 * Applies a user's change together with the defaults that depend on it: another format brings its
 * own compression, jobs, ownership and file extension.
 */
export function changeBackup(options: BackupOptions, patch: Partial<BackupOptions>): BackupOptions {
  let next = { ...options, ...patch };
  if (next.scope !== options.scope) {
    if (isClusterBackup(options) && !isClusterBackup(next) && patch.format === undefined) {
      next.format = backupDefaults().format;
    }
    next = adaptToScope(next);
  }
  if (next.format !== options.format) {
    const byDefault = backupDefaults(next.format).compression;
    const sameKind = byDefault > 0 && backupDefaults(options.format).compression > 0;
    if (patch.compression === undefined && !sameKind) next.compression = byDefault;
    if (!PARALLEL_FORMATS.has(next.format)) next.jobs = 1;
    if (next.format !== 'plain') next.includeOwnership = true;
  }
  if (patch.outputPath === undefined) {
    next.outputPath = withExtension(options.outputPath, options, next);
  }
  if (!next.includeData && next.largeObjects === true) next.largeObjects = null;
  if (next.schemas?.length === 0) next.schemas = null;
  if (next.tables?.length === 0) next.tables = null;
  return next;
}

function checkArguments(
  options: BackupOptions,
  context: BackupContext,
  derived: DerivedBackup,
  evaluation: Evaluation<Field>,
): void {
  checkExtraArguments(
    { tool: 'pg_dump', version: context.tool?.version ?? null },
    options.extraArgs,
    {
      format: options.format,
      given: optionsGivenByBackup(options, context, derived),
      toolOptions: Object.keys(options.toolOptions),
      abilities: context.tool ?? {},
    },
    evaluation,
  );
}
