import {
  createdObject,
  inSchemas,
  modifiers,
  nameAt,
  newEntry,
  unquote,
  usedBy,
} from './createStatements';
import { decoderOf, type TextDecode } from '../bytes/encoding';
import { DumpEnds } from './dumpEnds';
import { maxCommand, ownCommand, type OwnCommand } from './psqlCommands';
import { databaseLocale } from './databaseLocale';
import type { GlobalStatement, ScriptEntry, ScriptScan } from './scriptTypes';
import type { SqlEvents } from './sqlEvents';
import { SqlLexer } from './sqlLexer';
import { judgeSetting } from '../reach/judges';
import { StatementReach } from '../reach/statementReach';

const maxObjects = 200_000;
/** A compressed script of some MB could tell of billions. */
const maxEntries = 1_000_000;
const maxDatabases = 10_000;
const maxGlobals = 100_000;
const maxMetaCommands = 100;
const maxKinds = 500;
const entryMark =
  /^-- (?:Data for |Statistics for )?Name: (.*); Type: ([^;]*); Schema: (.*); Owner: (.*?)(?:; Tablespace: (.*))?$/s;

const globalKinds: ReadonlyMap<string, GlobalStatement['kind']> = new Map([
  ['database', 'DATABASE'],
  ['role', 'ROLE'],
  ['user', 'ROLE'],
  ['group', 'ROLE'],
  ['tablespace', 'TABLESPACE'],
]);

/** Those who want to know where things are while they are scanned. Bytes of the script. */
export interface ScriptHooks {
  /** One of pg_dump's own backslash commands, and where it begins and ends. */
  ownCommand?: (command: OwnCommand, start: number, end: number) => void;
  /** Where a statement ends, and its first words. */
  statement?: (end: number, tokens: readonly string[]) => void;
}

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
    globals: [],
    databases: [],
    restricted: false,
    metaCommands: [],
    reach: [],
    largeObjects: 0,
    statements: new Map(),
    createdTables: [],
    createsPublic: false,
    databaseEncoding: null,
    locale: null,
    complete: null,
    finished: false,
    size: 0,
  };
  private readonly reach = new StatementReach();
  private readonly lexer = new SqlLexer(this, this.reach);
  private decode: TextDecode = decoderOf(null);
  private current: ScriptEntry | null = null;
  private blockStart = -1;
  private blockEnd = -1;
  /** End of the last thing that belongs to the current entry. */
  private contentEnd = 0;
  private readonly ends = new DumpEnds();
  /** Counted apart: there can be millions. */
  private inserts = 0;
  private searchPath = '';
  /** The table of a COPY statement outside of any entry, and where the statement begins. */
  private copied: { schema: string | null; name: string } | null = null;
  private copyStart = 0;
  /** psql drops what stands between a NUL and the end of its line, without a word. */
  private hasNul = false;
  /** There is more in it than is kept: it cannot be vouched for. */
  private tooMany = false;

  constructor(private readonly hooks: ScriptHooks = {}) {}

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
    scan.reach = this.reach.all;
    scan.finished = true;
    // psql runs a last statement without its semicolon, and people write such scripts.
    const cut = this.lexer.unfinished || (this.lexer.inStatement && this.ends.expected);
    scan.complete = cut || this.hasNul || this.tooMany ? false : this.ends.whole;
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
      this.ends.heading('database');
      scan.byPgDump = true;
    } else if (text === 'PostgreSQL database cluster dump') {
      this.ends.heading('cluster');
      scan.byPgDump = scan.cluster = true;
    } else if (text === 'Tablespaces' || text === 'Databases' || text === 'User Configurations') {
      if (scan.cluster) this.closeEntry();
    } else if (text === 'Role memberships') {
      this.openSection('ROLE MEMBERSHIPS', text, end);
    } else if (text.startsWith('User Config "') && text.endsWith('"')) {
      this.openSection('ROLE CONFIGURATION', text.slice(13, -1), end);
    } else if (text === 'PostgreSQL database dump complete') {
      this.closeEntry();
      this.ends.end('database');
    } else if (text === 'PostgreSQL database cluster dump complete') {
      this.closeEntry();
      this.ends.end('cluster');
    }
  }

  /** A part of a cluster's script that pg_dumpall writes by itself. */
  private openSection(desc: string, tag: string, end: number): void {
    this.closeEntry();
    this.current = newEntry(desc, tag, null, this.blockStart, end);
    this.contentEnd = end;
  }

  statement(start: number, end: number, tokens: readonly string[]): void {
    this.hooks.statement?.(end, tokens);
    const [first = '', second = ''] = tokens;
    this.ends.statement(first);
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
      if (kind === 'create schema' && unquote(tokens[2] ?? '') === 'public') {
        this.scan.createsPublic = true;
      }
      if (kind === 'create database') this.createdDatabase(tokens);
      if (first !== 'alter') this.global(first, object, tokens);
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
      const used = tokens[0] === 'alter' ? usedBy(current.desc, tokens) : null;
      if (used !== null) current.uses = used;
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

  private global(action: 'create' | 'drop', object: string, tokens: readonly string[]): void {
    const kind = globalKinds.get(object);
    const at = tokens.indexOf(object) + 1;
    // CREATE USER MAPPING is about a foreign server.
    if (kind === undefined || tokens[at] === 'mapping') return;
    const { globals } = this.scan;
    // DROP takes several names.
    for (const [i, token] of tokens.entries()) {
      const first = i === at;
      if (!first && !(action === 'drop' && i > at && tokens[i - 1] === ',')) continue;
      const name = first ? nameAt(tokens, at)?.name : unquote(token);
      if (name === undefined) continue;
      // A DROP DATABASE behind as many would go untold.
      if (globals.length < maxGlobals) globals.push({ action, kind, name });
      else this.tooMany = true;
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
      const at = tokens.indexOf(word.toLowerCase());
      const found =
        at < 0 ? undefined : tokens.slice(at + 1).find((token) => token.startsWith("'"));
      return found === undefined ? null : unquote(found);
    };
    this.scan.databaseEncoding ??= value('ENCODING');
    this.scan.locale ??= databaseLocale(value);
  }

  meta(start: number, end: number, line: Buffer): void {
    const { scan } = this;
    // Within a statement psql would go on with it in another database; behind a COPY statement in
    // its line, rows come first.
    const own = this.lexer.betweenStatements ? ownCommand(line, this.decode) : null;
    if (own === null) {
      if (scan.metaCommands.length >= maxMetaCommands) return;
      const text = this.decode(line, 0, Math.min(line.length, maxCommand)).trimEnd();
      scan.metaCommands.push({ offset: start, text: text.slice(0, 200) });
      return;
    }
    // One of the two alone is left where somebody has taken out the other.
    if (own.kind === 'restrict' || own.kind === 'unrestrict') scan.restricted = true;
    else if (own.kind === 'connect') this.connect(own.database);
    else if (own.kind === 'encoding') {
      judgeSetting('client_encoding', own.encoding, (kind, text) =>
        this.reach.note(kind, text, start),
      );
    }
    this.hooks.ownCommand?.(own, start, end);
  }

  private connect(database: string | null): void {
    const { databases } = this.scan;
    this.closeEntry();
    // pg_dump -C connects twice where the database has settings of its own.
    if (database === null || database === databases.at(-1)) return;
    if (databases.length < maxDatabases) databases.push(database);
    else this.tooMany = true;
  }

  copyData(start: number, end: number, ended: boolean): void {
    this.contentEnd = end;
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
    this.current = null;
    if (this.scan.entries.length < maxEntries) this.scan.entries.push(entry);
    else this.tooMany = true;
  }
}
