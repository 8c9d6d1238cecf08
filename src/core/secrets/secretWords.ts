/*
 * What stands before a secret, in SQL, in connection strings and in URLs. One table for everything
 * that hides secrets: the output of tools, errors, and the SQL that is shown of a dump.
 *
 * Sources: gram.y (PASSWORD takes any string constant), fe-connect.c (PQconninfoOptions, libpq 12 to
 * 18), and the options of the widespread foreign data wrappers.
 */

/** Replacement of a secret of any length. */
export const MASK = '********';

/** Keywords of libpq's connection strings whose value is a secret. */
export const SECRET_CONNINFO_KEYS: ReadonlySet<string> = new Set([
  'password',
  'sslpassword',
  'scram_client_key',
  'scram_server_key',
  'oauth_client_secret',
]);

/**
 * Ends of names that a secret follows, also by `=`, `:=`, `=>` and `TO`: `PASSWORD '…'`,
 * `sslpassword=…`, `OPTIONS (aws_secret_access_key '…')`, `SET app.jwt_secret TO '…'`.
 */
const STRONG = [
  'pass(?:word|wd|phrase|code)',
  'pwd',
  String.raw`\bpass`,
  '[_-](?:secret|token|credentials?)',
  '(?:access|api|auth|bearer|refresh|security|session)token',
  'clientsecret',
  // MySQL's syntax: PostgreSQL's errors quote statements that were written for another server.
  String.raw`\bidentified\s+by`,
  '(?:access|account|api|auth|client|encryption|hmac|master|private|sa|secret|server|shared|signing|storage|subscription)[_-]?key',
];

/** Words too common to mean a secret unless a string follows at once: `OPTIONS (token '…')`. */
const WEAK = [String.raw`\b(?:secret|token|credentials?)`];

/** An identifier written with Unicode escapes may be any of the names. */
const ESCAPED_NAME = String.raw`U&"[^"\n\\]{0,600}\\[^"\n]{0,600}"`;

/** `strong` and `weak` say which kind it is. */
export const SECRET_NAME = new RegExp(
  `(?:(?<strong>${STRONG.join('|')})|(?<weak>${WEAK.join('|')}))\\b|(?<escaped>${ESCAPED_NAME})`,
  'gi',
);

const NAME_ALONE = new RegExp(`(?:${STRONG.join('|')})$`, 'i');

/** Is the value of a setting or parameter of this name a secret? */
export function isSecretName(name: string): boolean {
  return SECRET_CONNINFO_KEYS.has(name.toLowerCase()) || NAME_ALONE.test(name);
}

/** Calls whose next argument is a secret: of the server, and of its extensions pgcrypto and Vault. */
export const SECRET_CALL = new RegExp(
  String.raw`\bset_config\s*\(\s*(?:E|N)?'+[^'\n]*(?:${STRONG.join('|')})'+\s*(?:::\s*\w+\s*)?,` +
    String.raw`|\bcreate_secret\s*\(|\bcrypt\s*\(` +
    String.raw`|\bjsonb?_build_object\s*\([^;\n]{0,400}?(?:${STRONG.join('|')})'+\s*,` +
    String.raw`|\bpgp_sym_(?:en|de)crypt(?:_bytea)?\s*\([^,\n]{0,400},`,
  'gi',
);

/** What comes before the pattern of a `format` that puts a secret where only an argument tells it. */
export const SECRET_FORMAT = new RegExp(
  String.raw`\bformat\s*\(\s*(?=(?:[EN]?'{1,16}|\$\w{0,63}\$)[^'\n]{0,240}?(?:${STRONG.join('|')})\b[\s=']*%)`,
  'gi',
);

/**
 * What is a secret by its form alone: password hashes of a server, as pg_dumpall writes them
 * (`get_password_type`), JSON Web Tokens, and the tokens that the widespread services give out, which
 * begin so that they are recognised.
 */
export const VERIFIER = new RegExp(
  [
    String.raw`\bmd5[0-9a-f]{32}\b`,
    String.raw`SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+`,
    String.raw`\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*`,
    String.raw`\b(?:gh[opsur]_|github_pat_|glpat-|xox[abeoprs]-|[rs]k_(?:live|test)_|npm_|AIza)[\w-]{10,}`,
  ].join('|'),
  'gi',
);
