import * as l10n from '@vscode/l10n';
import type { ErrorProblem, ErrorProblemKind } from '../../model/findings/errorProblems';
import { listNames } from '../names';

/** Names in one sentence. */
const MOST_NAMED = 4;

/** What the errors come from, in one plain sentence. */
export function errorProblemText({ kind, objects, count }: ErrorProblem): string {
  const more = objects.length - MOST_NAMED;
  const named = listNames(objects.slice(0, MOST_NAMED));
  const names = more > 0 ? l10n.t('{0} and {1} more', named, more.toLocaleString()) : named;
  const sentence = SENTENCES[kind](names);
  return count === 1 ? sentence : `${sentence} ${l10n.t('({0} errors)', count.toLocaleString())}`;
}

const SENTENCES: Readonly<Record<ErrorProblemKind, (names: string) => string>> = {
  roleMissing: (names) => l10n.t('The server does not have these roles: {0}.', names),
  schemaMissing: (names) => l10n.t('The database does not have these schemas: {0}.', names),
  tablespaceMissing: (names) => l10n.t('The server does not have these tablespaces: {0}.', names),
  extensionMissing: (names) =>
    l10n.t(
      'Extensions are not installed on the server, so what needs them fails, too: {0}.',
      names,
    ),
  exists: (names) => l10n.t('There already: {0}.', names),
  dependents: (names) =>
    l10n.t('Others depend on what was to be dropped, so that it stayed: {0}.', names),
  notOwner: (names) =>
    l10n.t(
      'The role of the connection may not act as the owner, or change what is not its own: {0}.',
      names,
    ),
  permission: (names) => l10n.t('The role of the connection has no right to: {0}.', names),
  duplicateKey: (names) => l10n.t('Rows with these keys are there already: {0}.', names),
  foreignKey: (names) => l10n.t('Rows refer to others that are not there, or not yet: {0}.', names),
  generatedColumn: (names) =>
    l10n.t('The backup has values for columns that the database generates: {0}.', names),
  encoding: () => l10n.t('Characters of the backup do not fit the encoding of the database.'),
  locks: () =>
    l10n.t('The server has no room for so many locks at once (max_locks_per_transaction).'),
  connections: () => l10n.t('The server has no connections left.'),
  diskFull: () => l10n.t('The disk of the server is full.'),
  inUse: (names) => l10n.t('Somebody is connected to the database: {0}.', names),
  readOnly: () => l10n.t('The server is a standby, or read-only: it takes no changes.'),
  rowSecurity: (names) => l10n.t('Row security refuses rows of: {0}.', names),
};
