import type { ErrorProblemKind } from '../../../model/findings/errorProblems';
import type { JobError } from '../../../model/job';
import { inEnglish } from './serverLanguage';
import { kindByState } from './stateKinds';

const NAME = String.raw`(?:(?:relation|table|foreign table|view|materialized view|index|type|schema|function|extension|sequence|constraint|trigger|policy|rule|role|language|collation|operator|domain|column|event trigger|publication|server|large object|database) )?"?(.+?)"?`;

/** The system's words in the server's languages (glibc), which the server's own words only introduce. */
const NO_SPACE = [
  'No space left on device',
  'Auf dem Gerät ist kein Speicherplatz mehr verfügbar',
  'No queda espacio en el dispositivo',
  'Aucun espace disponible sur le périphérique',
  'Spazio esaurito sul device',
  'デバイスに空き領域がありません',
  '장치에 남은 공간이 없음',
  'Brak miejsca na urządzeniu',
  'Não há espaço disponível no dispositivo',
  'На устройстве не осталось свободного места',
  'Enheten är full',
  'Aygıt üzerinde boş yer yok',
  'Недостатньо місця на пристрої',
  '设备上没有空间',
  '裝置上已無多餘空間',
  'Tidak ruang lagi diperangkat',
].join('|');
const AFTER_EXISTS = String.raw`(?: with same argument types| in schema ".+"| for server ".+")?`;

/** First match wins. The group is what the message names. The words are those of servers 12 to 18. */
const KINDS: readonly (readonly [kind: ErrorProblemKind, pattern: RegExp])[] = [
  // Messages of cloud services and poolers come first, because they look like other errors of the
  // server.
  [
    'pooler',
    /^(?:(?:FATAL|ERROR): +)?(?:unsupported startup parameter|Tenant or user not found|\w+: max clients reached|max clients reached|no more connections allowed|prepared statement "(?:.+)" (?:already exists|does not exist)$|Endpoint ID is not specified|endpoint is disabled|(?:The )?endpoint has been disabled|pgbouncer cannot|query_wait_timeout|server_login_retry)/i,
  ],
  [
    'extensionRefused',
    /^(?:permission denied to create extension|must be superuser to create extension) "(.+?)"/,
  ],
  ['extensionRefused', /extension "(.+?)" is not allow-listed/],
  ['extensionRefused', /^extension "(.+?)" is not supported by/i],
  ['roleMissing', /^role "(.+)" does not exist/],
  ['extensionSchema', /^extension "(.+)" must be installed in schema "(.+)"/],
  ['schemaMissing', /^schema "(.+)" does not exist/],
  ['tablespaceMissing', /^tablespace "(.+)" does not exist/],
  ['extensionMissing', /^extension "(.+)" is not available/],
  ['extensionNeeded', /^required extension "(.+)" is not installed/],
  ['extensionMissing', /^could not open extension control file ".*\/(.+)\.control"/],
  [
    'exists',
    new RegExp(`^${NAME} (?:for (?:relation|table) ".+" )?already exists${AFTER_EXISTS}$`),
  ],
  ['exists', /^multiple primary keys for table "(.+)" are not allowed/],
  ['dependents', new RegExp(`^cannot drop ${NAME} because other objects depend on it`)],
  ['extensionOwner', /^must be owner of extension (.+)/],
  ['notOwner', /^must be owner of (.+)/],
  ['notOwner', /^must be (?:able to SET ROLE|(?:a )?member of role) "(.+)"/],
  ['notOwner', /^permission denied to set role "(.+)"/],
  ['missing', /^column "(.+)" of relation "(.+)" does not exist$/],
  // What follows may be anywhere in a message, but not in the name of something that is missing.
  ['missing', new RegExp(`^${NAME} does not exist(?:: .+)?$`)],
  ['rowSecurity', /row-level security policy for (?:table )?"(.+)"/],
  ['rowSecurity', /not supported with row-level security/],
  ['permission', /^permission denied (?:for|to) (.+)/],
  ['permission', /^must be superuser to (.+)/],
  ['duplicateRows', /^could not create unique index "(.+)"/],
  ['duplicateKey', /^duplicate key value violates unique constraint "(.+)"/],
  [
    'foreignKey',
    /^(?:insert or update|update or delete) on table ".*" violates (?:RESTRICT setting of )?foreign key constraint "(.+?)"/,
  ],
  ['check', /^(?:new row for|value for) .+ violates check constraint "(.+)"/],
  ['check', /^check constraint "(.+)" of relation ".+" is violated by some row/],
  ['generatedColumn', /^column "(.+)" is a generated column/],
  ['generatedColumn', /^cannot insert (?:a non-DEFAULT value )?into column "(.+)"/],
  ['encoding', /invalid byte sequence for encoding "(.+?)"|^character with byte sequence/],
  ['unknownSetting', /^unrecognized configuration parameter "(.+)"/],
  ['newerSyntax', /^unrecognized parameter "(.+)"/],
  ['newerSyntax', /^option "(.+)" not recognized/],
  ['newerSyntax', /^syntax error at or near "(.+)"/],
  [
    'newerSyntax',
    /^(?:syntax error|access method|language|type|encoding) ?.*not (?:recognized|supported)/,
  ],
  ['damaged', /(?:missing|unexpected) chunk .* for toast value \d+ in (\S+)/],
  ['damaged', /invalid pages? (?:in block|among blocks) \S+ of relation "?(.+?)"?(?:$|;)/],
  ['damaged', /could not read blocks? \S+ in file "(.+?)"/],
  ['damaged', /^could not open file "((?:base|global|pg_tblspc)\/.+?)"/],
  ['damaged', /unexpected data beyond EOF in block \S+ of relation "?(.+?)"?(?:$|;)/],
  ['damaged', /^index "(.+?)" (?:contains (?:unexpected zero|corrupted) page|is not a btree)/],
  [
    'damaged',
    /compressed (?:pglz|lz4) data is corrupt|invalid memory alloc request size|^could not access status of transaction|apparent wraparound$/,
  ],
  ['locks', /^out of shared memory/],
  ['memory', /^out of memory|could not resize shared memory segment|Cannot allocate memory/],
  ['connections', /too many clients already|remaining connection slots|too many connections for/],
  // A tool about its own file, which it does not name; a server names its files.
  ['outputFull', /^could not \w+(?: to)? (?:\w+ )?file: (?:No space left|Disk quota exceeded)/],
  ['diskFull', new RegExp(`${NO_SPACE}|could not extend file|[Dd]isk quota exceeded`)],
  ['inUse', /"(.+)" is being accessed by other users/],
  ['readOnly', /^cannot execute (.+) in a read-only transaction/],
  ['standbyConflict', /due to conflict with recovery/],
  ['lockTimeout', /^canceling statement due to (lock|statement) timeout/],
  ['lockTimeout', /^(deadlock) detected/],
  ['lockTimeout', /^could not obtain lock on relation "(.+)"/],
  ['ended', /^(terminating connection (?:due to|because of) .+)/],
  [
    'connectionLost',
    /(server closed the connection unexpectedly|connection has been closed unexpectedly|no connection to the server|SSL SYSCALL error: .+|could not (?:receive data from|send data to) server: .+|connection to server was lost)/,
  ],
];

/** The line of a function in which something was not found. The label is in the server's language. */
const CONTEXT_FUNCTION = [
  /PL\/pgSQL.*?([\w$".]+\([^)]*\))/,
  /SQL[^"»«„“”]*["»«„“”]\s?([^"»«„“”]+?)\s?["»«„“”]/u,
];
/** What the body of a function looks for and does not find, where nothing is on the search path. */
const NOT_FOUND =
  /^(?:(?:relation|function|type) (.+) does not exist|operator does not exist: (.+))$/;

/** A name in a message, in the quotation marks of any language. */
const QUOTED = /["»«„“”「]\s?([^"»«„“”」]+?)\s?["»«„“”」]/u;

/** Problems that the server's own words explain, rather than a name in them. */
const WORDS_TELL: ReadonlySet<ErrorProblemKind> = new Set(['ended', 'connectionLost']);

/** What an error comes from, and what it names. */
export interface KnownError {
  kind: ErrorProblemKind;
  object?: string | undefined;
}

/**
 * What an error comes from, told by its SQLSTATE and by its text; null = no rule knows it.
 *
 * @param message as in a job: the server's words, in any language that servers have, with detail and
 *   context in further lines
 */
export function kindOf({
  message,
  sqlState,
}: Pick<JobError, 'message' | 'sqlState'>): KnownError | null {
  const told = byText(message);
  const kind = kindByState(sqlState, told?.kind ?? null);
  if (kind === null || kind === told?.kind) return kind === null ? null : told;
  const [first = ''] = message.split('\n');
  const object = WORDS_TELL.has(kind) ? first : QUOTED.exec(first)?.[1];
  return { kind, object };
}

/**
 * How many characters of a line are read: a sentence and its names, of 63 bytes each, are shorter. What
 * searches it may take the square of its length.
 */
const MOST_OF_LINE = 2000;

function byText(message: string): KnownError | null {
  for (const whole of wordsOf(message)) {
    const line = whole.slice(0, MOST_OF_LINE);
    const english = inEnglish(line, (text) => ofEnglish(text) !== null);
    const known = ofEnglish(english);
    if (known === null) continue;
    return known.kind === 'missing' ? (inFunction(message, english) ?? known) : known;
  }
  return null;
}

/** The server's own words: pg_dump wraps them into its own, and has them in a later line. */
function wordsOf(message: string): string[] {
  const [first = '', ...more] = message.split('\n');
  const wrapped = more.flatMap(
    (line) =>
      /^Error message from server: (?:[\p{Lu}\p{Lo}ა-ჰ]{2,}:\s+)?(.+)$/u.exec(line)?.[1] ?? [],
  );
  const said = first
    .replace(/^COPY failed (?:for table ".*?")?: /, '')
    .replace(/^(?:psql|pg_\w+)(?:\.exe)?: error: /, '')
    .replace(/^connection to (?:server|database) .*? failed: (?:[\p{Lu}\p{Lo}ა-ჰ]{2,}:\s+)?/u, '');
  // Some languages break long sentences.
  const joined = more[0] === undefined ? [] : [`${said} ${more[0]}`];
  return [said, ...wrapped, ...joined];
}

function ofEnglish(text: string): KnownError | null {
  for (const [kind, pattern] of KINDS) {
    const match = pattern.exec(text);
    if (match) return { kind, object: named(match) };
  }
  return null;
}

/** What a message names; of two names, the second is where the first one belongs. */
function named([, name, place]: RegExpExecArray): string | undefined {
  return place === undefined ? name : `${name} → ${place}`;
}

/** A function that finds nothing because a restore empties `search_path`. */
function inFunction(message: string, english: string): KnownError | null {
  const [, object, operator] = NOT_FOUND.exec(english) ?? [];
  const sought = (object ?? operator)?.replaceAll('"', '');
  // A name with a schema is not looked up in `search_path`.
  if (sought === undefined || /^[^(]+\./.test(sought)) return null;
  const lines = message.split('\n').slice(1);
  for (const pattern of CONTEXT_FUNCTION) {
    for (const line of lines) {
      const name = /^[\p{L} ]+:\s/u.test(line) ? pattern.exec(line)?.[1] : undefined;
      if (name !== undefined) return { kind: 'searchPath', object: `${name} → ${sought}` };
    }
  }
  return null;
}
