import * as l10n from '@vscode/l10n';
import { optionsOf, tableOf } from '../../pgtools/catalogue/catalogue';
import { offeredRows } from '../../pgtools/catalogue/offeredRows';
import { compressionProblem } from '../../pgtools/args/compression';
import type { BackupContext, RestoreContext } from '../form/context';
import { deriveBackup, type DerivedBackup } from '../selection/derivedBackup';
import { fieldName } from '../fields/fieldText';
import { isScript } from '../form/archiveFacts';
import { optionsGivenByBackup, optionsGivenByRestore } from './givenOptions';
import type { ToolOptionName } from '../form/formTypes';
import type { BackupOptions, RestoreOptions } from '../../model/options';
import {
  toolOptionFields,
  toolOptionRule,
  type ToolOptionField,
  type ToolOptionsRequest,
} from './toolOptions';
import { compressionText, ruleReason, valueProblem } from './toolOptionText';

interface Problems {
  error(field: ToolOptionName, message: string): void;
  warn(field: ToolOptionName, message: string): void;
}

/** The options of the pg_dump that will run; [] until it is known. */
export function backupToolOptions(
  options: BackupOptions,
  context: BackupContext,
  derived: DerivedBackup = deriveBackup(options, context),
): ToolOptionField[] {
  const request = backupRequest(options, context, derived);
  return request ? toolOptionFields(request) : [];
}

/** The options of the pg_restore, or psql, that will run; [] until it is known. */
export function restoreToolOptions(
  options: RestoreOptions,
  context: RestoreContext,
): ToolOptionField[] {
  const request = restoreRequest(options, context);
  return request ? toolOptionFields(request) : [];
}

/** Judges what is set of pg_dump's own options; nothing is said until the tool is known. */
export function checkBackupToolOptions(
  options: BackupOptions,
  context: BackupContext,
  derived: DerivedBackup,
  problems: Problems,
): void {
  const request = backupRequest(options, context, derived);
  if (request) checkToolOptions(request, problems);
  if ('filter' in options.toolOptions) {
    problems.warn(
      'toolOptions.filter',
      l10n.t('The filter file also decides what is dumped; the summary does not include that.'),
    );
  }
}

/** Judges what is set of pg_restore's or psql's own options. */
export function checkRestoreToolOptions(
  options: RestoreOptions,
  context: RestoreContext,
  problems: Problems,
): void {
  const request = restoreRequest(options, context);
  if (request) checkToolOptions(request, problems);
}

function backupRequest(
  options: BackupOptions,
  context: BackupContext,
  derived: DerivedBackup,
): ToolOptionsRequest | null {
  const { tool } = context;
  if (tool === null) return null;
  const cluster = options.scope !== 'database';
  return {
    tool: cluster ? 'pg_dumpall' : 'pg_dump',
    version: tool.version,
    abilities: tool,
    format: cluster ? null : options.format,
    given: optionsGivenByBackup(options, context, derived),
    toolOptions: options.toolOptions,
  };
}

function restoreRequest(
  options: RestoreOptions,
  context: RestoreContext,
): ToolOptionsRequest | null {
  const { tool, info } = context;
  if (tool === null) return null;
  const script = isScript(info);
  return {
    tool: script ? 'psql' : 'pg_restore',
    version: tool.version,
    abilities: tool,
    format: null,
    given: optionsGivenByRestore(options, context),
    toolOptions: options.toolOptions,
  };
}

function checkToolOptions(request: ToolOptionsRequest, problems: Problems): void {
  const { tool, version, abilities, toolOptions } = request;
  const offered = offeredRows(tableOf(tool), version, abilities);
  for (const [id, value] of Object.entries(toolOptions)) {
    const field: ToolOptionName = `toolOptions.${id}`;
    const row = offered.find((each) => each.id === id);
    if (row === undefined) {
      problems.error(field, notOffered(request, id));
      continue;
    }
    const rule = toolOptionRule(row, request);
    const problem = valueProblem(row, value) ?? (rule && ruleReason(rule));
    if (problem !== null) problems.error(field, problem);
    else if (row.kind.kind === 'compression') checkCompression(request, String(value), problems);
    else if (row.dangerous) problems.warn(field, `${l10n.t(row.help)}.`);
  }
}

function checkCompression(
  { version, abilities }: ToolOptionsRequest,
  value: string,
  problems: Problems,
): void {
  const problem = compressionProblem(value, version, abilities.compressionMethods);
  if (problem) problems.error('toolOptions.compress', compressionText(problem, version.text));
}

function notOffered({ tool, version, abilities }: ToolOptionsRequest, id: string): string {
  const row = optionsOf(tool).find((each) => each.id === id);
  if (row === undefined) {
    return l10n.t('{0} {1} has no option {2}. Reset it.', tool, version.text, `--${id}`);
  }
  const field = row.formField;
  if (field !== undefined) {
    return l10n.t('The form has its own field for {0} ({1}).', row.flag, fieldName(field));
  }
  if (row.reserved !== undefined || row.extraOnly) {
    return l10n.t('{0} cannot be set here.', row.flag);
  }
  if (abilities.missingOptions?.includes(id) !== true && row.until !== undefined) {
    return l10n.t(
      '{0} was removed after {1} {2}; this is {3}. Reset it.',
      row.flag,
      tool,
      row.until,
      version.text,
    );
  }
  return l10n.t(
    '{0} needs {1} {2} or newer; this is {3}. Reset it, or choose newer tools.',
    row.flag,
    tool,
    row.since ?? version.major + 1,
    version.text,
  );
}
