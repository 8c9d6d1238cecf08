import { type Draft, PasteError } from './draft';
import { takeParameter } from './parameters';

/** `host=db.example dbname='my shop' password=x`, as libpq reads it. */
const CONNINFO = /^\s*\w+\s*=/;
/** `Host=db.example;Database=shop`, as .NET, ODBC and PHP write it. */
const SEMICOLONS = /^\s*[A-Za-z][\w .-]*=[^;]*(?:;|$)/;
const WHERE =
  /^(?:host|hostaddr|server|data source|datasource|address|service|servername|hostname)$/;
const WHAT =
  /^(?:dbname|database|db|initial catalog|user|user id|userid|uid|username|port|password|pwd)$/;

/** @returns false when the text is not a list of keywords and values of a connection */
export function takeKeyValues(draft: Draft, text: string): boolean {
  const pdo = /^\s*pgsql:(?=\s*\w+=)/i.exec(text)?.[0];
  const list = pdo === undefined ? text : text.slice(pdo.length);
  if (!CONNINFO.test(list) && !SEMICOLONS.test(list)) return false;
  const pairs = list.includes(';') || pdo !== undefined ? readSemicolons(list) : readConninfo(list);
  if (pairs === null || !pairs.some(([name]) => isAbout(name))) return false;
  if (list.includes(';') && pdo === undefined) draft.dialect = 'dotnet';
  if (pairs.some(([name, value]) => /^driver$/i.test(name) && !/postgres/i.test(value))) {
    throw new PasteError('otherDatabase', 'ODBC');
  }
  for (const [name, value, raw] of pairs) takeParameter(draft, name, value, raw);
  return true;
}

function isAbout(name: string): boolean {
  const known = name.toLowerCase().replace(/_/g, '');
  return WHERE.test(known) || WHAT.test(known);
}

type Pair = [name: string, value: string, raw: string];

/** By libpq's rules (`conninfo_parse`): blanks around `=`, single quotes, `\` before any character. */
export function readConninfo(text: string): Pair[] | null {
  const pairs: Pair[] = [];
  const pattern =
    /\s*([A-Za-z_]\w*)\s*=\s*(?:'((?:[^'\\]|\\[^])*)'|((?:[^\s'\\]|\\[^])[^\s\\]*(?:\\[^][^\s\\]*)*)?)(?:\s+|$)/y;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) return null;
    const value = match[2] ?? match[3] ?? '';
    pairs.push([match[1] ?? '', value.replace(/\\([^])/g, '$1'), value]);
  }
  return pairs;
}

/** Values may be in `'` or `"` (doubled inside) or, in ODBC, in braces. */
function readSemicolons(text: string): Pair[] | null {
  const pairs: Pair[] = [];
  const pattern =
    /\s*([A-Za-z][\w .-]*?)\s*=\s*(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)'|\{((?:[^}]|\}\})*)\}|([^;]*))\s*(?:;\s*|$)/y;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) return null;
    const [, name = '', double, single, braced, plain = ''] = match;
    const value =
      double?.replaceAll('""', '"') ??
      single?.replaceAll("''", "'") ??
      braced?.replaceAll('}}', '}') ??
      plain.trim();
    pairs.push([name, value, double ?? single ?? braced ?? value]);
  }
  return pairs;
}
