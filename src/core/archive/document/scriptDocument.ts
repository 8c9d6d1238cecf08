import { relationKey } from '../script/figures/scriptFigures';
import { AppError } from '../../errors';
import { scriptInfoOf } from '../inspect/backupInfo';
import type { ByteSource } from '../bytes/byteSource';
import type { ScriptEntry, ScriptScan } from '../script/scriptTypes';
import type { StructureReport } from '../data/structureReport';
import type { TocDamageInfo } from '../toc/toc';
import type { BackupInfo, FileKind, Section } from '../../model/archive';
import { documentColumns } from './documentColumns';
import type {
  ArchiveDocument,
  DocumentColumns,
  DocumentEntry,
  DocumentHeader,
  EntryNames,
  FileStamp,
  ReadOptions,
} from './documentTypes';
import { stampOf } from './fileStamp';
import { NumberLists } from './relatives';
import { entryType, isAboutObject, isRelation } from '../../model/entryTypes';

/** Is an entry of this type data rather than an object? */
export function isScriptData(desc: string): boolean {
  return entryType(desc).section === 'data';
}

/** File of a script, and how to read it. */
export interface ScriptFile {
  path: string;
  kind: Extract<FileKind, { kind: 'plain' }>;
  stamp: FileStamp;
}

/** The document of a script that has been scanned. */
export class ScriptDocument implements ArchiveDocument {
  readonly path: string;
  readonly kind: ScriptFile['kind'];
  readonly stamp: FileStamp;
  readonly toc = null;
  readonly entryData = null;
  finished = false;
  private readonly rows: ScriptEntry[] = [];
  private seenEntries = 0;
  private seenObjects = 0;
  /** Ids by database, schema and name: of relations, and (next) of other objects. */
  private readonly relations = new Map<string, number>();
  private readonly objects = new Map<string, number>();
  private parts: Promise<NumberLists> | null = null;
  private users: Promise<NumberLists> | null = null;
  /** Ids of SEQUENCE OWNED BY entries, by the key of their sequence. */
  private readonly owned = new Map<string, number>();

  constructor(
    { path, kind, stamp }: ScriptFile,
    readonly scan: ScriptScan,
    private readonly open: (path: string) => Promise<ByteSource>,
  ) {
    this.path = path;
    this.kind = kind;
    this.stamp = stamp;
  }

  get header(): DocumentHeader {
    const { scan, kind } = this;
    return {
      path: this.path,
      format: 'plain',
      compression: kind.compression,
      compressionLevel: null,
      archiveVersion: null,
      newerVersion: false,
      created: scan.started.replace(' ', 'T'),
      database: !scan.cluster && scan.databases.length === 1 ? (scan.databases[0] ?? '') : '',
      serverVersion: scan.serverVersion,
      pgDumpVersion: scan.pgDumpVersion,
      cluster: scan.cluster,
      byPgDump: scan.byPgDump,
      tocCount: null,
    };
  }

  get databases(): readonly string[] {
    return this.scan.databases;
  }

  get statements(): ReadonlyMap<string, number> {
    return this.scan.statements;
  }

  get damage(): TocDamageInfo | null {
    const { scan } = this;
    return scan.finished && scan.complete === false
      ? { offset: scan.size, reading: 'end of the script' }
      : null;
  }

  get count(): number {
    this.sync();
    return this.rows.length;
  }

  finish(): void {
    this.sync();
    this.finished = true;
  }

  /** Adds what the scan has found since the last call. Both of its lists are in the script's order. */
  private sync(): void {
    const { entries, objects } = this.scan;
    while (this.seenEntries < entries.length || this.seenObjects < objects.length) {
      const entry = entries[this.seenEntries];
      const object = objects[this.seenObjects];
      const first = entry !== undefined && (object === undefined || entry.start < object.start);
      if (first) this.seenEntries++;
      else this.seenObjects++;
      const row = first ? entry : object;
      if (row !== undefined) this.add(row);
    }
  }

  private add(row: ScriptEntry): void {
    const id = this.rows.length;
    this.rows.push(row);
    const key = relationKey(row.database, { schema: row.schema, name: row.tag });
    if (isRelation(row.desc)) this.relations.set(key, id);
    else this.objects.set(`${row.desc}\0${key}`, id);
    if (row.desc === 'SEQUENCE OWNED BY') this.owned.set(key, id);
  }

  /** The part of the script that the entry stands for. */
  rowAt(id: number): ScriptEntry {
    const row = this.rows[id];
    if (row === undefined) throw new RangeError(`no entry ${id} of ${this.rows.length}`);
    return row;
  }

  tocIndex(): number {
    return -1;
  }

  idOfIndex(): number {
    return -1;
  }

  idOfDumpId(): null {
    return null;
  }

  desc(id: number): string {
    return this.rowAt(id).desc;
  }

  names(id: number): EntryNames {
    const row = this.rowAt(id);
    const { desc, schema, tag, owner } = row;
    return { desc, schema, tag, owner, database: this.databaseOf(row) };
  }

  entryAt(id: number): DocumentEntry {
    const row = this.rowAt(id);
    const size = this.dataBytesOf(id);
    const parent = this.parentOf(id);
    return {
      id,
      dumpId: null,
      ...this.names(id),
      section: sectionOf(row.desc),
      tablespace: null,
      hasData: size !== -2,
      dataBytes: size < 0 ? null : size,
      parentId: parent < 0 ? null : parent,
    };
  }

  /**
   * A DATABASE entry comes before the `\connect` to its database. In a script with a single database
   * all entries get -1.
   */
  private databaseOf(row: ScriptEntry): number {
    const { databases } = this.scan;
    if (row.desc === 'DATABASE' || row.desc === 'DATABASE PROPERTIES') {
      const named = databases.indexOf(row.tag);
      if (named >= 0) return named;
    }
    return row.database;
  }

  dataBytesOf(id: number): number {
    const row = this.rowAt(id);
    if (row.desc !== 'TABLE DATA' && row.desc !== 'BLOBS') return -2;
    return row.dataStart > 0 ? row.dataEnd - row.dataStart : Math.max(0, row.end - row.start);
  }

  isCut(id: number): boolean {
    const { dataStart, dataEnd } = this.rowAt(id);
    return this.scan.complete === false && dataStart > 0 && dataEnd >= this.scan.size;
  }

  /**
   * Dependencies are derived from names: the schema, the object that the entry belongs to, and the
   * relation in its statement.
   */
  dependencies(id: number): number[] {
    const { schema, database, uses } = this.rowAt(id);
    const inSchema =
      this.objects.get(`SCHEMA\0${relationKey(database, { schema: null, name: schema ?? '' })}`) ??
      -1;
    const used = uses === undefined ? -1 : this.relation(database, uses.schema, uses.name);
    const found = new Set([inSchema, this.parentOf(id), used]);
    return [...found].filter((other) => other >= 0 && other !== id);
  }

  async dependents(id: number, options: ReadOptions = {}): Promise<number[]> {
    if (!this.finished) return [];
    this.users ??= this.inverse((value) => this.dependencies(value), options).catch(
      (e: unknown) => {
        this.users = null;
        throw e;
      },
    );
    return (await this.users).of(id);
  }

  async children(id: number, options: ReadOptions = {}): Promise<number[]> {
    if (!this.finished) {
      const found: number[] = [];
      for (let i = 0; i < this.rows.length; i++) if (this.parentOf(i) === id) found.push(i);
      return found;
    }
    this.parts ??= this.inverse((value) => [this.parentOf(value)], options).catch((e: unknown) => {
      this.parts = null;
      throw e;
    });
    return (await this.parts).of(id);
  }

  private inverse(
    keysOf: (id: number) => readonly number[],
    { signal }: ReadOptions,
  ): Promise<NumberLists> {
    return NumberLists.inverse(this.rows.length, keysOf, signal);
  }

  /** The parent by name, because a script records no dependencies; -1 = none. */
  parentOf(id: number): number {
    const row = this.rowAt(id);
    const { desc, tag, schema, database } = row;
    if (entryType(desc).tag === 'relation') return this.relation(database, schema, tag);
    if (row.uses !== undefined && (desc === 'SEQUENCE' || desc === 'STATISTICS')) {
      return this.relation(database, row.uses.schema, row.uses.name);
    }
    if (desc === 'SEQUENCE') return this.ownerOf(row);
    if (row.on !== undefined) return this.relation(database, row.on.schema, row.on.name);
    if (entryType(desc).tag === 'relationAndName')
      return this.longestPrefix(database, schema, tag, ' ');
    if (desc === 'PUBLICATION TABLE') {
      const name = tag.slice(tag.indexOf(' ') + 1);
      return this.relation(database, schema, name);
    }
    if (!isAboutObject(desc)) return -1;
    if (tag.startsWith('COLUMN ')) return this.longestPrefix(database, schema, tag.slice(7), '.');
    return this.described(database, schema, tag);
  }

  /** The table with the column that owns the sequence; -1 = none. */
  private ownerOf({ database, schema, tag }: ScriptEntry): number {
    const owned = this.owned.get(relationKey(database, { schema, name: tag }));
    const uses = owned === undefined ? undefined : this.rows[owned]?.uses;
    return uses === undefined ? -1 : this.relation(database, uses.schema, uses.name);
  }

  private relation(database: number, schema: string | null, name: string): number {
    return this.relations.get(relationKey(database, { schema, name })) ?? -1;
  }

  private longestPrefix(
    database: number,
    schema: string | null,
    text: string,
    separator: string,
  ): number {
    for (let at = text.lastIndexOf(separator); at > 0; at = text.lastIndexOf(separator, at - 1)) {
      const found = this.relation(database, schema, text.slice(0, at));
      if (found >= 0) return found;
    }
    return -1;
  }

  /** The object that `TABLE orders` or `CONSTRAINT x ON orders` refers to. */
  private described(database: number, schema: string | null, tag: string): number {
    for (let at = tag.indexOf(' '); at > 0; at = tag.indexOf(' ', at + 1)) {
      const desc = tag.slice(0, at);
      const key = relationKey(database, { schema, name: tag.slice(at + 1) });
      const found = isRelation(desc)
        ? this.relations.get(key)
        : this.objects.get(`${desc}\0${key}`);
      if (found !== undefined) return found;
      // Names of types have at most three words.
      if (desc.length > 30) break;
    }
    const on = tag.lastIndexOf(' ON ');
    return on < 0 ? -1 : this.relation(database, schema, tag.slice(on + 4));
  }

  dataEntryOf(id: number): number | null {
    const row = this.rowAt(id);
    if (row.desc === 'TABLE DATA') return id;
    if (row.desc !== 'TABLE' && row.desc !== 'FOREIGN TABLE') return null;
    const key = relationKey(row.database, { schema: row.schema, name: row.tag });
    return this.objects.get(`TABLE DATA\0${key}`) ?? null;
  }

  columns(
    options: ReadOptions & { from?: number; chunk?: number } = {},
  ): AsyncGenerator<DocumentColumns> {
    return documentColumns(this, options);
  }

  measure(): Promise<StructureReport> {
    const { damage, scan } = this;
    return Promise.resolve({
      problems:
        damage === null
          ? []
          : [{ kind: 'noEnd', dumpId: null, offset: damage.offset, what: damage.reading }],
      complete: scan.complete,
      dataSizes: new Map(),
      cut: new Set(),
    });
  }

  info(): Promise<BackupInfo> {
    return scriptInfoOf(this.path, this.kind, this.scan);
  }

  async assertUnchanged(): Promise<void> {
    const now = await stampOf(this.path);
    if (now.size !== this.stamp.size || now.mtimeMs !== this.stamp.mtimeMs) {
      throw new AppError('inputChanged', { path: this.path });
    }
  }

  async openSource(): Promise<ByteSource> {
    await this.assertUnchanged();
    return this.open(this.path);
  }
}

function sectionOf(desc: string): Section {
  return entryType(desc).section ?? 'preData';
}
