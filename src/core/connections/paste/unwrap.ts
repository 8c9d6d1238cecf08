import { URL_START } from './url';
import { dictionary } from '../../dictionary';

/*
 * Finds the connection string in lines of .env files, YAML, JSON, TOML and source code, which have
 * names, quotes, commas and comments around it.
 */

const QUOTES = dictionary<string | undefined>({
  '"': '"',
  "'": "'",
  '`': '`',
  '“': '”',
  '”': '”',
  '‘': '’',
  '«': '»',
});

/** Words before a name: `export`, `set`, docker's `-e`, a YAML list's dash, `const`. */
const LEADING =
  /^(?:export|set|setx|declare -x|-e|--env|ENV|ARG|-|\$|const|let|var|val|public static final String|string)\s+/;
/** `--env=NAME=…` */
const ENV_OPTION = /^(?:-e|--env=)(?=[A-Z_]+=)/;
/** `DATABASE_URL=`, `"url": `, `spring.datasource.url=`, `$env:PGURL = `. */
const NAMED = /^["'`]?(?:\$env:)?([A-Za-z_][\w.:-]*?)["'`]?\s*(?:=>|:=|\?=|=|:(?!\/))\s*(?=\S)/;

/** Keywords with which a connection string itself can begin. */
const KEYWORD =
  /^(?:host|hostaddr|port|dbname|database|user|username|password|server|service|data source|addr|driver|uid|user id|jdbc|r2dbc|vertx-reactive|postgres|postgresql|postgis|pgsql|psql|ecto)$/i;

/** The connection string in a line of configuration or source text. */
export function unwrapped(text: string): string {
  let rest = clean(text);
  for (let i = 0; i < 8; i++) {
    const next = unwrapOnce(rest);
    if (next === rest) break;
    rest = next;
  }
  return embedded(rest) ?? rest;
}

function clean(text: string): string {
  // Text from web pages can contain invisible characters.
  return text.replace(/[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '').trim();
}

function unwrapOnce(text: string): string {
  const plain = text.replace(ENV_OPTION, '').replace(LEADING, '');
  if (plain !== text) return plain.trim();
  const named = NAMED.exec(text);
  if (named !== null && !KEYWORD.test(named[1] ?? '')) {
    const rest = text.slice(named[0].length);
    if (isConnectionLike(rest)) return rest.trim();
  }
  const close = QUOTES[text.charAt(0)];
  if (close !== undefined) {
    const inner = quotedText(text, close);
    if (inner !== null) return inner;
  }
  return withoutComment(text);
}

/** The text within the quotes, if only punctuation or a comment follows. */
function quotedText(text: string, close: string): string | null {
  const end = text.lastIndexOf(close);
  if (end > 0 && /^\s*[,;)}\]]*\s*(?:(?:#|\/\/).*)?$/.test(text.slice(end + 1))) {
    return text.slice(1, end).trim();
  }
  return null;
}

/** Removes a comment after a value in a .env or YAML file; `#` within a word does not begin one. */
function withoutComment(text: string): string {
  if (!/^[\w+:]*:\/\//.test(text)) return text;
  return text.replace(/\s+(?:#|\/\/).*$/s, '').replace(/[,;]+$/, '');
}

function isConnectionLike(text: string): boolean {
  const bare = text.replace(/^["'`“‘(]+/, '');
  const start = URL_START.exec(bare);
  if (start?.index === 0) return true;
  return REFERENCE.test(bare) || /^[A-Za-z][\w ]*\s*=\s*\S/.test(bare) || /^pgsql:/i.test(bare);
}

/** A URL within other text: `create_engine("postgresql://…")`, `<add connectionString="…"/>`. */
function embedded(text: string): string | null {
  const attribute = /\bconnectionString\s*=\s*(["'])(.*?)\1/i.exec(text);
  if (attribute !== null) return attribute[2] ?? null;
  const start = /(?<![\w+])(?:jdbc:|r2dbc:)?postgres(?:ql)?(?:\+\w+)?:\/\//i.exec(text);
  if (start === null || start.index === 0) return null;
  const before = text.charAt(start.index - 1);
  const close = QUOTES[before];
  const rest = text.slice(start.index);
  const end = close === undefined ? rest.search(/\s|$/) : rest.lastIndexOf(close);
  return rest.slice(0, end < 0 ? rest.length : end);
}

const NAME = String.raw`([A-Za-z_]\w*)`;
/** References to variables as shells, VS Code, Prisma, node, Python and Ruby write them. */
const REFERENCE = new RegExp(
  `^(?:${[
    String.raw`\$\{env:${NAME}\}`,
    String.raw`\$\{${NAME}(?::[^}]*)?\}`,
    String.raw`\$env:${NAME}`,
    String.raw`\$${NAME}`,
    `%${NAME}%`,
    String.raw`env\(\s*["']${NAME}["']\s*\)`,
    String.raw`process\.env(?:\.${NAME}|\[["']${NAME}["']\])`,
    String.raw`os\.(?:environ(?:\.get)?[[(]|getenv\()\s*["']${NAME}["']\s*[\])]`,
    String.raw`<%=\s*ENV(?:\.fetch\(|\[)\s*["']${NAME}["'][^%]*%>`,
    String.raw`ENV(?:\.fetch\(|\[)\s*["']${NAME}["']\s*[\])]`,
  ].join('|')})[!;,]*$`,
);

/** Name of the variable, where the whole text is a reference to one. */
export function referencedVariable(text: string): string | undefined {
  return REFERENCE.exec(text)
    ?.slice(1)
    .find((name) => name !== undefined);
}
