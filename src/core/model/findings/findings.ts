/** What a restore will do, found out before it starts. Plain JSON; the words are made where it is shown. */
import type { BackupOptions, RestoreOptions, TableRef } from '../options';

/**
 * How bad it is: the restore will fail · existing data are lost · a result differs from what one
 * would expect · worth knowing.
 */
export type Severity = 'stops' | 'loses' | 'surprises' | 'note';

/** From the most serious down. */
export const SEVERITIES: readonly Severity[] = ['stops', 'loses', 'surprises', 'note'];

export type FindingCode =
  // The target as it is.
  | 'connectionReadOnly'
  | 'serverReadOnly'
  | 'targetUnknown'
  | 'production'
  | 'productionName'
  | 'noRightToCreate'
  | 'noRightToCreateDatabase'
  | 'noRightToInsert'
  | 'notOwner'
  | 'rowSecurity'
  | 'sessions'
  | 'preparedTransactions'
  | 'logicalSlots'
  | 'eventTriggers'
  | 'pooler'
  | 'collationsStale'
  | 'newerServer'
  | 'otherEncoding'
  | 'diskSpace'
  // A database that another one takes the place of.
  | 'swapNotOwner'
  | 'swapPrepared'
  | 'swapSessions'
  | 'swapLeavesBehind'
  // What is there already.
  | 'drops'
  | 'dependents'
  | 'exists'
  | 'rowsReplaced'
  | 'rowsDoubled'
  | 'rowsCollide'
  | 'largeObjectsReplaced'
  | 'largeObjectsExist'
  | 'stays'
  | 'tablesMissing'
  | 'nothingToDrop'
  | 'otherKind'
  | 'columnsDiffer'
  | 'columnsGenerated'
  // What the archive needs.
  | 'ownersMissing'
  | 'ownersOutOfReach'
  | 'granteesMissing'
  | 'policyRolesMissing'
  | 'tablespacesMissing'
  | 'extensionsMissing'
  | 'extensionsRefused'
  | 'extensionSchemasMissing'
  | 'extensionsElsewhere'
  | 'extensionsOlder'
  | 'collationsMissing'
  | 'languagesMissing'
  | 'accessMethodsMissing'
  | 'foreignServersMissing'
  | 'publishedMissing'
  | 'eventTriggersRefused'
  | 'superuserOnly'
  | 'subscriptionsLeftOut'
  | 'statisticsLeftOut'
  /** `details`: how many entries of each type, and statements of each kind (`kind:owners`). */
  | 'partLeftOut'
  // The options.
  | 'options'
  | 'tooManyLocks'
  | 'tooManyJobs'
  | 'circularKeys'
  | 'triggersNeedSuperuser';

/** What remedies there are: the words of their buttons are made from these. */
export const REMEDY_IDS = [
  'newDatabase',
  'clean',
  'dataOnly',
  'ifExists',
  'takeAlong',
  'rowsInstead',
  'emptyTables',
  'countRows',
  'noOwnersAndPrivileges',
  'mapRoles',
  'remakeKeys',
  'createRoles',
  'createSchemas',
  'noTablespaces',
  'noTableAccessMethod',
  'leaveOut',
  'subscriptions',
  'endSessions',
  'endSessionsAtSwap',
  'singleTransaction',
  'noSingleTransaction',
  'fewerJobs',
  'disableTriggers',
  'keepTriggers',
  'noComments',
  'enableRowSecurity',
  'goOn',
  'copyUpdates',
  'copyReindex',
  'copyRowsQuery',
  'addForeignKeys',
  'searchPath',
  'copyFunctionPath',
  'withoutDamaged',
  'setSequences',
  'definitionsToo',
  'copyGrants',
  'copyExtensions',
  'createExtensions',
  'copyLockSetting',
  'copyStandbyDelay',
  'copyStandbyFeedback',
  'copyReplayPause',
  'copyDuplicatesQuery',
  'everything',
  'withoutRefused',
  'noRolePasswords',
  'waitForLocks',
  'ownEncoding',
  'otherConnection',
  'connectionSettings',
  'otherTools',
  'otherOutput',
] as const;

export type RemedyId = (typeof REMEDY_IDS)[number];

/**
 * What can be done about a finding. `short`: only the first {@link MAX_NAMED} of its names or numbers
 * are in it, and the host has all of them.
 */
export type Remedy = RemedyAction & { short?: true };

type RemedyAction =
  /** Sets options of the form. */
  | { id: RemedyId; kind: 'set'; options: Partial<RestoreOptions> }
  /** Leaves these entries out, with all that needs them. Numbers of the archive. */
  | { id: RemedyId; kind: 'leaveOut'; dumpIds: number[] }
  /** Puts the user who restores in the place of these roles; the form then offers others. */
  | { id: RemedyId; kind: 'mapRoles'; names: string[] }
  /** Sets options of the form of backups. */
  | { id: RemedyId; kind: 'setBackup'; options: Partial<BackupOptions> }
  /** Puts SQL that helps into the clipboard. */
  | { id: RemedyId; kind: 'copy'; text: string }
  /** Asks for the name of a database to be created. */
  | { id: RemedyId; kind: 'newDatabase' }
  /** Leads to the place of the form, or of the settings, where the user chooses. */
  | { id: PlaceId; kind: 'place' }
  /** Does something on the server, at once. */
  | { id: RemedyId; kind: 'step'; step: PreflightStep };

/** Places where only the user knows what to choose. */
export type PlaceId = Extract<
  RemedyId,
  'otherConnection' | 'connectionSettings' | 'otherTools' | 'otherOutput'
>;

/** What is done on a server when the button of a finding is pressed. */
export type PreflightStep = ChangingStep | CountingStep;

/** Counts the rows of these tables, and changes nothing. */
export interface CountingStep {
  do: 'countRows';
  tables: TableRef[];
}

/** What is changed on a server so that a restore goes through. */
export type ChangingStep =
  /** Without a password, and without the right to log in. */
  | { do: 'createRoles'; names: string[] }
  | { do: 'createSchemas'; names: string[] }
  /** With the extensions that they need; those that are there already stay as they are. */
  | { do: 'createExtensions'; extensions: { name: string; schema: string | null }[] }
  /** Ends the sessions of others in the database. */
  | { do: 'endSessions'; pids: number[] }
  /** Ends all sessions of others in these databases; null = the connected one. */
  | { do: 'endAllSessions'; databases: string[] | null }
  /** Foreign keys that hold for new rows only: what is there is not checked. */
  | { do: 'addForeignKeys'; keys: ForeignKeySpec[] }
  /** Sequences take the value that comes after the greatest of their column. */
  | { do: 'setSequences' }
  /** TRUNCATE, all in one statement, so that their foreign keys to each other do no harm. */
  | { do: 'emptyTables'; tables: TableRef[] };

/** A foreign key as its statement names it. */
export interface ForeignKeySpec {
  table: TableRef;
  name: string;
  columns: string[];
  to: TableRef;
  toColumns: string[];
  onUpdate: KeyAction;
  onDelete: KeyAction;
}

export type KeyAction = 'NO ACTION' | 'RESTRICT' | 'CASCADE' | 'SET NULL' | 'SET DEFAULT';

/** Key of `details`: leaving the objects out with all that needs them would leave nothing. */
export const NOTHING_LEFT = 'nothingLeft';

/** How many objects of a finding leave the host; `count` says how many there are. */
export const MAX_NAMED = 1000;

/** How many tables are counted at once. */
export const MAX_COUNTED = 1000;

/** One thing that somebody should know before the restore starts. */
export interface Finding {
  code: FindingCode;
  severity: Severity;
  /** The objects that it is about, by name; all of them on the host, the first {@link MAX_NAMED} elsewhere. */
  objects: string[];
  /** Of objects that are tables whose rows are at stake: how many each has, in the same order. */
  rows?: RowsAtStake[];
  /** How many there are. */
  count: number;
  /** Figures and names for its sentence. */
  details: Readonly<Record<string, string | number>>;
  /** The best first. */
  remedies: Remedy[];
}

/** Rows of one table; null = nobody knows. Not `exact`: the server's estimate. */
export interface RowsAtStake {
  rows: number | null;
  exact: boolean;
}

/** Summary of what the restore will do. */
export interface Verdict {
  /** The worst of what was found; null = nothing is wrong. */
  worst: Severity | null;
  target: 'new' | 'empty' | 'full' | 'unknown';
  /** Tables that are made. */
  adds: number;
  /** Tables that are dropped first, and their rows. */
  drops: number;
  dropsRows: number;
  /**
   * Large objects that are dropped or get other contents; `upTo`: the file does not tell which it
   * has. null = none.
   */
  largeObjects: { count: number; upTo: boolean } | null;
  /** Tables whose rows are deleted before those of the file are loaded, and how many these are. */
  replaces: number;
  replacesRows: number;
  /** The rows were counted; absent = the server's estimates. */
  exactRows?: boolean;
  /** Tables that are there already and get rows. */
  fills: number;
  /**
   * How the present contents are kept: in a backup that is made first, or in the old database under
   * another name.
   */
  keeps: 'safetyBackup' | 'oldDatabase' | null;
  /** A restore that does not go through leaves what it has done until then in the target. */
  partial: boolean;
}

export interface Preflight {
  verdict: Verdict;
  /** The most serious first. */
  findings: Finding[];
}

/** A remedy that sets options of the form. */
export function setting(id: RemedyId, options: Partial<RestoreOptions>): Remedy {
  return { id, kind: 'set', options };
}
