/** A comment that pg_dump or pg_dumpall writes into scripts. */
export type DumpComment =
  /** The beginning of an entry, with the same fields as in an archive's table of contents. */
  | { kind: 'entry'; tag: string; desc: string; schema: string | null; owner: string }
  | { kind: 'serverVersion' | 'pgDumpVersion' | 'started'; text: string }
  /** The beginning or the end of a dump. */
  | { kind: 'heading' | 'end'; of: 'database' | 'cluster' }
  /** A part that pg_dumpall writes itself, whose statements say what it contains. */
  | { kind: 'globals' }
  /** A part of pg_dumpall that counts as an entry. */
  | { kind: 'section'; desc: string; tag: string };

const ENTRY =
  /^-- (?:Data for |Statistics for )?Name: (.*); Type: ([^;]*); Schema: (.*); Owner: (.*?)(?:; Tablespace: (.*))?$/s;
const STARTED = /^Started on (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)/;
const SERVER_VERSION = 'Dumped from database version ';
const PG_DUMP_VERSION = 'Dumped by pg_dump version ';
const USER_CONFIG = /^User Config "(.*)"$/s;

const LINES: ReadonlyMap<string, DumpComment> = new Map([
  ['PostgreSQL database dump', { kind: 'heading', of: 'database' }],
  ['PostgreSQL database cluster dump', { kind: 'heading', of: 'cluster' }],
  ['PostgreSQL database dump complete', { kind: 'end', of: 'database' }],
  ['PostgreSQL database cluster dump complete', { kind: 'end', of: 'cluster' }],
  ['Tablespaces', { kind: 'globals' }],
  ['Databases', { kind: 'globals' }],
  ['User Configurations', { kind: 'globals' }],
  ['Role memberships', { kind: 'section', desc: 'ROLE MEMBERSHIPS', tag: 'Role memberships' }],
] satisfies [string, DumpComment][]);

/** Parses a line that begins with `-- `; null = another comment. */
export function dumpComment(line: string): DumpComment | null {
  const entry = ENTRY.exec(line);
  if (entry !== null) {
    const [, tag = '', desc = '', schema = '', owner = ''] = entry;
    return {
      kind: 'entry',
      tag,
      desc,
      schema: schema === '-' ? null : schema,
      owner: owner === '-' ? '' : owner,
    };
  }
  const text = line.slice(3);
  if (text.startsWith(SERVER_VERSION)) {
    return { kind: 'serverVersion', text: text.slice(SERVER_VERSION.length).trim() };
  }
  if (text.startsWith(PG_DUMP_VERSION)) {
    return { kind: 'pgDumpVersion', text: text.slice(PG_DUMP_VERSION.length).trim() };
  }
  const started = STARTED.exec(text)?.[1];
  if (started !== undefined) return { kind: 'started', text: started };
  const user = USER_CONFIG.exec(text)?.[1];
  if (user !== undefined) return { kind: 'section', desc: 'ROLE CONFIGURATION', tag: user };
  return LINES.get(text) ?? null;
}
