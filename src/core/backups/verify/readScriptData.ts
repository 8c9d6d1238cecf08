import { decompressed } from '../../archive/compression/decompress';
import { scanScript } from '../../archive/script/plainScan';
import type { ScriptEntry } from '../../archive/script/scriptTypes';
import { CooperativeLoop } from '../../cooperativeLoop';
import type { FileKind } from '../../model/archive';
import { AppError } from '../../errors';
import type { VerifyProblems } from '../manifest/problems';
import { noCounts, type DataCounts, type ReadDataOptions } from './dataCounts';
import { isUtf8, RowChecker } from './rowChecker';
import { tableKey } from '../manifest/tableKey';

/**
 * Reads a script to its end, checks its end mark, and counts the rows of its COPY commands.
 * @throws AppError `inputMissing`, `inputUnreadable`, `cancelled`
 */
export async function readScriptData(
  path: string,
  { compression, encoding }: Extract<FileKind, { kind: 'plain' }>,
  problems: VerifyProblems,
  options: ReadDataOptions,
): Promise<DataCounts> {
  const counts = noCounts();
  const from = { compression, encoding, signal: options.signal };
  try {
    // The script is read twice: for its entries and where they are, then for the rows.
    let size = 0;
    const scan = await scanScript(path, {
      ...from,
      onProgress: (bytes, total) => options.onProgress?.(bytes, 2 * (size = total)),
    });
    if (scan.complete === false) problems.add('noEnd', null, 'end of the script', scan.size);
    counts.largeObjects = scan.figures.largeObjects;
    const tables = scan.entries
      .filter((entry) => entry.desc === 'TABLE DATA')
      .sort((a, b) => a.start - b.start);
    for (const entry of tables) if (entry.dataStart === 0) counts.rows.set(keyOf(entry), null);
    const copied = tables.filter((entry) => entry.dataStart > 0);
    const rows = new CopiedRows(copied, isUtf8(scan.encoding), counts, problems);
    if (rows.complete) return counts;
    const onRead = (bytes: number): void => options.onProgress?.(size + bytes, 2 * size);
    const loop = new CooperativeLoop(options.signal);
    for await (const piece of decompressed(path, compression, { ...from, onRead })) {
      rows.push(piece);
      if (loop.shouldYield) await loop.yield();
      if (rows.complete) break;
    }
  } catch (error) {
    if (!AppError.is(error, 'archiveDamaged')) throw error;
    problems.add('damaged', null, error.details.reading, error.details.offset);
  }
  return counts;
}

/** Databases of a pg_dumpall script can share table names, and then share this key. */
function keyOf(entry: ScriptEntry): string {
  return tableKey(entry.schema ?? '', entry.tag);
}

/** Checks the rows of a script's COPY commands, piece by piece of the script. */
class CopiedRows {
  /** Offset of the next piece. */
  private at = 0;
  /** Index of the table whose rows are next. */
  private next = 0;
  private checker: RowChecker;

  constructor(
    /** In the order of the script. */
    private readonly tables: readonly ScriptEntry[],
    private readonly utf8: boolean,
    private readonly counts: DataCounts,
    private readonly problems: VerifyProblems,
  ) {
    this.checker = new RowChecker(null, utf8);
  }

  /** True when all rows have been read. */
  get complete(): boolean {
    return this.next >= this.tables.length;
  }

  push(piece: Buffer): void {
    const { at } = this;
    for (;;) {
      const entry = this.tables[this.next];
      if (entry === undefined || entry.dataStart >= at + piece.length) break;
      const start = Math.max(0, entry.dataStart - at);
      const end = Math.min(piece.length, entry.dataEnd - at);
      this.counts.rowBytes += end - start;
      if (end > start) this.checker.push(piece.subarray(start, end));
      if (entry.dataEnd > at + piece.length) break;
      this.finish(entry);
    }
    this.at += piece.length;
  }

  private finish(entry: ScriptEntry): void {
    const { checker } = this;
    // The range ends where the end mark's line begins.
    checker.push(Buffer.from('\\.\n'));
    checker.end();
    this.counts.rows.set(keyOf(entry), checker.rows);
    const { problem } = checker;
    if (problem !== null) {
      const name = `${entry.schema ?? ''}.${entry.tag}`;
      this.problems.add('badRow', name, problem.what, entry.dataStart + problem.offset);
    }
    this.checker = new RowChecker(null, this.utf8);
    this.next++;
  }
}
