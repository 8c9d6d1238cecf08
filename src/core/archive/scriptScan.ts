import { decoderOf, type TextDecode } from './encoding';
import { SqlLexer, type SqlEvents } from './sqlLexer';

/** An object of a script, told by the comment that pg_dump writes before it. */
export interface ScriptEntry {
  tag: string;
  /** As in an archive's table of contents: `TABLE`, `TABLE DATA`, `FK CONSTRAINT`, … */
  desc: string;
  schema: string | null;
  owner: string;
  /** The database it is in, in a cluster's script: index into `databases`, -1 before the first. */
  database: number;
  /** Bytes of its comment and statements in the (uncompressed) script. */
  start: number;
  end: number;
  /** Bytes of its COPY rows, without the end mark's line; 0 of each without rows. */
  dataStart: number;
  dataEnd: number;
  /** The relation that an index is on, where its statement was seen. */
  on?: { schema: string | null; name: string };
}

/** A backslash command other than pg_dump's own. */
export interface MetaCommand {
  /** Byte of the (uncompressed) script where it begins. */
  offset: number;
  /** The command with its arguments, at most 200 characters. */
  text: string;
}

/** What a script tells about itself. */
export interface ScriptScan {
  byPgDump: boolean;
  cluster: boolean;
  serverVersion: string;
  pgDumpVersion: string;
  /** `-- Started on`, which only `pg_dump --verbose` writes: without zone, '' if there is none. */
  started: string;
  /** `SET client_encoding`. */
  encoding: string | null;
  entries: ScriptEntry[];
  /**
   * What statements outside of pg_dump's comments create: roles and tablespaces of a cluster, and
   * the objects and COPY rows of scripts that pg_dump did not write. At most 200,000.
   */
  objects: ScriptEntry[];
  /** Databases that `\connect` lines name, in their order. */
  databases: string[];
  /** Has `\restrict`: only psql of August 2025 and later reads it. */
  restricted: boolean;
  metaCommands: MetaCommand[];
  largeObjects: number;
  /** Statements by kind, upper case: `CREATE TABLE`, `INSERT`, … */
  statements: Map<string, number>;
  /** Tables that CREATE TABLE statements name: of scripts that pg_dump did not write. */
  createdTables: { schema: string; name: string }[];
  /** The encoding and locale of a CREATE DATABASE statement. */
  databaseEncoding: string | null;
  locale: { collate: string; ctype: string } | null;
  /** pg_dump's end mark is the last thing in it; null if pg_dump did not write it. */
  complete: boolean | null;
  /** Scanned to its end. */
  finished: boolean;
  /** Bytes of the (uncompressed) script. */
  size: number;
}

const maxMetaCommands = 100;
const maxKinds = 500;
const entryMark =
  /^-- (?:Data for |Statistics for )?Name: (.*); Type: ([^;]*); Schema: (.*); Owner: (.*?)(?:; Tablespace: (.*))?$/s;

/** Builds a `ScriptScan` from pieces of a script. */
export class ScriptScanner implements SqlEvents {
  readonly scan: ScriptScan = {
    byPgDump: false,
    cluster: false,
    serverVersion: '',
    pgDumpVersion: '',
    started: '',
    encoding: null,
    entries: [],
    objects: [],
    databases: [],
    restricted: false,
    metaCommands: [],
    largeObjects: 0,
    statements: new Map(),
    createdTables: [],
    databaseEncoding: null,
    locale: null,
    complete: null,
    finished: false,
    size: 0,
  };
  private readonly lexer = new SqlLexer(this);
  private decode: TextDecode = decoderOf(null);
  private current: ScriptEntry | null = null;
  private blockStart = -1;
  private blockEnd = -1;
  /** End of the last thing that belongs to the current entry. */
  private contentEnd = 0;
  private marked = false;
  /** Counted apart: there can be millions. */
  private inserts = 0;
  private searchPath = '';
  /** The table of a COPY statement outside of any entry, and where the statement begins. */
  private copied: { schema: string | null; name: string } | null = null;
  private copyStart = 0;
  /** psql drops what stands between a NUL and the end of its line, without a word. */
  private hasNul = false;

  /** `onOwnCommand` is told where each of pg_dump's own backslash commands begins and ends. */
  constructor(private readonly onOwnCommand?: (start: number, end: number) => void) {}

  /** Like `SqlLexer.scan`. */
  push(bytes: Buffer, from: number, to: number, base: number, last: boolean): number {
    this.hasNul ||= bytes.subarray(from, to).includes(0);
    return this.lexer.scan(bytes, from, to, base, last);
  }

  finish(size: number): ScriptScan {
    this.lexer.finish(size);
    const { scan } = this;
    this.closeEntry();
    if (this.inserts > 0) scan.statements.set('INSERT', this.inserts);
    scan.size = size;
    scan.finished = true;
    // psql runs a last statement without its semicolon, and people write such scripts.
    const cut = this.lexer.unfinished || (this.lexer.inStatement && scan.byPgDump);
    if (cut || this.hasNul) scan.complete = false;
    else scan.complete = scan.byPgDump ? this.marked : null;
    return scan;
  }

  comment(start: number, end: number, line: Buffer): void {
    if (start !== this.blockEnd) this.blockStart = start;
    this.blockEnd = end + 1;
    if (line.length < 12) return;
    const first = line[3]!;
    // `Name`, `Data`, `Statistics`, `Started`, `Dumped`, `PostgreSQL`: everything else is no mark,
    // but for `Roles`, `Tablespaces` and `User Config` in a cluster's script.
    if (first !== 78 && first !== 68 && first !== 83 && first !== 80) {
      if (!this.scan.cluster || (first !== 82 && first !== 84 && first !== 85)) return;
    }
    this.mark(this.decode(line, 0, line.length), end);
  }

  private mark(line: string, end: number): void {
    const { scan } = this;
    const entry = entryMark.exec(line);
    if (entry !== null) {
      this.closeEntry();
      const [, tag = '', desc = '', schema = '', owner = ''] = entry;
      this.current = {
        tag,
        desc,
        schema: schema === '-' ? null : schema,
        owner: owner === '-' ? '' : owner,
        database: scan.databases.length - 1,
        start: this.blockStart,
        end,
        dataStart: 0,
        dataEnd: 0,
      };
      if (desc === 'BLOB') scan.largeObjects++;
      this.contentEnd = end;
      this.marked = false;
      scan.byPgDump = true;
      return;
    }
    const text = line.slice(3);
    if (text.startsWith('Dumped from database version ')) {
      scan.serverVersion ||= text.slice(29).trim();
    } else if (text.startsWith('Dumped by pg_dump version ')) {
      scan.pgDumpVersion ||= text.slice(26).trim();
    } else if (text.startsWith('Started on ')) {
      scan.started ||= /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.exec(text.slice(11))?.[0] ?? '';
    } else if (text === 'PostgreSQL database dump') {
      this.closeEntry();
      scan.byPgDump = true;
    } else if (text === 'PostgreSQL database cluster dump') {
      scan.byPgDump = scan.cluster = true;
    } else if (text === 'Tablespaces' || text === 'Databases' || text === 'User Configurations') {
      if (scan.cluster) this.closeEntry();
    } else if (text === 'Role memberships') {
      this.openSection('ROLE MEMBERSHIPS', text, end);
    } else if (text.startsWith('User Config "') && text.endsWith('"')) {
      this.openSection('ROLE CONFIGURATION', text.slice(13, -1), end);
    } else if (text === 'PostgreSQL database dump complete') {
      this.closeEntry();
      this.marked = !scan.cluster;
    } else if (text === 'PostgreSQL database cluster dump complete') {
      this.closeEntry();
      this.marked = true;
    }
  }

  /** A part of a cluster's script that pg_dumpall writes by itself. */
  private openSection(desc: string, tag: string, end: number): void {
    this.closeEntry();
    this.current = newEntry(desc, tag, null, this.blockStart, end);
    this.contentEnd = end;
  }

  statement(start: number, end: number, tokens: readonly string[]): void {
    this.marked = false;
    const [first = '', second = ''] = tokens;
    if (first !== 'insert' && first !== 'set') this.object(start, end, tokens);
    // `SET default_tablespace` and the like come between entries and belong to neither.
    if (first !== 'set' || !second.startsWith('default_')) this.contentEnd = end;
    // A group of large objects (BLOB METADATA) has one `SELECT lo_create(…)` for each.
    if (first === 'select' && this.current?.desc === 'BLOB METADATA') this.scan.largeObjects++;
    if (first === 'insert') {
      this.inserts++;
      return;
    }
    let kind = first;
    if (first === 'create' || first === 'alter' || first === 'drop') {
      const object = tokens.slice(1).find((word) => !modifiers.has(word)) ?? '';
      kind = `${first} ${object}`;
      if (object === 'view' && tokens.includes('materialized')) kind = `${first} materialized view`;
      if (kind === 'create table' && this.current === null) this.createdTable(tokens);
      if (kind === 'create database') this.createdDatabase(tokens);
    } else if (first === 'set') this.set(tokens);
    this.countKind(kind.toUpperCase());
  }

  /** Keeps what a statement creates where no comment of pg_dump's tells it. */
  private object(start: number, end: number, tokens: readonly string[]): void {
    const { scan, current } = this;
    if (current !== null) {
      if (current.desc === 'INDEX' && tokens[0] === 'create') {
        const on = nameAt(tokens, tokens.indexOf('on') + 1);
        if (on !== null) current.on = on;
      }
      return;
    }
    this.copied = null;
    if (scan.objects.length >= maxObjects) return;
    if (tokens[0] === 'copy') {
      this.copied = nameAt(tokens, 1);
      this.copyStart = start;
    } else if (tokens[0] === 'create') {
      const created = createdObject(tokens);
      if (created === null) return;
      const schema = created.schema ?? (inSchemas.has(created.desc) ? this.defaultSchema : null);
      const entry = newEntry(created.desc, created.name, schema, start, end);
      entry.database = scan.databases.length - 1;
      if (created.on !== null) {
        entry.on = { schema: created.on.schema ?? this.defaultSchema, name: created.on.name };
        entry.schema ??= entry.on.schema;
      }
      scan.objects.push(entry);
    } else if (scan.cluster && tokens[0] === 'alter') {
      // pg_dumpall creates a role first and then says what it may do.
      const last = scan.objects.at(-1);
      if (last?.desc === 'ROLE' && unquote(tokens[2] ?? '') === last.tag) last.end = end;
    }
  }

  private get defaultSchema(): string {
    return this.searchPath || 'public';
  }

  private countKind(kind: string): void {
    const { statements } = this.scan;
    const count = statements.get(kind);
    if (count !== undefined || statements.size < maxKinds) statements.set(kind, (count ?? 0) + 1);
  }

  private set(tokens: readonly string[]): void {
    const [, name, ...rest] = tokens;
    const value = rest.filter((token) => token !== 'to').at(-1) ?? '';
    if (name === 'client_encoding') {
      const encoding = unquote(value);
      this.scan.encoding ??= encoding;
      this.decode = decoderOf(encoding);
    } else if (name === 'standard_conforming_strings') {
      this.lexer.backslashEscapes = unquote(value).toLowerCase() === 'off';
    } else if (name === 'search_path') {
      this.searchPath = unquote(rest.filter((token) => token !== 'to')[0] ?? '');
    }
  }

  private createdTable(tokens: readonly string[]): void {
    let at = tokens.indexOf('table') + 1;
    if (tokens[at] === 'if') at += 3;
    const name = tokens[at];
    if (name === undefined || this.scan.createdTables.length >= 100_000) return;
    const qualified = tokens[at + 1] === '.' && tokens[at + 2] !== undefined;
    this.scan.createdTables.push(
      qualified
        ? { schema: unquote(name), name: unquote(tokens[at + 2] ?? '') }
        : { schema: this.searchPath || 'public', name: unquote(name) },
    );
  }

  private createdDatabase(tokens: readonly string[]): void {
    const value = (word: string): string | null => {
      const at = tokens.indexOf(word);
      const found =
        at < 0 ? undefined : tokens.slice(at + 1).find((token) => token.startsWith("'"));
      return found === undefined ? null : unquote(found);
    };
    this.scan.databaseEncoding ??= value('encoding');
    const locale = value('locale');
    const collate = value('lc_collate') ?? locale;
    const ctype = value('lc_ctype') ?? locale;
    if (collate !== null && ctype !== null) this.scan.locale ??= { collate, ctype };
  }

  meta(start: number, end: number, line: Buffer): void {
    const { scan } = this;
    const text = this.decode(line, 0, Math.min(line.length, maxCommand)).trimEnd();
    const command = /^\\(\w+|.)/.exec(text)?.[1] ?? '';
    if (command === 'restrict') scan.restricted = true;
    else if (command === 'connect' || command === 'c') {
      this.closeEntry();
      const database = connectTarget(text.slice(command.length + 1));
      // pg_dump -C connects twice where the database has settings of its own.
      if (database !== null && database !== scan.databases.at(-1)) scan.databases.push(database);
      this.marked = false;
    }
    if (isPgDumpsOwn(line, text)) {
      this.onOwnCommand?.(start, end);
    } else {
      this.marked = false;
      if (scan.metaCommands.length < maxMetaCommands) {
        scan.metaCommands.push({ offset: start, text: text.slice(0, 200) });
      }
    }
  }

  copyData(start: number, end: number, ended: boolean): void {
    this.contentEnd = end;
    this.marked = false;
    if (this.current === null && this.copied !== null) {
      const { schema, name } = this.copied;
      const rows = newEntry('TABLE DATA', name, schema ?? this.defaultSchema, this.copyStart, end);
      rows.database = this.scan.databases.length - 1;
      rows.dataStart = start;
      rows.dataEnd = ended ? Math.max(start, end - 3) : end;
      this.scan.objects.push(rows);
      this.copied = null;
    }
    if (this.current === null || this.current.dataStart !== 0) return;
    this.current.dataStart = start;
    this.current.dataEnd = ended ? Math.max(start, end - 3) : end;
  }

  private closeEntry(): void {
    const entry = this.current;
    if (entry === null) return;
    entry.end = Math.max(entry.end, this.contentEnd);
    this.scan.entries.push(entry);
    this.current = null;
  }
}

/**
 * The backslash commands that pg_dump and pg_dumpall write, to the letter: psql runs what stands in
 * backticks even in the arguments of `\restrict` (measured with 17), and `\connect` takes a user,
 * host and port after the database, or all of them in a connection string.
 */
const pgDumpsOwn = new RegExp(
  [
    String.raw`^\\(?:un)?restrict [A-Za-z0-9]+$`,
    // Before a `\connect` to a name that is not plain.
    String.raw`^\\encoding \w+$`,
    String.raw`^\\connect (?:"(?!postgres(?:ql)?://)(?:[^"\`=]|"")*"|[^\s'"\`=:\\]+)$`,
    // Only these two are escaped there; psql would take another `\` for the next command's.
    String.raw`^\\connect -reuse-previous=on "dbname='(?:[^'"\`\\]|""|\\[\\'])*'"$`,
  ].join('|'),
);

/** Longest backslash command that is looked at, in bytes: a name has 63 characters. */
const maxCommand = 4096;

/** A command may hide behind blanks, so a line that is longer than what was read is never one. */
function isPgDumpsOwn(line: Buffer, text: string): boolean {
  return line.length <= maxCommand && pgDumpsOwn.test(text);
}

const maxObjects = 200_000;

function newEntry(
  desc: string,
  tag: string,
  schema: string | null,
  start: number,
  end: number,
): ScriptEntry {
  return { tag, desc, schema, owner: '', database: -1, start, end, dataStart: 0, dataEnd: 0 };
}

/** Objects that lie in a schema. */
const inSchemas = new Set([
  'TABLE',
  'FOREIGN TABLE',
  'VIEW',
  'MATERIALIZED VIEW',
  'SEQUENCE',
  'FUNCTION',
  'PROCEDURE',
  'AGGREGATE',
  'TYPE',
  'DOMAIN',
  'COLLATION',
]);

/** Kinds of objects by the word of their CREATE statement. */
const objectKinds: ReadonlyMap<string, string> = new Map([
  ...[...inSchemas].filter((kind) => !kind.includes(' ')).map((k) => [k.toLowerCase(), k] as const),
  ['schema', 'SCHEMA'],
  ['extension', 'EXTENSION'],
  ['index', 'INDEX'],
  ['trigger', 'TRIGGER'],
  ['rule', 'RULE'],
  ['policy', 'POLICY'],
  ['role', 'ROLE'],
  ['user', 'ROLE'],
  ['group', 'ROLE'],
  ['tablespace', 'TABLESPACE'],
  ['database', 'DATABASE'],
  ['server', 'SERVER'],
  ['publication', 'PUBLICATION'],
  ['subscription', 'SUBSCRIPTION'],
]);

interface Named {
  schema: string | null;
  name: string;
}

/** The name that begins at a token, with its schema. */
function nameAt(tokens: readonly string[], at: number): Named | null {
  let i = at;
  while (tokens[i] === 'only' || tokens[i] === 'concurrently') i++;
  if (tokens[i] === 'if') i += tokens[i + 1] === 'not' ? 3 : 2;
  const first = tokens[i];
  if (i <= 0 || first === undefined || first === '.') return null;
  const second = tokens[i + 2];
  return tokens[i + 1] === '.' && second !== undefined
    ? { schema: unquote(first), name: unquote(second) }
    : { schema: null, name: unquote(first) };
}

/** What a CREATE statement creates; null for what is not shown. */
function createdObject(
  tokens: readonly string[],
): (Named & { desc: string; on: Named | null }) | null {
  let at = 1;
  while (at < tokens.length && modifiers.has(tokens[at]!)) at++;
  let word = tokens[at] ?? '';
  let desc = objectKinds.get(word);
  if (word === 'foreign' && tokens[at + 1] === 'table') {
    word = tokens[++at]!;
    desc = 'FOREIGN TABLE';
  }
  if (word === 'user' && tokens[at + 1] === 'mapping') return null;
  if (desc === undefined) return null;
  if (desc === 'VIEW' && tokens.includes('materialized')) desc = 'MATERIALIZED VIEW';
  const named = nameAt(tokens, at + 1);
  if (named === null) return null;
  const attached = desc === 'INDEX' || desc === 'TRIGGER' || desc === 'POLICY';
  const on = attached ? nameAt(tokens, tokens.indexOf('on', at + 2) + 1) : null;
  // pg_dump's own tag of a trigger begins with its table.
  const name = on !== null && desc !== 'INDEX' ? `${on.name} ${named.name}` : named.name;
  return { schema: named.schema, name, desc, on };
}

/** Words between CREATE (ALTER, DROP) and the kind of the object. */
const modifiers = new Set([
  'or',
  'replace',
  'unique',
  'temp',
  'temporary',
  'unlogged',
  'materialized',
  'global',
  'local',
  'recursive',
  'trusted',
  'procedural',
  'constraint',
  'default',
]);

/** The name behind an identifier or a string, as it is in the catalog. */
function unquote(token: string): string {
  const quote = token[0];
  if (quote !== '"' && quote !== "'") return token;
  return token.slice(1, -1).replaceAll(quote + quote, quote);
}

/** The database that the arguments of `\connect` name; null for none (or `-`, the same one). */
export function connectTarget(text: string): string | null {
  const named = psqlArguments(text).find((arg) => !arg.startsWith('-reuse-previous'));
  if (named === undefined || named === '-') return null;
  // What cannot be a plain name is a connection string.
  const conninfo = /(?:^|\s)dbname\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(\S+))/s.exec(named);
  if (conninfo === null) return named;
  return (conninfo[1] ?? conninfo[2] ?? '').replace(/\\(.)/gs, '$1');
}

/** Cuts a backslash command's arguments as psql does: `"` and `'` quote, doubled they are meant. */
function psqlArguments(text: string): string[] {
  const args: string[] = [];
  let current: string | null = null;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (quote !== '') {
      if (c === quote && text[i + 1] === quote) current += text.charAt(i++);
      else if (c === quote) quote = '';
      else if (c === '\\' && quote === "'") current += text.charAt(++i);
      else current += c;
    } else if (c === '"' || c === "'") {
      quote = c;
      current ??= '';
    } else if (/\s/.test(c)) {
      if (current !== null) args.push(current);
      current = null;
    } else current = (current ?? '') + c;
  }
  if (current !== null) args.push(current);
  return args;
}
