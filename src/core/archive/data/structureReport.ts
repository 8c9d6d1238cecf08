/** Something that an archive should contain and does not. */
export interface StructureProblem {
  kind:
    /** No data for an entry that should have some. */
    | 'missingData'
    /** The data of an entry end early. */
    | 'truncatedData'
    /** Bytes that make no sense at their place. */
    | 'damaged'
    /** The end of the archive is not there. */
    | 'noEnd'
    /** The table of contents itself ends early. */
    | 'damagedToc';
  /** The entry concerned, where it is known. */
  dumpId: number | null;
  /** Bytes, in the archive or in the member concerned. */
  offset: number | null;
  /** Name of a member, or what was being read. */
  what: string;
}

export interface StructureReport {
  /** At most 1000 of them. */
  problems: StructureProblem[];
  /** Is the archive whole? null where not everything was read. */
  complete: boolean | null;
  /**
   * Stored (compressed) bytes of data by dump id, where the archive has them; for truncated data,
   * the bytes that are there.
   */
  dataSizes: Map<number, number>;
  /** Dump ids of entries whose data are missing or cut. */
  cut: ReadonlySet<number>;
  /** Sum over all files of a directory archive. */
  totalBytes?: number;
}

/** Collects problems, and keeps a limited number of them. */
export class ProblemList {
  readonly items: StructureProblem[] = [];
  count = 0;
  /** Dump ids of entries whose data are missing or end early. */
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
   * Walk every data block of a custom archive, however large it is (without it, of one with more than
   * 16 MB of data only the last block is read), and read the members of a directory to their ends.
   */
  full?: boolean | undefined;
  /**
   * With `full`: unpack the gzip members of a directory too. pg_restore itself detects a cut one,
   * so a restore does not read them twice.
   */
  gzip?: boolean | undefined;
  /**
   * pg_dump or pg_dumpall has just written it: a script without their marks is damaged, not
   * foreign.
   */
  written?: boolean | undefined;
}
