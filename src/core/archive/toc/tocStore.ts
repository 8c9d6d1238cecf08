import { ByteInterner } from './byteInterner';
import { decoderOf, type TextDecode } from '../bytes/encoding';
import type { Turns } from '../../turns';
import type { Section, TextSpan, TocEntry } from '../../model/archive';

/** Fields of an entry while it is parsed; texts are offsets into the file. */
export interface RawEntry {
  dumpId: number;
  hadDumper: boolean;
  tableOid: number;
  oid: number;
  section: number;
  /** Lengths of definition, DROP and COPY statement in the file, one after the other; -1 = NULL. */
  definitionOffset: number;
  definitionLength: number;
  dropLength: number;
  copyLength: number;
  relkind: number;
  /** In custom archives: 1 = no offset, 2 = offset set, 3 = no data. In others: 3 = no file. */
  dataState: number;
  dataOffset: number;
}

/** Names of an entry, null for NULL. */
/** Numbers of an entry's names in the interner; -1 = NULL. */
export interface EntryWords {
  desc: number;
  schema: number;
  tablespace: number;
  accessMethod: number;
  owner: number;
  fileName: number;
  /** Is it TABLE ATTACH or INDEX ATTACH? */
  attaches: boolean;
}

export interface RawNames {
  schema: string | null;
  owner: string | null;
  tablespace: string | null;
  accessMethod: string | null;
}

const SECTIONS: readonly Section[] = ['none', 'none', 'preData', 'data', 'postData'];

/** Columns for `capacity` entries, one for each field. */
function makeColumns(capacity: number) {
  return {
    dumpIds: new Int32Array(capacity),
    flags: new Uint8Array(capacity),
    tableOids: new Uint32Array(capacity),
    oids: new Uint32Array(capacity),
    sections: new Uint8Array(capacity),
    definitionOffsets: new Float64Array(capacity),
    definitionLengths: new Int32Array(capacity),
    dropLengths: new Int32Array(capacity),
    copyLengths: new Int32Array(capacity),
    relkinds: new Uint8Array(capacity),
    dataStates: new Uint8Array(capacity),
    dataOffsets: new Float64Array(capacity),
    descs: new Int32Array(capacity),
    schemas: new Int32Array(capacity),
    owners: new Int32Array(capacity),
    tablespaces: new Int32Array(capacity),
    accessMethods: new Int32Array(capacity),
    fileNames: new Int32Array(capacity),
    tagEnds: new Uint32Array(capacity),
    dependencyEnds: new Uint32Array(capacity),
  };
}
type Columns = ReturnType<typeof makeColumns>;

/** Gives one of the columns room for `capacity` entries. */
function lengthen(columns: Columns, name: keyof Columns, capacity: number): void {
  const column = columns[name];
  const longer = new (column.constructor as new (length: number) => typeof column)(capacity);
  longer.set(column);
  Object.assign(columns, { [name]: longer });
}

const columnNames = (columns: Columns): (keyof Columns)[] =>
  Object.keys(columns) as (keyof Columns)[];

const FLAG_DUMPER = 1;
const FLAG_ATTACHES = 2;

/**
 * The entries of a table of contents in columns: some 75 bytes per entry besides its names; objects
 * and strings are created on demand. Indexes run from 0 in the archive's order.
 */
export class TocStore {
  count = 0;
  private capacity = 256;
  private columns = makeColumns(this.capacity);
  private dependencyIds = new Int32Array(1024);
  private dependencyCount = 0;
  /** Number of dependencies of the current entry, which are dropped if the entry is parsed again. */
  private pendingDependencies = 0;

  private readonly words = new ByteInterner();
  private tagBytes = Buffer.allocUnsafe(4096);
  private tagUsed = 0;
  private pendingTag = 0;
  private decode: TextDecode = decoderOf(null);
  private strings: (string | undefined)[] = [];
  private byDumpId: Map<number, number> | Int32Array | null = null;
  private readonly textAfter: number;

  constructor(intSize: number) {
    this.textAfter = intSize + 1;
  }

  /**
   * Makes room for so many entries, column by column: megabytes take their time to be had. Later they
   * would have to be copied as well, while entries are read.
   */
  async reserve(entries: number, turns: Turns): Promise<void> {
    if (entries <= this.capacity) return;
    for (const name of columnNames(this.columns)) {
      lengthen(this.columns, name, entries);
      await turns.pause();
    }
    this.capacity = entries;
  }

  /** Encoding of the names after this call; set when the ENCODING entry has been read. */
  setEncoding(encoding: string | null): void {
    this.decode = decoderOf(encoding);
    this.strings = [];
  }

  // Writing: the parser calls these methods in the order of the fields, then `commit`.

  word(window: Buffer, start: number, end: number): number {
    return start < 0 ? -1 : this.words.add(window, start, end);
  }

  setTag(window: Buffer, start: number, end: number): void {
    const length = start < 0 ? 0 : end - start;
    if (this.tagUsed + length > this.tagBytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.tagBytes.length * 2, this.tagUsed + length));
      this.tagBytes.copy(grown, 0, 0, this.tagUsed);
      this.tagBytes = grown;
    }
    const { tagBytes, tagUsed } = this;
    if (length > 48) window.copy(tagBytes, tagUsed, start, end);
    else for (let i = 0; i < length; i++) tagBytes[tagUsed + i] = window[start + i]!;
    this.pendingTag = length;
  }

  clearDependencies(): void {
    this.pendingDependencies = 0;
  }

  addDependency(id: number): void {
    const at = this.dependencyCount + this.pendingDependencies++;
    if (at >= this.dependencyIds.length) {
      const larger = new Int32Array(this.dependencyIds.length * 2);
      larger.set(this.dependencyIds);
      this.dependencyIds = larger;
    }
    this.dependencyIds[at] = id;
  }

  get tagBytesUsed(): number {
    return this.tagUsed;
  }

  commit(raw: RawEntry, words: EntryWords): void {
    const i = this.count;
    if (i >= this.capacity) {
      this.capacity *= 2;
      for (const name of columnNames(this.columns)) lengthen(this.columns, name, this.capacity);
    }
    const c = this.columns;
    c.dumpIds[i] = raw.dumpId;
    c.flags[i] = (raw.hadDumper ? FLAG_DUMPER : 0) | (words.attaches ? FLAG_ATTACHES : 0);
    c.tableOids[i] = raw.tableOid;
    c.oids[i] = raw.oid;
    c.sections[i] = raw.section;
    c.definitionOffsets[i] = raw.definitionOffset;
    c.definitionLengths[i] = raw.definitionLength;
    c.dropLengths[i] = raw.dropLength;
    c.copyLengths[i] = raw.copyLength;
    c.relkinds[i] = raw.relkind;
    c.dataStates[i] = raw.dataState;
    c.dataOffsets[i] = raw.dataOffset;
    c.descs[i] = words.desc;
    c.schemas[i] = words.schema;
    c.owners[i] = words.owner;
    c.tablespaces[i] = words.tablespace;
    c.accessMethods[i] = words.accessMethod;
    c.fileNames[i] = words.fileName;
    this.tagUsed += this.pendingTag;
    c.tagEnds[i] = this.tagUsed;
    this.dependencyCount += this.pendingDependencies;
    c.dependencyEnds[i] = this.dependencyCount;
    this.pendingTag = this.pendingDependencies = 0;
    this.byDumpId = null;
    this.count = i + 1;
  }

  // Reading by index. Callers must not pass an index that is out of range.

  private at(column: keyof Columns, i: number): number {
    if (i < 0 || i >= this.count) throw new RangeError(`no entry ${i} of ${this.count}`);
    return this.columns[column][i]!;
  }

  private text(word: number): string | null {
    if (word < 0) return null;
    const known = this.strings[word];
    if (known !== undefined) return known;
    const raw = this.words.get(word);
    return (this.strings[word] = this.decode(raw, 0, raw.length));
  }

  dumpId(i: number): number {
    return this.at('dumpIds', i);
  }

  hadDumper(i: number): boolean {
    return (this.at('flags', i) & FLAG_DUMPER) !== 0;
  }

  /**
   * Does the definition of a partition attach it to its parent, as pg_dump 13 and older write it?
   * Since 14 a separate entry does that, TABLE ATTACH.
   */
  attachesItself(i: number): boolean {
    return (this.at('flags', i) & FLAG_ATTACHES) !== 0;
  }

  tag(i: number): string {
    const end = this.at('tagEnds', i);
    return this.decode(this.tagBytes, i === 0 ? 0 : this.columns.tagEnds[i - 1]!, end);
  }

  /** A small number that stands for the entry's type. */
  protected descWord(i: number): number {
    return this.at('descs', i);
  }

  protected hasDefinition(i: number): boolean {
    return this.at('definitionLengths', i) > 0;
  }

  desc(i: number): string {
    return this.text(this.at('descs', i)) ?? '';
  }

  schema(i: number): string | null {
    // Depending on the version, "no schema" is NULL or ''.
    const schema = this.text(this.at('schemas', i));
    return schema === '' ? null : schema;
  }

  owner(i: number): string {
    return this.text(this.at('owners', i)) ?? '';
  }

  section(i: number): Section {
    return SECTIONS[this.at('sections', i)] ?? 'none';
  }

  dependencies(i: number): number[] {
    const end = this.at('dependencyEnds', i);
    const start = i === 0 ? 0 : this.columns.dependencyEnds[i - 1]!;
    return Array.from(this.dependencyIds.subarray(start, end));
  }

  definition(i: number): TextSpan | null {
    const length = this.at('definitionLengths', i);
    return length < 0 ? null : { offset: this.at('definitionOffsets', i), length };
  }

  dropStatement(i: number): TextSpan | null {
    const length = this.at('dropLengths', i);
    if (length < 0) return null;
    const before = Math.max(0, this.at('definitionLengths', i));
    return { offset: this.at('definitionOffsets', i) + before + this.textAfter, length };
  }

  copyStatement(i: number): TextSpan | null {
    const length = this.at('copyLengths', i);
    if (length < 0) return null;
    const before =
      Math.max(0, this.at('definitionLengths', i)) + Math.max(0, this.at('dropLengths', i));
    return { offset: this.at('definitionOffsets', i) + before + 2 * this.textAfter, length };
  }

  dataState(i: number): TocEntry['dataState'] {
    const state = this.at('dataStates', i);
    return state === 1 ? 'offsetUnknown' : state === 2 ? 'offsetKnown' : 'none';
  }

  dataOffset(i: number): number | null {
    return this.at('dataStates', i) === 2 ? this.at('dataOffsets', i) : null;
  }

  fileName(i: number): string | null {
    const name = this.text(this.at('fileNames', i));
    return name === '' ? null : name;
  }

  /** Names as stored in the archive, because pg_restore distinguishes NULL from ''. */
  rawNames(i: number): RawNames {
    return {
      schema: this.text(this.at('schemas', i)),
      owner: this.text(this.at('owners', i)),
      tablespace: this.text(this.at('tablespaces', i)),
      accessMethod: this.text(this.at('accessMethods', i)),
    };
  }

  /** `pg_class.relkind` of a relation, since archive version 1.16; null = missing. */
  relkind(i: number): string | null {
    const relkind = this.at('relkinds', i);
    return relkind === 0 ? null : String.fromCharCode(relkind);
  }

  /** All fields of an entry as an object. */
  entry(i: number): TocEntry {
    return {
      dumpId: this.dumpId(i),
      hadDumper: this.hadDumper(i),
      tableOid: this.at('tableOids', i),
      oid: this.at('oids', i),
      tag: this.tag(i),
      desc: this.desc(i),
      section: this.section(i),
      schema: this.schema(i),
      tablespace: this.text(this.at('tablespaces', i)) || null,
      tableAccessMethod: this.text(this.at('accessMethods', i)) || null,
      relkind: this.relkind(i),
      owner: this.owner(i),
      dependencies: this.dependencies(i),
      definition: this.definition(i),
      dropStatement: this.dropStatement(i),
      copyStatement: this.copyStatement(i),
      dataState: this.dataState(i),
      dataOffset: this.dataOffset(i),
      fileName: this.fileName(i),
    };
  }

  /** Index of the entry with this dump id; -1 = none. */
  indexOf(dumpId: number): number {
    this.byDumpId ??= this.indexDumpIds();
    if (this.byDumpId instanceof Map) return this.byDumpId.get(dumpId) ?? -1;
    return (this.byDumpId[dumpId] ?? 0) - 1;
  }

  private indexDumpIds(): Map<number, number> | Int32Array {
    let largest = 0;
    for (let i = 0; i < this.count; i++) largest = Math.max(largest, this.columns.dumpIds[i]!);
    // pg_dump's ids are consecutive; a malicious file can contain any number.
    if (largest <= this.count * 8 + 1024) {
      const table = new Int32Array(largest + 1);
      for (let i = 0; i < this.count; i++) table[this.columns.dumpIds[i]!] = i + 1;
      return table;
    }
    const map = new Map<number, number>();
    for (let i = 0; i < this.count; i++) map.set(this.columns.dumpIds[i]!, i);
    return map;
  }
}
