import * as l10n from '@vscode/l10n';
import type { ErrorProblem, ErrorProblemKind } from '../../model/findings/errorProblems';
import { listNames } from '../names';

/** Names in one sentence. */
const MOST_NAMED = 4;

/** What the errors come from, in one plain sentence. */
export function errorProblemText({ kind, objects, count, atLeast }: ErrorProblem): string {
  const more = objects.length - MOST_NAMED;
  const named = listNames(objects.slice(0, MOST_NAMED));
  const names = more > 0 ? l10n.t('{0} and {1} more', named, more.toLocaleString()) : named;
  const sentence = SENTENCES[kind](names);
  const told = count.toLocaleString();
  if (atLeast && count > 1) return `${sentence} ${l10n.t('(at least {0} errors)', told)}`;
  return count === 1 ? sentence : `${sentence} ${l10n.t('({0} errors)', told)}`;
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
  extensionNeeded: (names) =>
    l10n.t('Extensions need others, which are not installed in the database: {0}.', names),
  exists: (names) => l10n.t('There already: {0}.', names),
  dependents: (names) =>
    l10n.t('Other objects depend on what was to be dropped, so it was not dropped: {0}.', names),
  notOwner: (names) =>
    l10n.t(
      'The role of the connection may not act as the owner, or change what is not its own: {0}.',
      names,
    ),
  permission: (names) => l10n.t('The role of the connection lacks rights: {0}.', names),
  duplicateKey: (names) => l10n.t('Rows with these keys are there already: {0}.', names),
  foreignKey: (names) => l10n.t('Rows refer to rows that are missing or come later: {0}.', names),
  generatedColumn: (names) =>
    l10n.t('The backup has values for columns that the database generates: {0}.', names),
  encoding: () => l10n.t('Characters do not fit the encoding of the other side.'),
  locks: () =>
    l10n.t('The server has no room for so many locks at once: raise max_locks_per_transaction.'),
  connections: () => l10n.t('The server has no connections left: use fewer jobs, or wait.'),
  diskFull: () => l10n.t('The disk of the server is full: make room there, then run this again.'),
  outputFull: () =>
    l10n.t('The disk that the backup is written to is full: make room, or save it elsewhere.'),
  inUse: (names) => l10n.t('Somebody is using the database: {0}.', names),
  readOnly: () =>
    l10n.t('The server is a standby, or read-only: it takes no changes. Restore into its primary.'),
  rowSecurity: (names) =>
    names === ''
      ? l10n.t('Row security applies to the role of the connection.')
      : l10n.t('Row security keeps the role of the connection from rows of: {0}.', names),
  extensionRefused: (names) =>
    l10n.t(
      'The role of the connection may not make these extensions, or the service does not allow them: {0}.',
      names,
    ),
  extensionOwner: (names) =>
    l10n.t('These extensions belong to another role, which alone may comment on them: {0}.', names),
  extensionSchema: (names) =>
    l10n.t('These extensions have to be in a schema of their own choice: {0}.', names),
  duplicateRows: (names) =>
    l10n.t('Rows are there twice, so a unique index cannot be created: {0}.', names),
  check: (names) =>
    l10n.t(
      'Rows do not pass a check: {0}. If it looks into other rows, restore what failed, now that these are there.',
      names,
    ),
  searchPath: (names) =>
    l10n.t(
      'Functions name something without its schema, and the search path is empty during a restore: {0}.',
      names,
    ),
  unknownSetting: (names) =>
    l10n.t('The server does not know these settings, which a newer tool sets: {0}.', names),
  newerSyntax: (names) =>
    l10n.t(
      'The server does not know this part of a statement: {0}. The backup or the tools are of a newer version.',
      names,
    ),
  memory: () => l10n.t('The server is out of memory: use fewer jobs, or wait.'),
  lockTimeout: () =>
    l10n.t('Somebody held a lock, or a statement took, longer than this connection waits for it.'),
  standbyConflict: () =>
    l10n.t(
      'The replay of the standby removed what was being read: use the primary, or let the replay wait.',
    ),
  damaged: (names) =>
    names === ''
      ? l10n.t('Values that the server has stored cannot be read: it is damaged.')
      : l10n.t('The server cannot read what it has stored: {0} is damaged.', names),
  pooler: () => l10n.t('A connection pooler or the cloud refuses: connect to the server itself.'),
  ended: (names) => l10n.t('The server ended the session, so run this again: {0}.', names),
  connectionLost: (names) =>
    l10n.t('The connection broke; the log of the server tells who closed it: {0}.', names),
  sequencesBehind: (names) =>
    l10n.t(
      'Sequences are behind the values of their columns, so new rows will collide: {0}.',
      names,
    ),
  missing: (names) => l10n.t('Missing, as an earlier object failed or was left out: {0}.', names),
};
