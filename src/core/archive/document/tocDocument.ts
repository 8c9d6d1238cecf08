import { AppError } from '../../errors';
import { archiveInfoOf } from '../inspect/backupInfo';
import type { ByteSource } from '../bytes/byteSource';
import { checkStructureOf } from '../data/checkStructure';
import { EntryData } from '../data/entryData';
import { relationOf } from '../toc/entryOwners';
import type { StructureReport } from '../data/structureReport';
import type { Toc, TocDamageInfo } from '../toc/toc';
import type { BackupInfo, FileKind } from '../../model/archive';
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
import { CooperativeLoop } from '../../cooperativeLoop';
import { entryType } from '../../model/entryTypes';

const ROW_TYPES = new Set(['TABLE', 'FOREIGN TABLE', 'MATERIALIZED VIEW']);

const UNKNOWN_PARENT = -2;

/** The document of an archive's table of contents. */
export class TocDocument implements ArchiveDocument {
  readonly path: string;
  readonly header: DocumentHeader;
  readonly databases: readonly string[] = [];
  readonly statements: ReadonlyMap<string, number> = new Map();
  readonly scan = null;
  readonly entryData: EntryData;
  finished = false;

  /** Index in the table of contents by id; hidden entries have no id. */
  private rows = new Int32Array(256);
  private rowCount = 0;
  /** Number of entries of the table of contents that have been processed. */
  private seen = 0;
  /** Id by index in the table of contents; -1 = hidden. */
  private ids = new Int32Array(0);
  private parents = new Int32Array(0);
  private users: Promise<NumberLists> | null = null;
  private parts: Promise<NumberLists> | null = null;
  private report: StructureReport | null = null;
  private rowsByTable: Map<string, number> | null = null;

  constructor(
    readonly toc: Toc,
    readonly kind: Extract<FileKind, { kind: 'archive' }>,
    readonly stamp: FileStamp,
    private readonly open: (path: string) => Promise<ByteSource>,
  ) {
    this.path = toc.path;
    this.entryData = new EntryData(toc, () => this.openSource());
    const { header } = toc;
    this.header = {
      path: toc.path,
      format: header.format,
      compression: header.compression,
      compressionLevel: header.compressionLevel,
      archiveVersion: header.archiveVersion,
      newerVersion: header.newer,
      created: header.created,
      database: header.database,
      serverVersion: header.serverVersion,
      pgDumpVersion: header.pgDumpVersion,
      cluster: false,
      byPgDump: true,
      tocCount: header.tocCount,
    };
  }

  get count(): number {
    return this.rowCount;
  }

  get damage(): TocDamageInfo | null {
    return this.toc.damage;
  }

  /** To be called when the table of contents has been read. */
  async finish(signal?: AbortSignal): Promise<void> {
    const { toc } = this;
    const loop = new CooperativeLoop(signal, 256);
    this.ids = new Int32Array(toc.count).fill(-1);
    for (; this.seen < toc.count; this.seen++) {
      if (toc.isListed(this.seen)) {
        if (this.rowCount >= this.rows.length) {
          const larger = new Int32Array(Math.max(this.rows.length * 2, toc.count));
          larger.set(this.rows);
          this.rows = larger;
        }
        this.ids[this.seen] = this.rowCount;
        this.rows[this.rowCount++] = this.seen;
      }
      if (loop.shouldYield) await loop.yield();
    }
    this.parents = new Int32Array(this.rowCount).fill(UNKNOWN_PARENT);
    this.finished = true;
  }

  tocIndex(id: number): number {
    const index = id >= 0 && id < this.rowCount ? this.rows[id] : undefined;
    if (index === undefined) throw new RangeError(`no entry ${id} of ${this.rowCount}`);
    return index;
  }

  /** Id for an index in the table of contents; -1 = hidden. */
  idOfIndex(index: number): number {
    return this.ids[index] ?? -1;
  }

  rowAt(): null {
    return null;
  }

  idOfDumpId(dumpId: number): number | null {
    const id = this.idOfIndex(this.toc.indexOf(dumpId));
    return id < 0 ? null : id;
  }

  desc(id: number): string {
    return this.toc.desc(this.tocIndex(id));
  }

  names(id: number): EntryNames {
    const { toc } = this;
    const i = this.tocIndex(id);
    return {
      desc: toc.desc(i),
      schema: toc.schema(i),
      tag: toc.tag(i),
      owner: toc.owner(i),
      database: -1,
    };
  }

  entryAt(id: number): DocumentEntry {
    const { toc } = this;
    const i = this.tocIndex(id);
    const size = this.dataBytesOf(id);
    const parent = this.parentOf(id);
    return {
      id,
      dumpId: toc.dumpId(i),
      ...this.names(id),
      section: toc.section(i),
      tablespace: toc.rawNames(i).tablespace || null,
      hasData: size !== -2,
      dataBytes: size < 0 ? null : size,
      parentId: parent < 0 ? null : parent,
    };
  }

  dataBytesOf(id: number): number {
    const { toc } = this;
    const i = this.tocIndex(id);
    if (!toc.hasData(i)) return -2;
    return this.report?.dataSizes.get(toc.dumpId(i)) ?? -1;
  }

  isCut(id: number): boolean {
    return this.report?.cut.has(this.toc.dumpId(this.tocIndex(id))) ?? false;
  }

  dependencies(id: number): number[] {
    const { toc } = this;
    const found: number[] = [];
    for (const dumpId of toc.dependencies(this.tocIndex(id))) {
      const dependency = this.idOfIndex(toc.indexOf(dumpId));
      if (dependency >= 0 && dependency !== id && !found.includes(dependency)) {
        found.push(dependency);
      }
    }
    return found;
  }

  async dependents(id: number, options: ReadOptions = {}): Promise<number[]> {
    this.users ??= this.inverse((value) => this.dependencies(value), options.signal).catch(
      (e: unknown) => {
        this.users = null;
        throw e;
      },
    );
    return (await this.users).of(id);
  }

  async children(id: number, options: ReadOptions = {}): Promise<number[]> {
    this.parts ??= this.inverse((value) => [this.parentOf(value)], options.signal).catch(
      (e: unknown) => {
        this.parts = null;
        throw e;
      },
    );
    return (await this.parts).of(id);
  }

  private inverse(
    keysOf: (value: number) => readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<NumberLists> {
    return NumberLists.inverse(this.rowCount, keysOf, signal);
  }

  /** -1 for none. */
  private parentOf(id: number): number {
    const known = this.parents[id];
    if (known !== undefined && known !== UNKNOWN_PARENT) return known;
    const parent = this.findParent(id);
    if (known !== undefined) this.parents[id] = parent;
    return parent;
  }

  private findParent(id: number): number {
    const { toc } = this;
    const i = this.tocIndex(id);
    const desc = toc.desc(i);
    if (entryType(desc).partOfRelation) return this.idOfIndex(relationOf(toc, i));
    if (!entryType(desc).describesAnother) return -1;
    const dependencies = toc
      .dependencies(i)
      .map((dumpId) => toc.indexOf(dumpId))
      .filter((index) => index >= 0 && index !== i);
    // Of several, the one that the tag names: a TABLE ATTACH depends on parent and partition.
    const tag = toc.tag(i);
    const schema = toc.schema(i);
    const named = dependencies.find((d) => toc.tag(d) === tag && toc.schema(d) === schema);
    return this.idOfIndex(named ?? dependencies[0] ?? -1);
  }

  dataEntryOf(id: number): number | null {
    if (this.dataBytesOf(id) !== -2) return id;
    const { toc } = this;
    const i = this.tocIndex(id);
    if (!ROW_TYPES.has(toc.desc(i))) return null;
    this.rowsByTable ??= this.indexRows();
    return this.rowsByTable.get(`${toc.schema(i) ?? ''}\0${toc.tag(i)}`) ?? null;
  }

  private indexRows(): Map<string, number> {
    const { toc } = this;
    const rows = new Map<string, number>();
    for (let id = 0; id < this.rowCount; id++) {
      const i = this.rows[id]!;
      if (toc.desc(i) === 'TABLE DATA') rows.set(`${toc.schema(i) ?? ''}\0${toc.tag(i)}`, id);
    }
    return rows;
  }

  columns(
    options: ReadOptions & { from?: number; chunk?: number } = {},
  ): AsyncGenerator<DocumentColumns> {
    return documentColumns(this, options);
  }

  async measure(options: ReadOptions = {}): Promise<StructureReport> {
    this.report ??= await checkStructureOf(this.toc, { signal: options.signal });
    return this.report;
  }

  async info(options: ReadOptions = {}): Promise<BackupInfo> {
    return archiveInfoOf(this.toc, await this.measure(options), options);
  }

  async assertUnchanged(): Promise<void> {
    const now = await stampOf(this.toc.file);
    if (now.size !== this.stamp.size || now.mtimeMs !== this.stamp.mtimeMs) {
      throw new AppError('inputChanged', { path: this.path });
    }
  }

  async openSource(): Promise<ByteSource> {
    await this.assertUnchanged();
    return this.open(this.toc.file);
  }
}
