import type { FailureCause } from '../errors';

/*
 * What the tools say, as data. The only file that matches message text: everything else works on
 * the events and causes made here. The texts are those of PostgreSQL 12 to 18 in English, for which
 * tools run with LC_MESSAGES=C; what the server says can be in another language all the same.
 */

/** What one message says. */
export type ToolEvent =
  /** pg_dump reads the catalog. */
  | { type: 'reading'; text: string }
  /** pg_dumpall begins with a database; the lines of pg_dump follow. */
  | { type: 'dumpingDatabase'; database: string }
  /** pg_dump writes a table's rows; `table` is schema.name, neither quoted nor escaped. */
  | { type: 'dumpingTable'; table: string }
  | { type: 'savingLargeObjects' }
  /** A definition: pg_restore, and pg_dump when it writes plain SQL or tar. */
  | { type: 'creating' | 'dropping'; desc: string; name: string }
  /** Rows of a table: pg_restore, and pg_dump before `dumpingTable` when it writes plain SQL. */
  | { type: 'processingData'; table: string }
  | { type: 'processingLargeObjects' }
  /** pg_restore sets a sequence, or creates large objects. */
  | { type: 'executing'; text: string }
  | { type: 'restoringLargeObject'; oid: number }
  /** Parallel dump and restore name their items by dump id. */
  | {
      type: 'item';
      action: 'processing' | 'launching' | 'finished' | 'skipping';
      dumpId: number;
      label: string;
    }
  | { type: 'connecting' }
  | { type: 'parallelLoop'; entering: boolean }
  /** In which phase of the restore the error that follows happened. */
  | { type: 'during'; phase: 'initializing' | 'processing' | 'finalizing' }
  /** The entry of the archive that the error that follows is about. */
  | { type: 'tocEntry'; dumpId: number; tableOid: number; oid: number; text: string }
  | { type: 'error'; text: string; line: number | null }
  /** More about the error before: the tool's or the server's detail, hint, context. */
  | { type: 'more'; text: string }
  /** The statement that the error before is about; unprefixed lines after it belong to it. */
  | { type: 'sql'; text: string }
  | { type: 'warning' | 'notice'; text: string }
  | { type: 'errorsIgnored'; count: number }
  /** A line without a prefix: it continues what was before. */
  | { type: 'continuation'; text: string }
  | { type: 'other'; text: string };

const toolPrefix = /^(?:(?:pg_dump|pg_restore|pg_dumpall)(?:\.exe)?: ?)+/;
/** A second message in the same line: prefix, text and line break are separate writes. */
const tornPrefix =
  /(?:pg_dump|pg_restore): ?(?=(?:processing|launching|finished|skipping) item \d|creating [A-Z]|dumping contents of table "|processing data for table "|from TOC entry \d+; |error: (?:could not execute query|COPY failed))/;
/** Messages of parallel workers that lost their prefix to another one's line. */
const lostPrefix =
  /^ *(?:(?:processing|launching|finished|skipping) item \d+ |dumping contents of table "|processing data for table "|creating [A-Z][A-Z ]+ "|from TOC entry \d+; |error: (?:could not execute query|COPY failed))/;

/**
 * What a line of stderr says; more than one event when the lines of parallel workers were torn and
 * mixed.
 */
export function parseLine(line: string): ToolEvent[] {
  if (line.startsWith('psql')) {
    const event = parsePsql(line);
    if (event) return [event];
  }
  // Every query and every pg_dump that pg_dumpall runs is told, and may hold any name.
  const own = /^pg_dumpall(?:\.exe)?: ((?:executing SELECT|running) .*)$/s.exec(line)?.[1];
  if (own !== undefined) return [{ type: 'reading', text: own }];
  const prefix = toolPrefix.exec(line)?.[0];
  if (prefix === undefined && !lostPrefix.test(line)) return [parseUnprefixed(line)];
  const text = line.slice(prefix?.length ?? 0).trimStart();
  // An error may quote anything, so it is never searched for other messages.
  if (/^(?:error|warning|detail|hint|fatal): /.test(text)) return [parseMessage(text)];
  return text
    .split(tornPrefix)
    .filter((part) => part !== '')
    .map((part) => parseMessage(part));
}

function parseUnprefixed(line: string): ToolEvent {
  const command = /^Command was: (.*)/s.exec(line);
  if (command) return { type: 'sql', text: command[1] ?? '' };
  return { type: 'continuation', text: line };
}

function parseMessage(text: string): ToolEvent {
  return parseDiagnostic(text) ?? parseRestoreState(text) ?? parseProgress(text) ?? other(text);
}

function other(text: string): ToolEvent {
  return { type: 'other', text };
}

function parseDiagnostic(message: string): ToolEvent | null {
  const match = /^(error|fatal|warning|detail|hint): (.*)$/s.exec(message);
  if (!match) return null;
  const [, severity = '', text = ''] = match;
  // Up to 14 the statement and the server's words come as further errors.
  const sql = /^(?:The )?(?:query|command) was: (.*)$/is.exec(text);
  if (sql) return { type: 'sql', text: sql[1] ?? '' };
  const ignored = /^errors ignored on restore: (\d+)$/.exec(text);
  if (ignored) return { type: 'errorsIgnored', count: Number(ignored[1]) };
  if (severity === 'warning') return { type: 'warning', text };
  if (severity === 'detail' || severity === 'hint') return { type: 'more', text };
  if (text.startsWith('Error message from server: ')) return { type: 'more', text };
  return { type: 'error', text, line: null };
}

function parseRestoreState(text: string): ToolEvent | null {
  const entry = /^from TOC entry (\d+); (\d+) (\d+) (.*)$/s.exec(text);
  if (entry) {
    const [, dumpId, tableOid, oid, rest = ''] = entry;
    return {
      type: 'tocEntry',
      dumpId: Number(dumpId),
      tableOid: Number(tableOid),
      oid: Number(oid),
      text: rest,
    };
  }
  switch (text) {
    case 'while INITIALIZING:':
      return { type: 'during', phase: 'initializing' };
    case 'while PROCESSING TOC:':
      return { type: 'during', phase: 'processing' };
    case 'while FINALIZING:':
      return { type: 'during', phase: 'finalizing' };
    case 'connecting to database for restore':
      return { type: 'connecting' };
    case 'entering main parallel loop':
      return { type: 'parallelLoop', entering: true };
    case 'finished main parallel loop':
      return { type: 'parallelLoop', entering: false };
    default:
      return null;
  }
}

function parseProgress(text: string): ToolEvent | null {
  const item = /^(processing|launching|finished|skipping) item (\d+) (.*)$/s.exec(text);
  if (item) {
    const [, action, dumpId, label = ''] = item;
    return {
      type: 'item',
      action: action as 'processing' | 'launching' | 'finished' | 'skipping',
      dumpId: Number(dumpId),
      label,
    };
  }
  // A name may hold quotes and line breaks, and then the closing quote is on another line.
  const dumping = /^dumping contents of table "?(.*?)"?$/s.exec(text);
  if (dumping) return { type: 'dumpingTable', table: dumping[1] ?? '' };
  const database = /^dumping database "?(.*?)"?(?:\.\.\.)?$/s.exec(text);
  if (database) return { type: 'dumpingDatabase', database: database[1] ?? '' };
  const data = /^processing data for table "?(.*?)"?$/s.exec(text);
  if (data) return { type: 'processingData', table: data[1] ?? '' };
  const object = /^(creating|dropping) ([A-Z][A-Z ]*[A-Z]) "?(.*?)"?$/s.exec(text);
  if (object) {
    const [, verb, desc = '', name = ''] = object;
    return { type: verb === 'creating' ? 'creating' : 'dropping', desc, name };
  }
  if (text.startsWith('saving large objects')) return { type: 'savingLargeObjects' };
  if (text.startsWith('processing BLOBS')) return { type: 'processingLargeObjects' };
  const largeObject = /^restoring large object with OID (\d+)/.exec(text);
  if (largeObject) return { type: 'restoringLargeObject', oid: Number(largeObject[1]) };
  // 18 also prints its `executing SELECT pg_catalog.set_config(…)`, which is no entry.
  const executing = /^executing (?!SELECT)(.*)$/s.exec(text);
  if (executing) return { type: 'executing', text: executing[1] ?? '' };
  if (/^(?:reading|finding|flagging|identifying|saving|last built-in OID) /.test(text)) {
    return { type: 'reading', text };
  }
  // What the server says besides, passed on by libpq.
  const notice = /^([\p{Lu}\p{Lo}]{2,}):\s\s(.*)$/su.exec(text);
  if (notice && harmlessSeverities.has(notice[1] ?? '')) {
    return { type: 'notice', text: notice[2] ?? '' };
  }
  return null;
}

/**
 * Does the event mean that pg_restore starts with an entry of the archive? With `--verbose` and
 * without jobs there is exactly one such event for each entry, in the order of `pg_restore --list`
 * (measured with 12, 15, 17 and 18).
 */
export function startsEntry(event: ToolEvent): boolean {
  return (
    event.type === 'creating' ||
    event.type === 'processingData' ||
    event.type === 'processingLargeObjects' ||
    event.type === 'executing'
  );
}

/** What is not an error, in the languages that servers speak. */
const harmlessSeverities = new Set(
  `NOTICE WARNING INFO LOG DEBUG HINWEIS WARNUNG ATTENTION ADVERTENCIA AVISO NOTA NOTIFICA
   ATTENZIONE UWAGA OSTRZEŻENIE ЗАМЕЧАНИЕ ПРЕДУПРЕЖДЕНИЕ ИНФОРМАЦИЯ ПОВІДОМЛЕННЯ ПОПЕРЕДЖЕННЯ NOTIS
   VARNING NOT UYARI 注意 警告 信息 알림 경고 情報`.split(/\s+/),
);

/** `psql:FILE:LINE: …` and `psql: …`. FILE may hold anything, also colons. */
function parsePsql(line: string): ToolEvent | null {
  const inScript = /^psql(?:\.exe)?:.*?:(\d+): (.*)$/s.exec(line);
  const number = inScript ? Number(inScript[1]) : null;
  const text = inScript?.[2] ?? /^psql(?:\.exe)?: (.*)$/s.exec(line)?.[1];
  if (text === undefined) return null;
  const own = /^(error|fatal|warning|detail|hint): (.*)$/s.exec(text);
  if (own) {
    const [, severity, words = ''] = own;
    if (severity === 'warning') return { type: 'warning', text: words };
    if (severity === 'detail' || severity === 'hint') return { type: 'more', text: words };
    return { type: 'error', text: words, line: number };
  }
  const server = /^([\p{L}]+\d?):\s\s?(.*)$/su.exec(text);
  if (!server) return number === null ? null : { type: 'other', text };
  const [, severity = '', words = ''] = server;
  if (severity === 'STATEMENT') return { type: 'sql', text: words };
  if (harmlessSeverities.has(severity.replace(/\d$/, ''))) return { type: 'notice', text: words };
  return { type: 'error', text: words, line: number };
}

/**
 * An error's first line without what wraps it:
 * `could not execute query: ERROR:  relation "a" already exists` -> `relation "a" already exists`.
 */
export function plainMessage(text: string): string {
  return text
    .replace(/^(?:could not execute query|query failed): /, '')
    .replace(/^((?:COPY failed for table ".*": )?)[\p{Lu}\p{Lo}]{2,}:\s\s/su, '$1');
}

/**
 * Is it the one error that says nothing about the restore: pg_restore 17 and newer sets
 * `transaction_timeout` for whatever archive, and servers before 17 do not know it.
 */
export function isHarmless(error: {
  message: string;
  sql?: string | undefined;
  dumpId?: number | undefined;
}): boolean {
  return (
    error.dumpId === undefined &&
    error.sql?.trim() === 'SET transaction_timeout = 0;' &&
    error.message.includes('transaction_timeout')
  );
}

/**
 * Is it about a role that is there already, or that cannot be dropped because it is used by this very
 * restore? A script of pg_dumpall creates all roles, that of its own connection among them. Told by
 * the statement: servers word their errors in many languages.
 */
export function isAboutRoles(
  { sql = '' }: { sql?: string | undefined },
  roles: ReadonlySet<string>,
): boolean {
  const match =
    /^(?:CREATE ROLE|DROP ROLE(?: IF EXISTS)?) ("(?:[^"]|"")*"|[a-z_][a-z0-9_$]*);\s*$/.exec(sql);
  const name = match?.[1] ?? '';
  return roles.has(name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name);
}

/**
 * Errors after which pg_restore goes on with the next entry, unless told to exit on errors
 * (`warn_or_exit_horribly` in its source, 12 to 18). All others are its end.
 */
const survivable =
  /^(?:could not execute query|could not (?:start|commit) database transaction|COPY failed for table |could not (?:create|open|write to) large object|could not set "?(?:search_path|default_tablespace|default_table_access_method)|could not alter table access method)/;

/** What stands behind `error: ` when the lines of two workers were mixed; no error begins so. */
const torn =
  /^(?:$|pg_restore:|(?:error|warning|detail|hint): |from TOC entry |Command was: |while |(?:connecting|disabling|enabling|entering|setting|processing|launching|finished|skipping|creating|dropping|executing|restor(?:ing|ed)) )/;

/** Is this error, as in its event, one that ends pg_restore whatever its options? */
export function endsRestore(text: string): boolean {
  return !survivable.test(text) && !torn.test(text);
}

/** SQLSTATEs and classes that tell a cause in any language (psql with VERBOSITY=verbose). */
const causeOfState: readonly (readonly [prefix: string, cause: FailureCause])[] = [
  ['28', 'authentication'],
  ['3D000', 'databaseMissing'],
  ['42501', 'permission'],
  ['53100', 'diskFull'],
  ['53200', 'outOfLocks'],
  ['53300', 'tooManyConnections'],
  ['55P03', 'lockTimeout'],
  ['57014', 'lockTimeout'],
  ['57P01', 'connectionLost'],
  ['57P02', 'connectionLost'],
  ['08', 'connection'],
  ['22021', 'encoding'],
  ['22P05', 'encoding'],
];

/**
 * First match wins, over all diagnostics: what comes first is what the others follow from. libpq
 * words its refusals alike in all versions, up to 13 after `connection to database "x" failed: `,
 * from 14 on after `connection to server at "h" (a), port n failed: `.
 */
const causeOfText: readonly (readonly [pattern: RegExp, cause: FailureCause])[] = [
  [/server version mismatch/, 'serverNewer'],
  [/no password supplied/, 'passwordMissing'],
  [
    /FATAL: .*(?:authenti|аутентифик|no pg_hba\.conf entry|pg_hba\.conf rejects|認証|认证|인증)/i,
    'authentication',
  ],
  [/FATAL: .*role ".*" (?:does not exist|is not permitted to log in)/, 'authentication'],
  [/FATAL: .*database ".*" does not exist/, 'databaseMissing'],
  [/FATAL: .*permission denied for database/, 'permission'],
  [
    /too many clients already|remaining connection slots|too many connections for|no more connections allowed/,
    'tooManyConnections',
  ],
  [
    /server closed the connection unexpectedly|terminating connection|connection has been closed unexpectedly|no connection to the server|PQgetCopyData\(\) failed|could not receive data from server|SSL SYSCALL error|connection to server was lost|lost synchronization/,
    'connectionLost',
  ],
  [
    /connection to (?:server|database) .*failed|could not connect to server|could not translate host name|timeout expired|(?:root )?certificate file|server certificate|does not support SSL|service file|definition of service|invalid connection option|invalid (?:sslmode|port number)|starting up|shutting down|not currently accepting connections/,
    'connection',
  ],
  [
    /No space left on device|not enough space on the disk|[Dd]isk quota exceeded|could not extend file/,
    'diskFull',
  ],
  [/in filter read from file|could not (?:open|read) filter file/, 'filterFile'],
  [
    /invalid snapshot identifier|snapshot ".*" does not exist|could not import the requested snapshot/,
    'snapshotMissing',
  ],
  [/no matching (?:schemas|tables|extensions|foreign servers) were found/, 'nothingMatches'],
  [/ERROR: .*role ".*" does not exist/, 'roleMissing'],
  [/row-level security/, 'rowSecurity'],
  [/canceling statement due to (?:statement|lock) timeout|could not obtain lock/, 'lockTimeout'],
  [/out of shared memory|max_locks_per_transaction/, 'outOfLocks'],
  [/unsupported version \(\d/, 'archiveVersion'],
  [
    /could not read from input file|could not find block ID|corrupt|could not uncompress|did not find magic string|valid archive|could not find header for file|compressed stream is incomplete|unexpected end of file|could not close data file|end of file|could not read input file|incorrect (?:data block|header)|could not decompress/,
    'archiveDamaged',
  ],
  [
    /has no equivalent in encoding|invalid byte sequence for encoding|not a valid encoding name|invalid client encoding|conversion between .* is not supported/,
    'encoding',
  ],
  [
    /[Pp]ermission denied|must be owner of|must be (?:a )?superuser|must be able to SET ROLE|must have/,
    'permission',
  ],
  [
    /does not exist|is not available|not found|could not open (?:input|output) file/,
    'objectMissing',
  ],
];

/** Lines that say what is wrong, not what was being done or which statement it was. */
const diagnostic =
  /^(?:(?:psql|pg_dump|pg_restore|pg_dumpall)(?:\.exe)?:.*?(?:error|fatal|detail|hint): |(?:psql.*: )?[\p{Lu}\p{Lo}]{2,}: |connection to server )/u;

/** What a server says that was reached and lets nobody in. */
const refusals = new Set<FailureCause>([
  'authentication',
  'passwordMissing',
  'databaseMissing',
  'permission',
  'tooManyConnections',
]);

/** Statements that follow their error, of any length. */
const statement = /(?:query|command) was: |^Command was: |: STATEMENT: /i;

/** Why a tool failed, as its stderr tells; `other` when it is none of the known reasons. */
export function classifyFailure(stderr: string): FailureCause {
  return describeFailure(stderr).cause;
}

/** Refusals for which no password is asked: by host rules, by role, by another way to log in. */
const passwordIsNoHelp =
  /pg_hba\.conf|(?:Peer|Ident|GSSAPI|SSPI|certificate) authentication failed|role ".*" (?:does not exist|is not permitted to log in)/;

/**
 * May another password change an `authentication` failure? With `sslmode=prefer` libpq tries twice,
 * so a wrong password can be followed by a refusal of the attempt without TLS.
 */
export function mayPasswordHelp(stderr: string): boolean {
  const refusals = stderr.split('\n').filter((line) => line.includes('FATAL: '));
  return refusals.length === 0 || !refusals.every((line) => passwordIsNoHelp.test(line));
}

/**
 * Why a tool failed, with the tool's own sentence: the line that told the cause, else the last
 * error; without the tool's prefix, at most 1000 characters.
 *
 * @param stderr all of it or its end
 */
export function describeFailure(stderr: string): { cause: FailureCause; text: string } {
  const lines = stderr.split(/\r?\n/).filter((l) => diagnostic.test(l) && !statement.test(l));
  let unreachable: string | null = null;
  for (const line of lines) {
    const cause = causeOf(line);
    // A host can have several addresses: what one that answers says counts more.
    if (cause === 'connection') unreachable ??= line;
    else if (cause !== null && (unreachable === null || refusals.has(cause))) {
      return { cause, text: sentence(line) };
    }
  }
  if (unreachable !== null) return { cause: 'connection', text: sentence(unreachable) };
  const last = lines.findLast((line) => /error: |FATAL: |ERROR: /.test(line)) ?? lines.at(-1);
  const words = last ?? stderr.trim().split(/\r?\n/).at(-1) ?? '';
  return { cause: 'other', text: sentence(words) };
}

function causeOf(line: string): FailureCause | null {
  const state = /[\p{Lu}\p{Lo}]{2,}: {1,2}([0-9A-Z]{5}): /u.exec(line)?.[1];
  if (state !== undefined) {
    const known = causeOfState.find(([prefix]) => state.startsWith(prefix));
    if (known) return known[1];
  }
  return causeOfText.find(([pattern]) => pattern.test(line))?.[1] ?? null;
}

function sentence(line: string): string {
  const text = line
    .replace(/^(?:(?:psql|pg_dump|pg_restore|pg_dumpall)(?:\.exe)?:\s?)+(?:.*?:\d+: )?/, '')
    .replace(/^(?:error|fatal|detail|hint): /, '')
    .trim();
  return text.length > 1000 ? `${text.slice(0, 1000)}…` : text;
}

/** Does pg_dump say that it was built without this method of compression? */
export function lacksCompression(stderr: string): boolean {
  return /this build does not support compression with/.test(stderr);
}
