import { encodingOfSet } from '../bytes/encoding';
import { needMore, type TocCursor } from './tocCursor';
import type { TocHeader } from './tocHeader';
import type { RawEntry, TocStore } from './tocStore';

/** Limit for all names together, which are kept in memory. */
const MAX_NAME_BYTES = 1 << 30;

type Stage = 'names' | 'definition' | 'drop' | 'copy' | 'rest';

/**
 * Called for an entry's file name with the offsets in the file of its length field and of its end.
 * In a custom archive, the offset of the entry's data is there instead.
 */
export type FileNameListener = (start: number, end: number) => void;

/**
 * Parses entries from the cursor's window into the store. An entry is read in stages; if the window
 * ends within a stage, that stage is repeated from its beginning. Texts between stages are skipped
 * without being read, even beyond the window.
 */
export class TocParser {
  private stage: Stage = 'names';
  private desc = 0;
  private attaches = false;
  private isTable = false;
  private readonly tableWords = new Set<number>();
  private encodingWord: number;
  private readonly raw: RawEntry = {
    dumpId: 0,
    hadDumper: false,
    tableOid: 0,
    oid: 0,
    section: 0,
    definitionOffset: 0,
    definitionLength: -1,
    dropLength: -1,
    copyLength: -1,
    relkind: 0,
    dataState: 3,
    dataOffset: 0,
  };

  /** The dump's client encoding, once the ENCODING entry has been read. */
  encoding: string | null = null;
  private tagBytes = 0;

  constructor(
    private readonly cursor: TocCursor,
    private readonly store: TocStore,
    private readonly header: TocHeader,
    private readonly onFileName?: FileNameListener,
  ) {
    const word = (text: string): number => {
      const bytes = Buffer.from(text);
      return store.word(bytes, 0, bytes.length);
    };
    this.encodingWord = word('ENCODING');
    this.tableWords.add(word('TABLE'));
  }

  /** Parses the window; returns true after the last entry. */
  run(): boolean {
    const { cursor, store, header } = this;
    while (store.count < header.tocCount) {
      const start = cursor.pos;
      try {
        this.step();
      } catch (error) {
        if (error !== needMore) throw error;
        cursor.pos = start;
        return false;
      }
    }
    return true;
  }

  private step(): void {
    switch (this.stage) {
      case 'names':
        this.readNames();
        this.stage = 'definition';
        return;
      case 'definition':
        this.readDefinition();
        this.stage = 'drop';
        return;
      case 'drop':
        this.raw.dropLength = this.skipText('drop statement');
        this.stage = 'copy';
        return;
      case 'copy':
        this.raw.copyLength = this.skipText('COPY statement');
        this.stage = 'rest';
        return;
      case 'rest':
        this.readRest();
        this.stage = 'names';
        return;
    }
  }

  /** Builds `reading` only for an error, because building it costs more than parsing. */
  private what(field: string): void {
    this.cursor.reading = field;
  }

  private readNames(): void {
    const { cursor, store, raw } = this;
    this.what('dump id');
    raw.dumpId = cursor.int();
    if (raw.dumpId <= 0) throw cursor.damage(cursor.base + cursor.pos - cursor.intSize - 1);
    this.what('data flag');
    raw.hadDumper = cursor.int() !== 0;
    this.what('oid of catalog');
    raw.tableOid = Math.max(0, cursor.digits());
    this.what('oid');
    raw.oid = Math.max(0, cursor.digits());
    this.what('tag');
    cursor.name();
    store.setTag(cursor.window, cursor.start, cursor.end);
    this.tagBytes = cursor.start < 0 ? 0 : cursor.end - cursor.start;
    if (store.tagBytesUsed + this.tagBytes > MAX_NAME_BYTES) throw cursor.damage();
    this.what('type');
    cursor.name();
    if (cursor.start < 0) throw cursor.damage();
    this.desc = store.word(cursor.window, cursor.start, cursor.end);
    this.isTable = this.tableWords.has(this.desc);
    this.what('section');
    raw.section = cursor.int();
    if (raw.section < 1 || raw.section > 4) {
      throw cursor.damage(cursor.base + cursor.pos - cursor.intSize - 1);
    }
    this.attaches = false;
  }

  private readDefinition(): void {
    const { cursor, raw } = this;
    this.what('definition');
    const length = cursor.stringLength();
    raw.definitionLength = length;
    raw.definitionOffset = cursor.base + cursor.pos;
    if (length <= 0) return;
    const inWindow = cursor.pos + length <= cursor.window.length;
    if (this.desc === this.encodingWord) {
      if (!inWindow && length < 1024) throw needMore;
      const text = cursor.window.toString('utf8', cursor.pos, cursor.pos + Math.min(length, 1024));
      this.encoding = encodingOfSet(text) ?? this.encoding;
      this.store.setEncoding(this.encoding);
    } else if (this.isTable && this.header.minor < 15 && length < 1 << 16) {
      if (!inWindow) throw needMore;
      const definition = cursor.window.subarray(cursor.pos, cursor.pos + length);
      this.attaches = definition.includes(' ATTACH PARTITION ');
    }
    cursor.pos += length;
  }

  private skipText(field: string): number {
    const { cursor } = this;
    this.what(field);
    const length = cursor.stringLength();
    if (length > 0) cursor.pos += length;
    return length;
  }

  private word(field: string): number {
    const { cursor } = this;
    this.what(field);
    cursor.name();
    return this.store.word(cursor.window, cursor.start, cursor.end);
  }

  private readRest(): void {
    const { cursor, store, raw, header } = this;
    const schema = this.word('schema');
    const tablespace = this.word('tablespace');
    const accessMethod = header.minor >= 14 ? this.word('access method') : -1;
    raw.relkind = 0;
    if (header.minor >= 16) {
      this.what('relation kind');
      raw.relkind = cursor.int();
    }
    const owner = this.word('owner');
    this.what('flag WITH OIDS');
    cursor.name();
    this.what('dependencies');
    store.clearDependencies();
    for (;;) {
      const id = cursor.digits();
      if (id < 0) break;
      if (id > 0x7fffffff) throw cursor.damage();
      store.addDependency(id);
    }
    let fileName = -1;
    if (header.format === 'custom') {
      const start = cursor.base + cursor.pos;
      this.what('data state');
      raw.dataState = cursor.byte();
      // Versions before 1.7 wrote 0 for an unknown state.
      if (raw.dataState < 1 || raw.dataState > 3) {
        throw cursor.damage(cursor.base + cursor.pos - 1);
      }
      this.what('data offset');
      raw.dataOffset = cursor.offset();
      this.onFileName?.(start, cursor.base + cursor.pos);
    } else {
      const start = cursor.base + cursor.pos;
      fileName = this.word('file name');
      this.onFileName?.(start, cursor.base + cursor.pos);
      raw.dataState = cursor.end > cursor.start ? 1 : 3;
      raw.dataOffset = 0;
    }
    const { desc, attaches } = this;
    store.commit(raw, { desc, schema, tablespace, accessMethod, owner, fileName, attaches });
  }
}
