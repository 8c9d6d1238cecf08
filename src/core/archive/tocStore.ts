import { ByteInterner } from './byteInterner';
import { decoderOf, type TextDecode } from './encoding';
import type { Section, TextSpan, TocEntry } from './types';

/** What the parser collects of one entry before it is whole; texts are offsets into the file. */
export interface RawEntry {
  dumpId: number;
  hadDumper: boolean;
  tableOid: number;
  oid: number;
  section: number;
  /** Lengths of definition, drop and COPY statement, -1 for NULL; they follow each other. */
  definitionOffset: number;
  definitionLength: number;
  dropLength: number;
  copyLength: number;
  relkind: number;
  /** Custom: 1 offset not set, 2 set, 3 no data. Directory and tar: 3 without a file. */
  dataState: number;
  dataOffset: number;
}

const sections: readonly Section[] = ['none', 'none', 'preData', 'data', 'postData'];

/** A column of numbers that grows. */
class Column<T extends Uint8Array | Int32Array | Uint32Array | Float64Array> {
  constructor(
    private readonly make: (length: number) => T,
    public data: T = make(256),
  ) {}

  set(index: number, value: number): void {
    if (index >= this.data.length) {
      const grown = this.make(this.data.length * 2);
      grown.set(this.data);
      this.data = grown;
    }
    this.data[index] = value;
  }
}

const bytes = (n: number): Uint8Array => new Uint8Array(n);
const ints = (n: number): Int32Array => new Int32Array(n);
const uints = (n: number): Uint32Array => new Uint32Array(n);
const doubles = (n: number): Float64Array => new Float64Array(n);

const flagDumper = 1;
const flagAttaches = 2;

/**
 * The entries of a table of contents by column: some 75 bytes an entry beside its names, and no
 * object or string until one is asked for. Indexes run from 0 in the archive's order.
 */
export class TocStore {
  count = 0;
  private readonly dumpIds = new Column(ints);
  private readonly flags = new Column(bytes);
  private readonly tableOids = new Column(uints);
  private readonly oids = new Column(uints);
  private readonly sections = new Column(bytes);
  private readonly definitionOffsets = new Column(doubles);
  private readonly definitionLengths = new Column(ints);
  private readonly dropLengths = new Column(ints);
  private readonly copyLengths = new Column(ints);
  private readonly relkinds = new Column(bytes);
  private readonly dataStates = new Column(bytes);
  private readonly dataOffsets = new Column(doubles);
  private readonly descs = new Column(ints);
  private readonly schemas = new Column(ints);
  private readonly owners = new Column(ints);
  private readonly tablespaces = new Column(ints);
  private readonly accessMethods = new Column(ints);
  private readonly fileNames = new Column(ints);
  private readonly tagEnds = new Column(uints);
  private readonly dependencyEnds = new Column(uints);
  private readonly dependencyIds = new Column(ints);
  private dependencyCount = 0;
  /** Dependencies of the entry being collected, dropped when it is parsed again. */
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

  /** From here on names are decoded so; set as soon as the ENCODING entry is read. */
  setEncoding(encoding: string | null): void {
    this.decode = decoderOf(encoding);
    this.strings = [];
  }

  // Collecting: the parser calls these in the order of the fields, then `commit`.

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
    this.dependencyIds.set(this.dependencyCount + this.pendingDependencies++, id);
  }

  get tagBytesUsed(): number {
    return this.tagUsed;
  }

  commit(
    raw: RawEntry,
    desc: number,
    schema: number,
    tablespace: number,
    accessMethod: number,
    owner: number,
    fileName: number,
    attaches: boolean,
  ): void {
    const i = this.count;
    this.dumpIds.set(i, raw.dumpId);
    this.flags.set(i, (raw.hadDumper ? flagDumper : 0) | (attaches ? flagAttaches : 0));
    this.tableOids.set(i, raw.tableOid);
    this.oids.set(i, raw.oid);
    this.sections.set(i, raw.section);
    this.definitionOffsets.set(i, raw.definitionOffset);
    this.definitionLengths.set(i, raw.definitionLength);
    this.dropLengths.set(i, raw.dropLength);
    this.copyLengths.set(i, raw.copyLength);
    this.relkinds.set(i, raw.relkind);
    this.dataStates.set(i, raw.dataState);
    this.dataOffsets.set(i, raw.dataOffset);
    this.descs.set(i, desc);
    this.schemas.set(i, schema);
    this.owners.set(i, owner);
    this.tablespaces.set(i, tablespace);
    this.accessMethods.set(i, accessMethod);
    this.fileNames.set(i, fileName);
    this.tagUsed += this.pendingTag;
    this.tagEnds.set(i, this.tagUsed);
    this.dependencyCount += this.pendingDependencies;
    this.dependencyEnds.set(i, this.dependencyCount);
    this.pendingTag = this.pendingDependencies = 0;
    this.byDumpId = null;
    this.count = i + 1;
  }

  // Reading, by index. An index out of range is a programming error.

  private at(column: { data: ArrayLike<number> }, i: number): number {
    if (i < 0 || i >= this.count) throw new RangeError(`no entry ${i} of ${this.count}`);
    return column.data[i]!;
  }

  private text(word: number): string | null {
    if (word < 0) return null;
    const known = this.strings[word];
    if (known !== undefined) return known;
    const raw = this.words.get(word);
    return (this.strings[word] = this.decode(raw, 0, raw.length));
  }

  dumpId(i: number): number {
    return this.at(this.dumpIds, i);
  }

  hadDumper(i: number): boolean {
    return (this.at(this.flags, i) & flagDumper) !== 0;
  }

  /**
   * A partition whose own definition attaches it to its parent, as pg_dump 13 and older write it;
   * from 14 on that is an entry of its own, TABLE ATTACH.
   */
  attachesItself(i: number): boolean {
    return (this.at(this.flags, i) & flagAttaches) !== 0;
  }

  tag(i: number): string {
    const end = this.at(this.tagEnds, i);
    return this.decode(this.tagBytes, i === 0 ? 0 : this.tagEnds.data[i - 1]!, end);
  }

  desc(i: number): string {
    return this.text(this.at(this.descs, i)) ?? '';
  }

  schema(i: number): string | null {
    // No schema is written as NULL by some versions and as '' by others.
    const schema = this.text(this.at(this.schemas, i));
    return schema === '' ? null : schema;
  }

  owner(i: number): string {
    return this.text(this.at(this.owners, i)) ?? '';
  }

  section(i: number): Section {
    return sections[this.at(this.sections, i)] ?? 'none';
  }

  dependencies(i: number): number[] {
    const end = this.at(this.dependencyEnds, i);
    const start = i === 0 ? 0 : this.dependencyEnds.data[i - 1]!;
    return Array.from(this.dependencyIds.data.subarray(start, end));
  }

  definition(i: number): TextSpan | null {
    const length = this.at(this.definitionLengths, i);
    return length < 0 ? null : { offset: this.at(this.definitionOffsets, i), length };
  }

  dropStatement(i: number): TextSpan | null {
    const length = this.at(this.dropLengths, i);
    if (length < 0) return null;
    const before = Math.max(0, this.at(this.definitionLengths, i));
    return { offset: this.at(this.definitionOffsets, i) + before + this.textAfter, length };
  }

  copyStatement(i: number): TextSpan | null {
    const length = this.at(this.copyLengths, i);
    if (length < 0) return null;
    const before =
      Math.max(0, this.at(this.definitionLengths, i)) + Math.max(0, this.at(this.dropLengths, i));
    return { offset: this.at(this.definitionOffsets, i) + before + 2 * this.textAfter, length };
  }

  dataState(i: number): TocEntry['dataState'] {
    const state = this.at(this.dataStates, i);
    return state === 1 ? 'offsetUnknown' : state === 2 ? 'offsetKnown' : 'none';
  }

  dataOffset(i: number): number | null {
    return this.at(this.dataStates, i) === 2 ? this.at(this.dataOffsets, i) : null;
  }

  fileName(i: number): string | null {
    const name = this.text(this.at(this.fileNames, i));
    return name === '' ? null : name;
  }

  /** Everything of one entry as an object. */
  entry(i: number): TocEntry {
    const relkind = this.at(this.relkinds, i);
    return {
      dumpId: this.dumpId(i),
      hadDumper: this.hadDumper(i),
      tableOid: this.at(this.tableOids, i),
      oid: this.at(this.oids, i),
      tag: this.tag(i),
      desc: this.desc(i),
      section: this.section(i),
      schema: this.schema(i),
      tablespace: this.text(this.at(this.tablespaces, i)) || null,
      tableAccessMethod: this.text(this.at(this.accessMethods, i)) || null,
      relkind: relkind === 0 ? null : String.fromCharCode(relkind),
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

  /** Index of the entry with this dump id, -1 if there is none. */
  indexOf(dumpId: number): number {
    this.byDumpId ??= this.indexDumpIds();
    if (this.byDumpId instanceof Map) return this.byDumpId.get(dumpId) ?? -1;
    return (this.byDumpId[dumpId] ?? 0) - 1;
  }

  private indexDumpIds(): Map<number, number> | Int32Array {
    let largest = 0;
    for (let i = 0; i < this.count; i++) largest = Math.max(largest, this.dumpIds.data[i]!);
    // pg_dump numbers densely; a hostile file need not.
    if (largest <= this.count * 8 + 1024) {
      const table = new Int32Array(largest + 1);
      for (let i = 0; i < this.count; i++) table[this.dumpIds.data[i]!] = i + 1;
      return table;
    }
    const map = new Map<number, number>();
    for (let i = 0; i < this.count; i++) map.set(this.dumpIds.data[i]!, i);
    return map;
  }
}
