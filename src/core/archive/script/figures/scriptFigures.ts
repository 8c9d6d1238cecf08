import type { TableRef } from '../../../model/options';
import type { TextDecode } from '../../bytes/encoding';
import { IN_SCHEMAS, MODIFIERS, OBJECT_KINDS } from './objectWords';
import { NameReader } from './nameReader';
import { foldCase } from '../lexer/sqlBytes';
import { TableFigures } from './tableFigures';
import { isRelation } from '../../../model/entryTypes';

/** An object that a statement creates, of a kind whose names are needed. */
export interface CreatedObject {
  desc: string;
  schema: string | null;
  name: string;
}

/** Kinds in which several objects can share a name. */
const OVERLOADED = new Set(['FUNCTION', 'PROCEDURE', 'AGGREGATE']);
/** Kinds that are only counted: an index may have no name, and triggers are named within a table. */
const COUNTED_ONLY = new Set(['INDEX', 'TRIGGER']);
/** First words of statements to examine, because a dump with INSERTs has millions of others. */
const HEARD = new Set(['create', 'alter', 'drop', 'select']);
const LARGE_OBJECT_MAKERS = new Set(['lo_create', 'lo_creat', 'lo_from_bytea', 'lo_import']);
const MAX_NAMED = 200_000;
/** Length in bytes beyond which a word is ignored; PostgreSQL's names have 63 bytes at most. */
const MAX_WORD = 256;
const OPEN = 40;
const COMMA = 44;
const DOT = 46;
const DOUBLE_QUOTE = 34;
const AMPERSAND = 38;

const enum Phase {
  /** The rest of the statement is ignored. */
  Over,
  /** After CREATE, ALTER or DROP: the kind of object. */
  Head,
  /** Name of the created object. */
  Name,
  /** Columns and constraints of a table. */
  Table,
  /** After the name of a schema: its elements may follow as CREATE clauses. */
  Elements,
  /** Names of dropped objects. */
  Drop,
  /** A query, which may create large objects. */
  Query,
}

/**
 * Counts what the statements of a script create, in the way of an archive's table of contents: keys
 * and foreign keys are entries of their own wherever they are written, a CHECK only if it is added
 * to its table later; temporary objects are not counted. Examines tokens and ignores comments.
 * Called like a `TokenListener`.
 */
export class ScriptFigures {
  /** Numbers by type, with the names of archives: `CONSTRAINT`, `FK CONSTRAINT`, … */
  readonly counts = new Map<string, number>();
  readonly schemas = new Set<string>();
  largeObjects = 0;
  /** Objects that the last statement created; CREATE SCHEMA can create several. */
  created: CreatedObject[] = [];
  /** Decodes names. */
  decode: TextDecode;
  /** Schema of unqualified names. */
  defaultSchema = 'public';
  /** Index of the present database, because databases can share names of objects. */
  database = -1;

  /** Tables with COPY rows. */
  readonly filled = new Map<string, TableRef>();
  private readonly named = new Map<string, CreatedObject>();
  private phase = Phase.Over;
  private action = '';
  /** Words between CREATE and the kind of object. */
  private head: string[] = [];
  private desc = '';
  /** The schema that the statement creates. */
  private within: string | null = null;
  private readonly name = new NameReader();
  private readonly table = new TableFigures((desc, more) => this.count(desc, more));
  private last = '';

  constructor(decode: TextDecode) {
    this.decode = decode;
  }

  get tables(): TableRef[] {
    return this.relations(isTable);
  }

  /** Views and sequences. */
  get otherRelations(): TableRef[] {
    return this.relations((desc) => !isTable(desc));
  }

  private relations(wanted: (desc: string) => boolean): TableRef[] {
    const found: TableRef[] = [];
    for (const { desc, schema, name } of this.named.values()) {
      if (wanted(desc)) found.push({ schema: schema ?? '', name });
    }
    return found;
  }

  /** Records COPY rows for a table. */
  fill(schema: string, name: string): void {
    const key = relationKey(this.database, { schema, name });
    if (this.filled.size < MAX_NAMED) this.filled.set(key, { schema, name });
  }

  /** Are further tokens of the statement needed? */
  get listens(): boolean {
    return this.phase !== Phase.Over;
  }

  begin(word: string): void {
    this.end();
    this.created = [];
    this.within = null;
    if (!HEARD.has(word)) return;
    this.startHead(word);
    if (word === 'select') this.phase = Phase.Query;
  }

  word(b: Buffer, start: number, end: number, depth: number): void {
    const text = this.decode(b, start, Math.min(end, start + MAX_WORD));
    this.token(foldCase(text), false, depth);
  }

  quoted(b: Buffer, start: number, end: number, depth: number): void {
    if (b[start] !== DOUBLE_QUOTE) {
      this.literal(depth);
      return;
    }
    const text = this.decode(b, start + 1, Math.min(end - 1, start + MAX_WORD));
    this.token(text.replaceAll('""', '"'), true, depth);
  }

  literal(depth: number): void {
    if (this.phase === Phase.Table) this.table.token('', true, depth);
    else this.other(null, 0, depth);
  }

  other(b: Buffer | null, at: number, depth: number): void {
    const byte = b?.[at] ?? 0;
    if (this.phase === Phase.Query) {
      if (byte === OPEN && LARGE_OBJECT_MAKERS.has(this.last)) this.largeObjects++;
      this.last = '';
      return;
    }
    if (this.phase === Phase.Name || this.phase === Phase.Drop) {
      if (byte === DOT) this.name.dot();
      else if (byte === AMPERSAND) this.name.escapes();
      else if (this.phase === Phase.Name) this.nameEnds();
      else if (byte === COMMA) this.dropNamed();
      else this.end();
    }
    if (this.phase === Phase.Table) this.table.other(byte, depth);
    this.last = byte === DOT ? '.' : '';
  }

  end(): void {
    if (this.phase === Phase.Name) this.nameEnds();
    else if (this.phase === Phase.Drop) this.dropNamed();
    this.phase = Phase.Over;
  }

  private token(text: string, isQuoted: boolean, depth: number): void {
    const before = this.last;
    this.last = isQuoted ? '' : text;
    switch (this.phase) {
      case Phase.Over:
      case Phase.Query:
        return;
      case Phase.Head:
        this.headWord(isQuoted ? '' : text);
        return;
      case Phase.Name:
        if (this.name.take(text, isQuoted)) return;
        this.nameEnds();
        // This word comes after the name, and may count itself.
        this.token(text, isQuoted, depth);
        return;
      case Phase.Drop:
        if (!this.name.take(text, isQuoted)) this.end();
        return;
      case Phase.Table:
        if (this.elementBegins(text, isQuoted, depth, before)) return;
        if (!this.table.token(text, isQuoted, depth)) this.bodyEnds();
        return;
      case Phase.Elements:
        this.elementBegins(text, isQuoted, depth, before);
    }
  }

  private elementBegins(text: string, isQuoted: boolean, depth: number, before: string): boolean {
    const begins = this.within !== null && text === 'create' && !isQuoted && depth === 0;
    if (!begins || before === 'as' || before === '.') return false;
    this.startHead('create');
    return true;
  }

  private startHead(action: string): void {
    this.action = action;
    this.head = [];
    this.last = '';
    this.phase = Phase.Head;
  }

  private headWord(word: string): void {
    if (MODIFIERS.has(word) || (word === 'foreign' && !this.head.includes(word))) {
      this.head.push(word);
      return;
    }
    const kind = OBJECT_KINDS.get(word);
    if (kind === undefined || this.isOther(word)) this.bodyEnds();
    else if (this.action === 'alter') this.alters(kind);
    else this.creates(kind);
  }

  /** FOREIGN DATA WRAPPER, USER MAPPING, and temporary objects. */
  private isOther(word: string): boolean {
    const { head } = this;
    if (head.includes('foreign') && word !== 'table') return true;
    return this.action === 'create' && (head.includes('temp') || head.includes('temporary'));
  }

  private alters(kind: string): void {
    const holds = kind === 'TABLE' || kind === 'DOMAIN';
    this.phase = holds ? Phase.Table : Phase.Over;
    this.table.start('alter');
  }

  private creates(kind: string): void {
    this.desc = kind;
    if (kind === 'VIEW' && this.head.includes('materialized')) this.desc = 'MATERIALIZED VIEW';
    if (this.head.includes('foreign')) this.desc = 'FOREIGN TABLE';
    this.name.start(this.desc === 'SCHEMA');
    if (this.action === 'drop') {
      this.phase = isRelation(this.desc) ? Phase.Drop : Phase.Over;
    } else if (COUNTED_ONLY.has(this.desc)) {
      this.count(this.desc, 1);
      this.bodyEnds();
    } else if (IN_SCHEMAS.has(this.desc) || this.desc === 'SCHEMA') this.phase = Phase.Name;
    else this.bodyEnds();
  }

  private nameEnds(): void {
    const { desc, within } = this;
    const read = this.name.read();
    this.bodyEnds();
    if (read === null) return;
    if (desc === 'SCHEMA') {
      this.within = read.name;
      this.tell({ desc, schema: null, name: read.name }, read.name);
      this.phase = Phase.Elements;
      return;
    }
    const schema = read.schema ?? within ?? this.defaultSchema;
    if (schema === 'pg_temp') return;
    const created = { desc, schema, name: read.name };
    this.tell(created, schema);
    if (OVERLOADED.has(desc)) this.count(desc, 1);
    else if (isRelation(desc)) this.add(created);
  }

  /** Records a created object; limited, because a small compressed script could create billions. */
  private tell(created: CreatedObject, schema: string): void {
    if (this.schemas.size < MAX_NAMED) this.schemas.add(schema);
    if (this.created.length < MAX_NAMED) this.created.push(created);
  }

  private add(created: CreatedObject): void {
    const { desc } = created;
    const key = relationKey(this.database, created);
    // The same name again: IF NOT EXISTS, or a view that pg_dump writes in two steps.
    if (this.named.has(key)) return;
    if (this.named.size < MAX_NAMED) this.named.set(key, created);
    this.count(desc, 1);
    if (!isTable(desc)) return;
    this.phase = Phase.Table;
    this.table.start('create');
  }

  private dropNamed(): void {
    const read = this.name.read();
    this.name.start(false);
    if (read === null) return;
    const schema = read.schema ?? this.defaultSchema;
    const key = relationKey(this.database, { schema, name: read.name });
    if (this.named.get(key)?.desc !== this.desc) return;
    this.named.delete(key);
    this.count(this.desc, -1);
  }

  private bodyEnds(): void {
    this.phase = this.within === null ? Phase.Over : Phase.Elements;
  }

  private count(desc: string, more: number): void {
    this.counts.set(desc, Math.max(0, (this.counts.get(desc) ?? 0) + more));
  }
}

/** Key of a relation: tables, views and sequences of a database share one set of names. */
export function relationKey(
  database: number,
  { schema, name }: { schema: string | null; name: string },
): string {
  return `${database}\0${schema ?? ''}\0${name}`;
}

function isTable(desc: string): boolean {
  return desc === 'TABLE' || desc === 'FOREIGN TABLE';
}
