import * as l10n from '@vscode/l10n';
import { NOTHING_LEFT, type Finding, type Severity } from '../model/findings/findings';
import { formatBytes } from './formatBytes';
import { listNames } from './names';
import { rowsText } from './rowsText';
import { shownText } from './shownText';
import { typeCounted } from '../model/entryTypes';
import type { LeftOutKind } from '../model/scriptEdits';

/** How bad a finding is, in a word or two. */
export function severityText(severity: Severity): string {
  switch (severity) {
    case 'stops':
      return l10n.t('Will not go through');
    case 'loses':
      return l10n.t('Loses data');
    case 'surprises':
      return l10n.t('Look twice');
    case 'note':
      return l10n.t('Note');
  }
}

/** One sentence, without the names of all that it is about. */
export function findingText(finding: Finding): string {
  const sentence = (SENTENCES[finding.code] ?? unknownFinding)(finding, new Words(finding));
  if (finding.details[NOTHING_LEFT] !== 1) return shownText(sentence);
  return shownText(`${sentence} ${leavesNothingText()}`);
}

/** Why the remedy that leaves objects out is none. */
export function leavesNothingText(): string {
  return l10n.t('Nothing would be left without it.');
}

function unknownFinding({ code }: Finding): string {
  return code;
}

/** What sentences are made of. */
class Words {
  constructor(private readonly finding: Finding) {}

  get names(): string {
    const { objects, count } = this.finding;
    const named = listNames(objects.slice(0, count > 5 ? 4 : 5));
    return count > 5 ? l10n.t('{0} and {1} more', named, (count - 4).toLocaleString()) : named;
  }

  get total(): string {
    return this.finding.count.toLocaleString();
  }

  text(key: string): string {
    return String(this.finding.details[key] ?? '');
  }

  /** An amount of bytes. */
  size(key: string): string {
    return formatBytes(Number(this.finding.details[key] ?? 0));
  }

  figure(key: string): string {
    return Number(this.finding.details[key] ?? 0).toLocaleString();
  }

  get rows(): string {
    const { rows, exact } = this.finding.details;
    return rowsText(Number(rows ?? 0), exact === 1);
  }
}

type Sentence = (finding: Finding, words: Words) => string;

const onlySuperusers: Sentence = (_, words) =>
  l10n.t(
    'Only a superuser can create these, and {0} is not a superuser: {1}.',
    words.text('user'),
    words.names,
  );

const SENTENCES: Readonly<Record<Finding['code'], Sentence>> = {
  connectionReadOnly: (_, { names }) =>
    l10n.t('{0} is marked read-only: nothing is restored into it.', names),
  serverReadOnly: (_, words) =>
    words.text('why') === 'standby'
      ? l10n.t('The server is a standby: it takes no changes. Restore on its primary.')
      : l10n.t('Sessions are read-only there (default_transaction_read_only).'),
  targetUnknown: (_, words) => {
    switch (words.text('why')) {
      case 'locked':
        return l10n.t('The target is locked or slow, so what the restore will do is unknown.');
      case 'refused':
        return l10n.t('The user may not read the target, so what the restore will do is unknown.');
      default:
        return l10n.t(
          'The target could not be read, so what the restore will do there is unknown.',
        );
    }
  },
  production: (_, { names }) => l10n.t('{0} is marked production.', names),
  productionName: (_, { names }) =>
    l10n.t('This looks like production by its name: {0}. The connection is not marked so.', names),
  noRightToCreate: (_, words) =>
    l10n.t('{0} may not make objects here: {1}.', words.text('user'), words.names),
  noRightToCreateDatabase: (_, { names }) =>
    l10n.t('The role {0} may not create databases.', names),
  noRightToInsert: (_, words) =>
    l10n.t('{0} may not insert rows into: {1}.', words.text('user'), words.names),
  notOwner: (_, words) =>
    words.text('replaced') === '1'
      ? l10n.t(
          '{0} is not the owner, and may not empty or set foreign keys of: {1}.',
          words.text('user'),
          words.names,
        )
      : l10n.t('{0} is not the owner, and may not drop: {1}.', words.text('user'), words.names),
  rowSecurity: (_, words) =>
    l10n.t(
      'Row security applies to {0}: COPY does not load rows into {1}.',
      words.text('user'),
      words.names,
    ),
  sessions: ({ count }, words) =>
    count === 1
      ? l10n.t('Somebody else is connected to the database: {0}.', words.names)
      : l10n.t('{0} others are connected to the database: {1}.', count, words.names),
  preparedTransactions: (_, { names }) =>
    l10n.t('Prepared transactions hold their locks: {0}.', names),
  logicalSlots: (_, { names }) =>
    l10n.t('Replication slots will get all that is restored: {0}.', names),
  eventTriggers: (_, { names }) =>
    l10n.t('Event triggers of the target run at each definition: {0}.', names),
  pooler: () =>
    l10n.t(
      'A connection pooler is between: one in transaction mode can give the session to others. Restore by a direct connection, if there is one.',
    ),
  collationsStale: (_, { names }) =>
    l10n.t(
      'Libraries of the system sort differently than when these collations were made, so indexes may not find what is there: {0}.',
      names,
    ),
  newerServer: (_, words) =>
    l10n.t(
      'The backup is of PostgreSQL {0}, the target is {1}: it may hold something that the target does not know.',
      words.text('from'),
      words.text('to'),
    ),
  otherEncoding: (_, words) =>
    l10n.t(
      'The backup is in {0}, the database in {1}: a character that it lacks stops the restore.',
      words.text('from'),
      words.text('to'),
    ),
  diskSpace: (_, words) =>
    l10n.t(
      'The backup itself takes {0}, and {1} are free where the server keeps the database: {2}.',
      words.size('bytes'),
      words.size('free'),
      words.names,
    ),
  swapNotOwner: (_, words) =>
    l10n.t(
      'The database {0} cannot be replaced: {1} is not its owner, nor a member of that role.',
      words.names,
      words.text('user'),
    ),
  swapPrepared: (_, { names }) =>
    l10n.t(
      'Prepared transactions keep the database from getting another name; commit them or roll them back: {0}.',
      names,
    ),
  swapSessions: (_, words) =>
    words.text('ended') === '1'
      ? l10n.t('Sessions that are ended when the databases are exchanged: {0}.', words.names)
      : l10n.t(
          'Others are connected: the restored database waits beside the old one until they are gone: {0}.',
          words.names,
        ),
  swapLeavesBehind: (_, { names }) =>
    l10n.t(
      'Replication slots and subscriptions stay with the old database, and go on there: {0}.',
      names,
    ),
  drops: ({ count }, words) =>
    count === 1
      ? l10n.t('Drops 1 table with {0}: {1}.', words.rows, words.names)
      : l10n.t('Drops {0} tables with {1}: {2}.', count.toLocaleString(), words.rows, words.names),
  dependents: (_, { names }) =>
    l10n.t('Other objects depend on what is to be dropped, so it cannot be dropped: {0}.', names),
  exists: ({ severity }, { names }) =>
    severity === 'stops'
      ? l10n.t('Already in the target, so the restore stops: {0}.', names)
      : l10n.t('Already in the target, and stays as it is: {0}.', names),
  largeObjectsReplaced: (_, words) => {
    if (words.text('known') === '0') {
      return l10n.t(
        'The backup does not say which large objects it has: it may replace some of the {0} that are there.',
        words.total,
      );
    }
    return words.text('dropped') === '1'
      ? l10n.t('Large objects of the target are dropped and replaced: {0}.', words.names)
      : l10n.t(
          'Large objects are already in the target, and their contents are written over: {0}.',
          words.names,
        );
  },
  largeObjectsExist: (_, words) =>
    words.text('known') === '0'
      ? l10n.t(
          'The backup does not say which large objects it has: if one of the {0} that are there is among them, the restore stops.',
          words.total,
        )
      : l10n.t('Large objects are already in the target, so the restore stops: {0}.', words.names),
  rowsReplaced: ({ count }, words) =>
    count === 1
      ? l10n.t('Replaces {0} of 1 table by those of the backup: {1}.', words.rows, words.names)
      : l10n.t(
          'Replaces {0} of {1} tables by those of the backup: {2}.',
          words.rows,
          count.toLocaleString(),
          words.names,
        ),
  rowsDoubled: (_, words) =>
    l10n.t(
      'Not empty and without a key: rows are added to those that are there ({0}), and may then be there twice: {1}.',
      words.rows,
      words.names,
    ),
  rowsCollide: (_, { names }) =>
    l10n.t('Not empty: the rows of the backup collide with those that are there: {0}.', names),
  stays: ({ count }, words) =>
    count === 1
      ? l10n.t('1 table of the target is not in the backup and stays: {0}.', words.names)
      : l10n.t(
          '{0} tables of the target are not in the backup and stay: {1}.',
          count.toLocaleString(),
          words.names,
        ),
  tablesMissing: (_, { names }) =>
    l10n.t('Only rows are restored, and the target does not have these tables: {0}.', names),
  nothingToDrop: (_, { names }) =>
    l10n.t('Not in the target, so dropping them is an error: {0}.', names),
  otherKind: (_, { names }) =>
    l10n.t('Another kind of object has the name in the target: {0}.', names),
  columnsDiffer: (_, { names }) =>
    l10n.t(
      'Columns are missing in the target, or need a value that the backup does not have: {0}.',
      names,
    ),
  columnsGenerated: (_, { names }) =>
    l10n.t('The backup has values for columns that the target generates: {0}.', names),
  ownersMissing: (_, { names }) => l10n.t('Owners that the server does not have: {0}.', names),
  ownersOutOfReach: (_, words) =>
    l10n.t('{0} may not give objects to other owners: {1}.', words.text('user'), words.names),
  granteesMissing: (_, { names }) =>
    l10n.t('Roles with privileges that the server does not have: {0}.', names),
  policyRolesMissing: (_, { names }) =>
    l10n.t('Roles of policies and user mappings that the server does not have: {0}.', names),
  tablespacesMissing: (_, { names }) =>
    l10n.t('Tablespaces that the server does not have: {0}.', names),
  extensionsMissing: (_, { names }) =>
    l10n.t('Extensions that are not installed on the server: {0}.', names),
  extensionsRefused: (_, words) =>
    l10n.t('Extensions that {0} may not create: {1}.', words.text('user'), words.names),
  extensionSchemasMissing: (_, { names }) =>
    l10n.t('Extensions need a schema that does not exist and is not restored: {0}.', names),
  extensionsElsewhere: (_, { names }) =>
    l10n.t(
      'Extensions are in another schema in the target: {0}. Objects that use them may fail.',
      names,
    ),
  extensionsOlder: (_, { names }) =>
    l10n.t(
      'Extensions of the database are of another version than the server would install: {0}. Objects that use them may fail.',
      names,
    ),
  collationsMissing: (_, { names }) =>
    l10n.t('Collations that the server does not have: {0}.', names),
  languagesMissing: (_, { names }) =>
    l10n.t('Languages of functions that the database does not have: {0}.', names),
  accessMethodsMissing: (_, { names }) =>
    l10n.t('Access methods that the database does not have: {0}.', names),
  foreignServersMissing: (_, { names }) =>
    l10n.t('Foreign servers that the database does not have: {0}.', names),
  publishedMissing: (_, { names }) =>
    l10n.t(
      'Publications are to get tables, or all tables of schemas, that are neither there nor restored: {0}.',
      names,
    ),
  eventTriggersRefused: onlySuperusers,
  superuserOnly: onlySuperusers,
  subscriptionsLeftOut: (_, { names }) =>
    l10n.t('Subscriptions are left out, because this may be a copy: {0}.', names),
  statisticsLeftOut: () =>
    l10n.t('Planner statistics are left out: the server does not take them. Run ANALYZE instead.'),
  partLeftOut: ({ details }) => {
    const parts = Object.entries(details).map(([what, count]) => leftOutText(what, Number(count)));
    return l10n.t('Left out of the script: {0}.', parts.join(', '));
  },
  options: ({ objects }) => objects.join(' '),
  tooManyLocks: (_, words) =>
    l10n.t(
      'A single transaction locks about {0} objects, and the server has room for {1} (max_locks_per_transaction).',
      words.figure('needed'),
      words.figure('there'),
    ),
  tooManyJobs: (_, words) =>
    l10n.t(
      '{0} jobs need as many connections; {1} are free.',
      words.figure('jobs'),
      words.figure('free'),
    ),
  circularKeys: ({ count }) =>
    count === 1
      ? l10n.t('A foreign key can refuse rows that come before those they refer to.')
      : l10n.t('{0} foreign keys can refuse rows that come before those they refer to.', count),
  triggersNeedSuperuser: (_, { names }) =>
    l10n.t(
      'Only a superuser can disable the triggers of foreign keys, and {0} is not a superuser.',
      names,
    ),
};

const KIND = 'kind:';

/** The number of entries of a type, or of statements of a kind, in words. */
function leftOutText(what: string, count: number): string {
  const figure = count.toLocaleString();
  if (!what.startsWith(KIND)) return `${figure} ${typeCounted(what, count)}`;
  const words: Readonly<Record<LeftOutKind, string>> = {
    definitions: l10n.t('{0} statements of definitions', figure),
    rows: l10n.t('{0} statements that load rows', figure),
    owners: l10n.t('{0} statements about owners', figure),
    privileges: l10n.t('{0} statements about privileges', figure),
    comments: l10n.t('{0} comments', figure),
    publications: l10n.t('{0} statements about publications', figure),
    subscriptions: l10n.t('{0} statements about subscriptions', figure),
    securityLabels: l10n.t('{0} security labels', figure),
  };
  return words[what.slice(KIND.length) as LeftOutKind];
}
