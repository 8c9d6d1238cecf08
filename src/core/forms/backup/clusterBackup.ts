import * as l10n from '@vscode/l10n';
import { optionsOf } from '../../pgtools/catalogue/catalogue';
import { isToolOption } from '../../pgtools/catalogue/rows';
import { toolForScope } from '../../pgtools/args/dumpallArgs';
import { hasNonAscii, isUtf8, patternEncoding } from '../../pgtools/args/patterns';
import { backupFields } from '../../model/backupFields';
import { valuesOutside } from '../fields/fieldValues';
import type { BackupContext } from '../form/context';
import type { DerivedBackup } from '../selection/derivedBackup';
import { canonicalEncoding } from './encodings';
import type { Evaluation } from '../form/evaluation';
import { checkExtraArguments } from '../toolOptions/extraArguments';
import { optionsGivenByBackup } from '../toolOptions/givenOptions';
import type { BackupField } from '../form/formTypes';
import { listNames } from '../../text/names';
import type { BackupOptions, ToolOptions } from '../../model/options';

type Field = BackupField;

/** Checks for options that pg_dumpall does not have, refuses, or ignores. */
export function checkClusterBackup(
  options: BackupOptions,
  context: BackupContext,
  derived: DerivedBackup,
  evaluation: Evaluation<Field>,
): void {
  checkContent(options, evaluation);
  checkDatabases(options, context, evaluation);
  checkNames(options, context, evaluation);
  checkRights(options, context, evaluation);
  checkEncoding(options, context, evaluation);
  checkExtraArguments(
    { tool: 'pg_dumpall', version: context.tool?.version ?? null },
    options.extraArgs,
    {
      given: optionsGivenByBackup(options, context, derived),
      toolOptions: Object.keys(options.toolOptions),
      abilities: context.tool ?? {},
    },
    evaluation,
  );
}

function checkContent(options: BackupOptions, evaluation: Evaluation<Field>): void {
  const { includeSchema, includeData, lockWaitTimeout, scope } = options;
  if (scope === 'server') {
    if (!includeSchema && !includeData) {
      evaluation.error(
        'includeData',
        l10n.t('Without schema and data there is nothing to dump. Choose one of them or both.'),
      );
    } else if (!includeSchema) {
      // Measured: roles and tablespaces are left out, empty databases are created all the same.
      evaluation.warn(
        'includeSchema',
        l10n.t(
          'Rows only: the script contains no roles, tablespaces or tables. They must exist where it is restored.',
        ),
      );
    }
    return;
  }
  // `lockWaitTimeout` has a default, which does no harm here, so the field is disabled but not
  // refused.
  if (lockWaitTimeout >= 0) {
    const reason = l10n.t('No database is dumped, only what all of them share.');
    evaluation.disable('lockWaitTimeout', reason);
  }
}

function checkDatabases(
  options: BackupOptions,
  { server }: BackupContext,
  evaluation: Evaluation<Field>,
): void {
  const { scope, excludeDatabases } = options;
  if (scope !== 'server' || server === null) return;
  // pg_dumpall does not report a name that matches nothing.
  const unknown = excludeDatabases.filter((name) => !server.databases.includes(name));
  if (unknown.length > 0) {
    evaluation.error(
      'excludeDatabases',
      l10n.t('Not on the server: database {0}.', listNames(unknown)),
    );
  }
}

/** pg_dumpall starts pg_dump through a shell and refuses what it could not quote. */
function checkNames(
  options: BackupOptions,
  { server }: BackupContext,
  evaluation: Evaluation<Field>,
): void {
  if (options.scope !== 'server') return;
  const breaks = /[\r\n]/;
  if (breaks.test(options.outputPath)) {
    evaluation.error('outputPath', l10n.t('pg_dumpall takes no path with a line break.'));
  }
  const excluded = new Set(options.excludeDatabases);
  const broken = (server?.databases ?? []).filter((n) => breaks.test(n) && !excluded.has(n));
  if (broken.length > 0) {
    evaluation.error(
      'excludeDatabases',
      l10n.t(
        'pg_dumpall cannot dump a database whose name has a line break. Leave it out: {0}.',
        listNames(broken),
      ),
    );
  }
}

function checkRights(
  options: BackupOptions,
  { server }: BackupContext,
  evaluation: Evaluation<Field>,
): void {
  const withPasswords =
    options.scope !== 'tablespaces' && options.toolOptions['no-role-passwords'] !== true;
  if (server === null || server.isSuperuser || !withPasswords) return;
  evaluation.warn(
    'scope',
    l10n.t(
      'Only a superuser can read the passwords of roles, and {0} is not a superuser: the backup fails unless they are left out.',
      server.user,
    ),
  );
}

function checkEncoding(
  options: BackupOptions,
  { server }: BackupContext,
  evaluation: Evaluation<Field>,
): void {
  const { encoding, excludeDatabases } = options;
  if (encoding === null) return;
  const to = canonicalEncoding(encoding);
  if (to === null) {
    evaluation.error(
      'encoding',
      l10n.t('PostgreSQL has no encoding "{0}". Choose one from the list.', encoding),
    );
    return;
  }
  if (!isUtf8(to) && to !== 'SQL_ASCII') {
    evaluation.warn(
      'encoding',
      l10n.t('The backup fails if a database holds a character that {0} lacks.', to),
    );
  }
  const unreadable =
    hasNonAscii(excludeDatabases) &&
    patternEncoding(excludeDatabases, to, server?.encoding ?? null) === 'unreadable';
  if (unreadable) {
    evaluation.error(
      'encoding',
      l10n.t(
        'Some of the chosen names contain non-ASCII characters: pg_dumpall finds them only when the encoding is UTF8.',
      ),
    );
  }
}

/** Summary of the script, one sentence each. */
export function clusterSummary(options: BackupOptions, { server }: BackupContext): string[] {
  const { scope, excludeDatabases, includeSchema, includeData } = options;
  const sentences: string[] = [];
  if (scope === 'server') {
    const left = (server?.databases ?? []).filter((name) => !excludeDatabases.includes(name));
    sentences.push(
      server === null
        ? l10n.t('The whole server: roles, tablespaces and every database.')
        : left.length === 0
          ? l10n.t(
              'The whole server without its databases: roles, tablespaces and what was added to template1.',
            )
          : left.length === 1
            ? l10n.t(
                'The whole server: roles, tablespaces and one database ({0}), and what was added to template1.',
                listNames(left),
              )
            : l10n.t(
                'The whole server: roles, tablespaces and {0} databases ({1}), and what was added to template1.',
                left.length,
                listNames(left),
              ),
    );
    if (!includeData) sentences.push(l10n.t('Definitions only, no rows.'));
    else if (!includeSchema) sentences.push(l10n.t('Rows only, no definitions.'));
    if (excludeDatabases.length > 0) {
      sentences.push(l10n.t('Left out: {0}.', listNames(excludeDatabases)));
    }
    sentences.push(
      l10n.t(
        'Each database is dumped when its turn comes: the backup is not one consistent snapshot of the whole server.',
      ),
    );
  } else if (scope === 'globals') {
    sentences.push(l10n.t('Roles and tablespaces, no database.'));
  } else if (scope === 'roles') {
    sentences.push(l10n.t('Roles only: no tablespaces, no database.'));
  } else {
    sentences.push(l10n.t('Tablespaces only: no roles, no database.'));
  }
  if (scope !== 'tablespaces' && includeSchema) {
    sentences.push(
      options.toolOptions['no-role-passwords'] === true
        ? l10n.t('Roles are dumped without their passwords.')
        : l10n.t('The script holds the password hashes of all roles. Keep it safe.'),
    );
  }
  return sentences;
}

/** The options after a change of scope: fields that do not apply to it return to their defaults. */
export function adaptToScope(options: BackupOptions): BackupOptions {
  return {
    ...options,
    ...valuesOutside(backupFields, options.scope),
    toolOptions: ofTool(options),
  };
}

function ofTool({ scope, toolOptions }: BackupOptions): ToolOptions {
  const rows = optionsOf(toolForScope(scope));
  const kept = Object.entries(toolOptions).filter(([id]) => {
    const row = rows.find((each) => each.id === id);
    return row !== undefined && isToolOption(row);
  });
  return Object.fromEntries(kept);
}
