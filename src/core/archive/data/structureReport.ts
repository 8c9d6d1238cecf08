/** Something an archive should have and has not. */
export interface StructureProblem {
  kind:
    /** No data for an entry that should have some. */
    | 'missingData'
    /** The data of an entry end early. */
    | 'truncatedData'
    /** Bytes that cannot be where they are. */
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
  /** Whether the archive is whole; null where finding out would have taken too long. */
  complete: boolean | null;
  /** Stored (compressed) bytes of data by dump id, of those entries for which the archive tells. */
  dataSizes: Map<number, number>;
  /** Of all files of a directory archive together. */
  totalBytes?: number;
}

/** Collects problems without growing for ever on a file that is all wrong. */
export class ProblemList {
  readonly items: StructureProblem[] = [];
  count = 0;

  add(
    kind: StructureProblem['kind'],
    what: string,
    dumpId: number | null = null,
    offset: number | null = null,
  ): void {
    if (this.count++ < 1000) this.items.push({ kind, what, dumpId, offset });
  }
}

export interface CheckOptions {
  signal?: AbortSignal | undefined;
  /**
   * Walk every data block of a custom archive, however large it is. Without it, one with more than
   * 16 MB of data is judged by its last block.
   */
  full?: boolean | undefined;
  /**
   * pg_dump or pg_dumpall has just written it: a script without their marks is a damaged one, not
   * somebody else's.
   */
  written?: boolean | undefined;
}
