import type { FailureCause } from '../../errors';

/** SQLSTATEs and classes that show a cause in any language (psql with VERBOSITY=verbose). */
const CAUSE_OF_STATE: readonly (readonly [prefix: string, cause: FailureCause])[] = [
  ['28', 'authentication'],
  ['3D000', 'databaseMissing'],
  ['42501', 'permission'],
  ['53100', 'diskFull'],
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
 * The first match over all diagnostics counts: later errors follow from the first one. libpq words
 * its refusals alike in all versions, up to 13 after `connection to database "x" failed: `, from 14
 * on after `connection to server at "h" (a), port n failed: `.
 */
const CAUSE_OF_TEXT: readonly (readonly [pattern: RegExp, cause: FailureCause])[] = [
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
    /server closed the connection unexpectedly|terminating connection|connection has been closed unexpectedly|no connection to the server|PQgetCopyData\(\) failed|could not receive data from server|SSL SYSCALL error|connection to server was lost|lost synchronization|reconnection failed|connection in wrong state/,
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
const DIAGNOSTIC =
  /^(?:(?:psql|pg_dump|pg_restore|pg_dumpall)(?:\.exe)?:.*?(?:error|fatal|detail|hint): |(?:psql.*: )?[\p{Lu}\p{Lo}ა-ჰ]{2,}: |connection to server )/u;

/** Messages of a server that was reached but refuses connections. */
const REFUSALS = new Set<FailureCause>([
  'authentication',
  'passwordMissing',
  'databaseMissing',
  'permission',
  'tooManyConnections',
]);

/** Statements that follow their error, of any length. */
const STATEMENT = /(?:query|command) was: |^Command was: |: STATEMENT: /i;

/** Why a tool failed, according to its stderr; `other` when the reason is unknown. */
export function classifyFailure(stderr: string): FailureCause {
  return describeFailure(stderr).cause;
}

/**
 * Refusals that no password changes: by pg_hba.conf, for the role, or of another authentication
 * method.
 */
const PASSWORD_IS_NO_HELP =
  /pg_hba\.conf|(?:Peer|Ident|GSSAPI|SSPI|certificate) authentication failed|role ".*" (?:does not exist|is not permitted to log in)/;

/**
 * May another password change an `authentication` failure? With `sslmode=prefer` libpq tries twice,
 * so a wrong password can be followed by a refusal of the attempt without TLS.
 */
export function mayPasswordHelp(stderr: string): boolean {
  const refusals = stderr.split('\n').filter((line) => line.includes('FATAL: '));
  return refusals.length === 0 || !refusals.every((line) => PASSWORD_IS_NO_HELP.test(line));
}

/** What libpq says of a key that the passphrase does not open: alike from 13 to 18. */
const UNREADABLE_KEY = /could not load private key file /;

/** Did libpq not get the client key open? */
export function isKeyUnreadable(stderr: string): boolean {
  return UNREADABLE_KEY.test(stderr);
}

/**
 * Why a tool failed, with the tool's own sentence: the line that told the cause, else the last
 * error; without the tool's prefix, at most 1000 characters.
 *
 * @param stderr all of it or its end
 */
export function describeFailure(stderr: string): { cause: FailureCause; text: string } {
  const lines = stderr.split(/\r?\n/).filter((l) => DIAGNOSTIC.test(l) && !STATEMENT.test(l));
  let unreachable: string | null = null;
  for (const line of lines) {
    const cause = causeOf(line);
    // A host can have several addresses: what one that answers says counts more.
    if (cause === 'connection') unreachable ??= line;
    else if (cause !== null && (unreachable === null || REFUSALS.has(cause))) {
      return { cause, text: sentence(line) };
    }
  }
  if (unreachable !== null) return { cause: 'connection', text: sentence(unreachable) };
  const last = lines.findLast((line) => /error: |FATAL: |ERROR: /.test(line)) ?? lines.at(-1);
  const words = last ?? stderr.trim().split(/\r?\n/).at(-1) ?? '';
  return { cause: 'other', text: sentence(words) };
}

/** The cause that a SQLSTATE shows by itself; null = its text has to tell. */
export function causeOfState(sqlState = ''): FailureCause | null {
  return CAUSE_OF_STATE.find(([prefix]) => sqlState.startsWith(prefix))?.[1] ?? null;
}

function causeOf(line: string): FailureCause | null {
  const state = /[\p{Lu}\p{Lo}ა-ჰ]{2,}: {1,2}([0-9A-Z]{5}): /u.exec(line)?.[1];
  if (state !== undefined) {
    const known = causeOfState(state);
    if (known) return known;
  }
  return CAUSE_OF_TEXT.find(([pattern]) => pattern.test(line))?.[1] ?? null;
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
