import { openFileSource, readBytes, type ByteSource } from '../bytes/byteSource';
import { decoderOf } from '../bytes/encoding';
import type { TocHeader } from './tocHeader';
import { TocStore } from './tocStore';
import type { TextSpan, TocEntry } from '../../model/archive';
import { entryType } from '../../model/entryTypes';

/** From where on the table of contents could not be read, and what was being read there. */
export interface TocDamageInfo {
  /** Bytes, in `Toc.file`. */
  offset: number;
  /** e.g. `tag of entry 12`. */
  reading: string;
}

type Listing = 'never' | 'attribute' | 'always';

function listingOf(desc: string): Listing {
  const type = entryType(desc);
  if (type.class === 'setting' || type.class === 'database') return 'never';
  return type.tag === 'object' ? 'attribute' : 'always';
}

/** The table of contents of one archive, as far as it could be read. */
export class Toc extends TocStore {
  /** Set by the reader when the table of contents ends early. */
  damage: TocDamageInfo | null = null;
  /** The dump's client encoding; null where unknown. */
  encoding: string | null = null;
  /** Where the table of contents ends in `file`: in a custom archive the data begin here. */
  endOffset = 0;

  constructor(
    /** The archive: a file, or the directory. */
    readonly path: string,
    /** The file whose bytes the text spans count: the archive itself, or the directory's toc.dat. */
    readonly file: string,
    readonly header: TocHeader,
    /** Sizes of this archive's ints and offsets, for its data blocks. */
    readonly sizes: { int: number; offset: number },
  ) {
    super(sizes.int);
  }

  /** How a type of entry is listed, by its word in the store: looked up once for all its entries. */
  private readonly listing: Listing[] = [];

  /**
   * Whether `pg_restore -l` without options lists the entry: it leaves out what is not an object
   * (the encoding, …), what only `--create` restores (the database and its properties), and entries
   * with neither a definition nor data.
   */
  isListed(i: number): boolean {
    const listing = (this.listing[this.descWord(i)] ??= listingOf(this.desc(i)));
    if (listing === 'never') return false;
    if (listing === 'attribute' && this.tag(i).startsWith('DATABASE ')) return false;
    return this.hadDumper(i) || this.hasDefinition(i);
  }

  /** Indexes of the listed entries, in the archive's order. */
  listed(): number[] {
    const indexes: number[] = [];
    for (let i = 0; i < this.count; i++) if (this.isListed(i)) indexes.push(i);
    return indexes;
  }

  /** Does the archive hold data of the entry? */
  hasData(i: number): boolean {
    return this.hadDumper(i) && this.dataState(i) !== 'none';
  }

  /** Indexes of the entries that have data, in the archive's order. */
  withData(): number[] {
    const indexes: number[] = [];
    for (let i = 0; i < this.count; i++) if (this.hasData(i)) indexes.push(i);
    return indexes;
  }

  /** All entries as objects: convenient, and heavy on archives with 100,000 of them. */
  entries(): TocEntry[] {
    return Array.from({ length: this.count }, (_, i) => this.entry(i));
  }

  /** Reads one text (definition, drop or COPY statement) from the file. */
  async readText(span: TextSpan): Promise<string> {
    const source = await openFileSource(this.file);
    try {
      return await readSpan(source, span, this.encoding);
    } finally {
      await source.close();
    }
  }
}

/** Longest text that is read into memory at once. */
const MAX_TEXT_LENGTH = 64 << 20;

/** Reads a text of the table of contents on demand, at most 64 MB of it. */
export async function readSpan(
  source: ByteSource,
  span: TextSpan,
  encoding: string | null,
): Promise<string> {
  const bytes = await readBytes(source, span.offset, Math.min(span.length, MAX_TEXT_LENGTH));
  return decoderOf(encoding)(bytes, 0, bytes.length);
}
