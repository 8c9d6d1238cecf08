import { openFileSource, readBytes, type ByteSource } from '../bytes/byteSource';
import { decoderOf } from '../bytes/encoding';
import type { TocHeader } from './tocHeader';
import { TocStore } from './tocStore';
import type { TextSpan, TocEntry } from '../../model/archive';
import { entryType } from '../../model/entryTypes';

/** Where reading the table of contents failed. */
export interface TocDamageInfo {
  /** Offset in `Toc.file`. */
  offset: number;
  /** The item that was being read, e.g. `tag of entry 12`. */
  reading: string;
}

type Listing = 'never' | 'attribute' | 'always';

function listingOf(desc: string): Listing {
  const type = entryType(desc);
  if (type.class === 'setting' || type.class === 'database') return 'never';
  return type.tag === 'object' ? 'attribute' : 'always';
}

/** The table of contents of an archive, as far as it could be read. */
export class Toc extends TocStore {
  /** Set by the reader when the table of contents ends early. */
  damage: TocDamageInfo | null = null;
  /** The dump's client encoding; null = unknown. */
  encoding: string | null = null;
  /** End of the table of contents in `file`; in a custom archive, the data begin here. */
  endOffset = 0;

  constructor(
    /** Path of the archive: a file or a directory. */
    readonly path: string,
    /** Path of the file that text spans refer to: the archive itself, or the directory's toc.dat. */
    readonly file: string,
    readonly header: TocHeader,
    /** Sizes in bytes of this archive's ints and offsets. */
    readonly sizes: { int: number; offset: number },
  ) {
    super(sizes.int);
  }

  /** How entries of a type are listed, by the type's number; computed once per type. */
  private readonly listing: Listing[] = [];

  /**
   * Does `pg_restore -l` without further options list the entry? It does not list entries that are
   * not objects (the encoding, …), those that only `--create` restores (the database and its
   * properties), and entries without definition and data.
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

  /** Does the archive contain data of the entry? */
  hasData(i: number): boolean {
    return this.hadDumper(i) && this.dataState(i) !== 'none';
  }

  /** Indexes of the entries that have data, in the archive's order. */
  withData(): number[] {
    const indexes: number[] = [];
    for (let i = 0; i < this.count; i++) if (this.hasData(i)) indexes.push(i);
    return indexes;
  }

  /** All entries as objects; takes much memory for archives with 100,000 entries. */
  entries(): TocEntry[] {
    return Array.from({ length: this.count }, (_, i) => this.entry(i));
  }

  /** Reads one text (a definition, DROP or COPY statement) from the file. */
  async readText(span: TextSpan): Promise<string> {
    const source = await openFileSource(this.file);
    try {
      return await readSpan(source, span, this.encoding);
    } finally {
      await source.close();
    }
  }
}

/** Maximum size of a text that is read into memory. */
const MAX_TEXT_LENGTH = 64 << 20;

/** Reads a text of the table of contents, up to 64 MB of it. */
export async function readSpan(
  source: ByteSource,
  span: TextSpan,
  encoding: string | null,
): Promise<string> {
  const bytes = await readBytes(source, span.offset, Math.min(span.length, MAX_TEXT_LENGTH));
  return decoderOf(encoding)(bytes, 0, bytes.length);
}
