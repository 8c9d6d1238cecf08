/** A problem in an archive: something is missing or damaged. */
export interface StructureProblem {
  kind:
    /** No data for an entry that should have some. */
    | 'missingData'
    /** An entry's data are truncated. */
    | 'truncatedData'
    /** Bytes are invalid at their place. */
    | 'damaged'
    /** The archive's end mark is missing. */
    | 'noEnd'
    /** The table of contents itself is truncated. */
    | 'damagedToc';
  /** Dump id of the entry, where known. */
  dumpId: number | null;
  /** Offset in bytes, in the archive or in the member. */
  offset: number | null;
  /** Name of a member, or of what was being read. */
  what: string;
}

export interface StructureReport {
  /** The first 1000 problems. */
  problems: StructureProblem[];
  /** Is the archive complete? null = not everything was read. */
  complete: boolean | null;
  /**
   * Stored (compressed) bytes of data by dump id, where known; for truncated data, the bytes that
   * exist.
   */
  dataSizes: Map<number, number>;
  /** Dump ids of entries whose data are missing or truncated. */
  cut: ReadonlySet<number>;
  /** Size of all files of a directory archive. */
  totalBytes?: number;
}

/** Collects problems up to a limit, and counts all of them. */
export class ProblemList {
  readonly items: StructureProblem[] = [];
  count = 0;
  /** Dump ids of entries whose data are missing or truncated. */
  readonly cut = new Set<number>();

  add(
    kind: StructureProblem['kind'],
    what: string,
    dumpId: number | null = null,
    offset: number | null = null,
  ): void {
    if (dumpId !== null && (kind === 'missingData' || kind === 'truncatedData')) {
      this.cut.add(dumpId);
    }
    if (this.count++ < 1000) this.items.push({ kind, what, dumpId, offset });
  }
}

export interface CheckOptions {
  signal?: AbortSignal | undefined;
  /**
   * Walk every data block of a custom archive (otherwise, above 16 MB of data, only the last one),
   * and read the members of a directory archive to their ends.
   */
  full?: boolean | undefined;
  /**
   * With `full`: also unpack the gzip members of a directory archive. pg_restore itself detects
   * truncated ones, so a check before a restore need not read them.
   */
  gzip?: boolean | undefined;
  /**
   * With `full`: of zstd and lz4 members, whose ends their blocks tell, nothing is unpacked. As with
   * gzip, pg_restore itself tells what is damaged within them.
   */
  walks?: boolean | undefined;
  /**
   * pg_dump or pg_dumpall has just written the file: a script without their marks is then damaged
   * rather than written by another program.
   */
  written?: boolean | undefined;
}
