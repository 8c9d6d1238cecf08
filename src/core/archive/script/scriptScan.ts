import { createdObject, nameAt, newEntry, unquote, usedBy } from './createStatements';
import { NamedRoles } from './figures/namedRoles';
import { IN_SCHEMAS, MODIFIERS, type Named } from './figures/objectWords';
import { decoderOf, type TextDecode } from '../bytes/encoding';
import { dumpComment } from './dumpComments';
import { DumpEnds } from './dumpEnds';
import { MAX_COMMAND, ownCommand, type OwnCommand } from './psqlCommands';
import { databaseLocale } from './databaseLocale';
import { emptyScan, type ScriptEntry, type ScriptScan } from './scriptTypes';
import { globalStatements } from './globalStatements';
import type { SqlEvents } from './lexer/sqlEvents';
import type { ScriptPiece } from './lexer/scriptPiece';
import { SqlLexer } from './lexer/sqlLexer';
import { dropsPlainly } from './edit/ifExists';
import { settingOf } from './edit/settings';
import { FoundStrays } from './foundStrays';
import { judgeSetting } from '../reach/judges';
import { ScriptListener } from './figures/scriptListener';

const MAX_OBJECTS = 200_000;
/** Limit, because a small compressed script could contain billions of entries. */
const MAX_ENTRIES = 1_000_000;
const MAX_DATABASES = 10_000;
const MAX_GLOBALS = 100_000;
const MAX_META_COMMANDS = 100;
const MAX_KINDS = 500;
const MAX_SETTINGS = 1000;

/** Called during the scan with byte ranges of the script. */
export interface ScriptHooks {
  /** One of pg_dump's own backslash commands, with its beginning and end. */
  ownCommand?: (command: OwnCommand, start: number, end: number) => void;
  /** A statement with its beginning, its end, its first tokens and its entry. */
  statement?: (
    start: number,
    end: number,
    tokens: readonly string[],
    entry: ScriptEntry | null,
  ) => void;
  /** End of the rows after a COPY statement. */
  rows?: (end: number) => void;
  /** Beginning and end of a line that is not SQL. */
  stray?: (start: number, end: number) => void;
}

/** Builds a `ScriptScan` from pieces of a script. */
export class ScriptScanner implements SqlEvents {
  private readonly listener = new ScriptListener();
  private readonly roles = new NamedRoles();
  readonly scan = emptyScan(this.listener.figures, this.roles);
  private readonly lexer = new SqlLexer(this, this.listener);
  private decode: TextDecode = decoderOf(null);
  private current: ScriptEntry | null = null;
  private blockStart = -1;
  private blockEnd = -1;
  /** End of the last statement or rows of the current entry. */
  private contentEnd = 0;
  private readonly ends = new DumpEnds();
  /** Number of INSERTs, which is not kept in the Map because there can be millions. */
  private inserts = 0;
  private searchPath = '';
  /** The last lines were a message, which may continue. */
  private inMessage = false;
  private readonly strays = new FoundStrays();
  /** Table of the last COPY statement, and the statement's offset. */
  private copied: Named | null = null;
  private copyStart = 0;
  /** The script contains a NUL: psql silently ignores the text after it in its line. */
  private hasNul = false;
  /** Some entries were not kept, so the result is incomplete. */
  private tooMany = false;

  /**
   * @param searchesRows false = the scan need not tell whether the script is whole: rows are not
   *   searched for what does not belong there
   */
  constructor(
    private readonly hooks: ScriptHooks = {},
    readonly searchesRows = true,
  ) {}

  /** Like `SqlLexer.scan`. */
  push(piece: ScriptPiece, from: number): number {
    this.hasNul ||= this.searchesRows && piece.bytes.subarray(from).includes(0);
    return this.lexer.scan(piece, from);
  }

  /** The statement that is incomplete: its offset, first tokens and entry; null = none. */
  get openStatement(): {
    start: number;
    tokens: readonly string[];
    entry: ScriptEntry | null;
  } | null {
    const open = this.lexer.openStatement;
    return open && { ...open, entry: this.current };
  }

  /** Do rows follow the statement that has just ended? */
  get rowsFollow(): boolean {
    return this.lexer.rowsFollow;
  }

  finish(size: number): ScriptScan {
    this.lexer.finish(size);
    const { scan } = this;
    this.closeEntry();
    if (this.inserts > 0) scan.statements.set('INSERT', this.inserts);
    scan.size = size;
    scan.strays = this.strays;
    scan.reach = this.listener.reach.all;
    scan.finished = true;
    // In hand-written scripts the last semicolon may be missing: psql runs the statement all the same.
    const cut = this.lexer.unfinished || (this.lexer.inStatement && this.ends.expected);
    const torn = cut || this.hasNul || this.tooMany || this.strays.within;
    scan.complete = torn ? false : this.ends.whole;
    return scan;
  }

  comment(start: number, end: number, line: Buffer): void {
    this.inMessage = false;
    if (start !== this.blockEnd) this.blockStart = start;
    this.blockEnd = end + 1;
    if (line.length < 12) return;
    const first = line[3]!;
    // First letters of pg_dump's comments: `Name`, `Data`, `Statistics`, `Started`, `Dumped`,
    // `PostgreSQL`, and in pg_dumpall's scripts also `Roles`, `Tablespaces`, `User Config`.
    if (first !== 78 && first !== 68 && first !== 83 && first !== 80) {
      if (!this.scan.cluster || (first !== 82 && first !== 84 && first !== 85)) return;
    }
    this.mark(this.decode(line, 0, line.length), end);
  }

  private mark(line: string, end: number): void {
    const { scan } = this;
    const comment = dumpComment(line);
    switch (comment?.kind) {
      case undefined:
        return;
      case 'entry': {
        this.closeEntry();
        const { tag, owner } = comment;
        const place = newEntry({ ...comment, name: tag }, this.blockStart, end);
        this.current = { ...place, owner, database: scan.databases.length - 1 };
        this.contentEnd = end;
        scan.byPgDump = true;
        return;
      }
      case 'serverVersion':
      case 'pgDumpVersion':
      case 'started':
        scan[comment.kind] ||= comment.text;
        return;
      case 'heading':
        if (comment.of === 'database') this.closeEntry();
        else scan.cluster = true;
        this.ends.heading(comment.of);
        scan.byPgDump = true;
        return;
      case 'end':
        this.closeEntry();
        this.ends.end(comment.of);
        return;
      case 'globals':
        if (scan.cluster) this.closeEntry();
        return;
      case 'section':
        this.openSection(comment.desc, comment.tag, end);
    }
  }

  /** Begins a part of a pg_dumpall script that has no entries of pg_dump. */
  private openSection(desc: string, tag: string, end: number): void {
    this.closeEntry();
    this.current = newEntry({ desc, name: tag, schema: null }, this.blockStart, end);
    this.contentEnd = end;
  }

  statement(start: number, end: number, tokens: readonly string[]): void {
    const { scan } = this;
    this.listener.figures.end();
    this.inMessage = false;
    this.hooks.statement?.(start, end, tokens, this.current);
    const [first = '', second = ''] = tokens;
    this.ends.statement(first);
    this.copied = first === 'copy' ? nameAt(tokens, 1) : null;
    this.copyStart = start;
    const setting = settingOf(tokens);
    if (setting !== null && scan.settings.size < MAX_SETTINGS) scan.settings.add(setting);
    if (this.current === null && dropsPlainly(tokens)) scan.plainDrops++;
    if (first !== 'insert' && first !== 'set') {
      this.roles.add(tokens);
      this.object(start, end, tokens);
    }
    // `SET default_tablespace` and the like stand between entries and belong to none.
    if (first !== 'set' || !second.startsWith('default_')) this.contentEnd = end;
    if (first === 'insert') {
      this.inserts++;
      return;
    }
    let kind = first;
    if (first === 'create' || first === 'alter' || first === 'drop') {
      const object = tokens.slice(1).find((word) => !MODIFIERS.has(word)) ?? '';
      kind = `${first} ${object}`;
      if (object === 'view' && tokens.includes('materialized')) kind = `${first} materialized view`;
      if (kind === 'create schema' && unquote(tokens[2] ?? '') === 'public') {
        this.scan.createsPublic = true;
      }
      if (kind === 'create database') this.createdDatabase(tokens);
      if (first !== 'alter') this.global(first, object, tokens);
    } else if (first === 'set') this.set(tokens);
    this.countKind(kind.toUpperCase());
  }

  /** Records the object that a statement creates; for pg_dump's entries, what their comments lack. */
  private object(start: number, end: number, tokens: readonly string[]): void {
    const { scan, current } = this;
    if (current !== null) {
      if (current.desc === 'INDEX' && tokens[0] === 'create') {
        const on = nameAt(tokens, tokens.indexOf('on') + 1);
        if (on !== null) current.on = on;
      }
      const used = usedBy(current.desc, tokens);
      if (used !== null) current.uses = used;
      return;
    }
    if (scan.objects.length >= MAX_OBJECTS) return;
    if (tokens[0] === 'create') this.created(start, end, tokens);
    else if (scan.cluster && tokens[0] === 'alter') {
      // pg_dumpall creates a role and then alters it; both belong to one object.
      const last = scan.objects.at(-1);
      if (last?.desc === 'ROLE' && unquote(tokens[2] ?? '') === last.tag) last.end = end;
    }
  }

  private created(start: number, end: number, tokens: readonly string[]): void {
    const { scan } = this;
    const told = createdObject(tokens);
    if (told === null) return;
    const [first, ...elements] = this.listener.figures.created;
    const created = first?.desc === told.desc ? { ...told, ...first } : told;
    const schema = created.schema ?? (IN_SCHEMAS.has(created.desc) ? this.defaultSchema : null);
    const entry = newEntry({ ...created, schema }, start, end);
    entry.database = scan.databases.length - 1;
    if (created.on !== null) {
      entry.on = { schema: created.on.schema ?? this.defaultSchema, name: created.on.name };
      entry.schema ??= entry.on.schema;
    }
    scan.objects.push(entry);
    for (const element of elements) {
      if (scan.objects.length >= MAX_OBJECTS) return;
      scan.objects.push({ ...newEntry(element, start, end), database: entry.database });
    }
  }

  private global(action: 'create' | 'drop', object: string, tokens: readonly string[]): void {
    const { statements, whole } = globalStatements(action, object, tokens);
    const { globals } = this.scan;
    const room = MAX_GLOBALS - globals.length;
    globals.push(...statements.slice(0, room));
    // Beyond the limits a DROP could be missed, so the scan counts as incomplete.
    if (!whole || statements.length > room) this.tooMany = true;
  }

  private get defaultSchema(): string {
    return this.searchPath || 'public';
  }

  private countKind(kind: string): void {
    const { statements } = this.scan;
    const count = statements.get(kind);
    if (count !== undefined || statements.size < MAX_KINDS) statements.set(kind, (count ?? 0) + 1);
  }

  private set(tokens: readonly string[]): void {
    const [name, ...rest] = tokens
      .slice(1)
      .filter((word) => word !== 'session' && word !== 'local');
    const value = rest.filter((token) => token !== 'to').at(-1) ?? '';
    if (name === 'client_encoding') {
      const encoding = unquote(value);
      this.scan.encoding ??= encoding;
      this.decode = this.lexer.decode = this.listener.figures.decode = decoderOf(encoding);
    } else if (name === 'standard_conforming_strings') {
      this.lexer.backslashEscapes = unquote(value).toLowerCase() === 'off';
    } else if (name === 'search_path') {
      this.setSearchPath(rest.filter((token) => token !== 'to' && token !== ','));
    } else if (name === 'schema') this.setSearchPath(rest);
  }

  /** `"$user"` is skipped: in most databases there is no schema with the role's name. */
  private setSearchPath(schemas: readonly string[]): void {
    const first = schemas.map(unquote).find((schema) => schema !== '$user') ?? '';
    this.searchPath = schemas[0] === 'default' ? '' : first;
    this.listener.figures.defaultSchema = this.defaultSchema;
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
    // Only between statements: within a statement, psql would continue it in another database, and
    // after a COPY statement on the same line, the rows come first.
    const own = this.lexer.betweenStatements ? ownCommand(line, this.decode) : null;
    if (own === null) {
      if (scan.metaCommands.length >= MAX_META_COMMANDS) return;
      const text = this.decode(line, 0, Math.min(line.length, MAX_COMMAND)).trimEnd();
      scan.metaCommands.push({ offset: start, text: text.slice(0, 200) });
      return;
    }
    // One of the two can be missing, if somebody has removed it.
    if (own.kind === 'restrict' || own.kind === 'unrestrict') scan.restricted = true;
    else if (own.kind === 'connect') this.connect(own.database);
    else if (own.kind === 'encoding') {
      judgeSetting('client_encoding', own.encoding, (kind, text) =>
        this.listener.reach.note(kind, text, start),
      );
    }
    this.hooks.ownCommand?.(own, start, end);
  }

  private connect(database: string | null): void {
    const { databases } = this.scan;
    this.closeEntry();
    // pg_dump -C connects twice if the database has settings.
    if (database === null || database === databases.at(-1)) return;
    this.listener.figures.database++;
    this.listener.reach.connect();
    this.setSearchPath([]);
    if (databases.length < MAX_DATABASES) databases.push(database);
    else this.tooMany = true;
  }

  /** Position before all statements, after the end of a dump, or directly after a message. */
  get outside(): boolean {
    return this.inMessage || this.ends.outside;
  }

  stray(start: number, end: number, line: Buffer, within: boolean): void {
    this.inMessage = !within;
    this.strays.add(start, this.decode(line, 0, line.length), within);
    this.hooks.stray?.(start, end);
  }

  messageInRows(offset: number, columns: number): void {
    const { current, copied } = this;
    const table = current === null ? copied : { schema: current.schema, name: current.tag };
    this.strays.inRows(offset, columns, table);
  }

  copyData(start: number, end: number, ended: boolean): void {
    this.hooks.rows?.(end);
    this.contentEnd = end;
    if (this.copied !== null) this.rowsOf(this.copied, start, end, ended);
    this.copied = null;
    if (this.current === null || this.current.dataStart !== 0) return;
    this.current.dataStart = start;
    this.current.dataEnd = ended ? Math.max(start, end - 3) : end;
  }

  private rowsOf(table: Named, start: number, end: number, ended: boolean): void {
    const { objects, databases } = this.scan;
    const schema = table.schema ?? this.defaultSchema;
    this.listener.figures.fill(schema, table.name);
    if (this.current !== null || objects.length >= MAX_OBJECTS) return;
    const rows = newEntry({ desc: 'TABLE DATA', name: table.name, schema }, this.copyStart, end);
    rows.database = databases.length - 1;
    rows.dataStart = start;
    rows.dataEnd = ended ? Math.max(start, end - 3) : end;
    objects.push(rows);
  }

  private closeEntry(): void {
    const entry = this.current;
    if (entry === null) return;
    entry.end = Math.max(entry.end, this.contentEnd);
    this.current = null;
    if (this.scan.entries.length < MAX_ENTRIES) this.scan.entries.push(entry);
    else this.tooMany = true;
  }
}
