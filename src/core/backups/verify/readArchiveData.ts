import { DecodeError } from '../../archive/bytes/byteQueue';
import { openFileSource, type ByteSource } from '../../archive/bytes/byteSource';
import { storedData, unpackStored, type StoredData } from '../../archive/data/storedData';
import { holdsAll, LargeObjectSum, largeObjectsOfToc } from '../../archive/data/largeObjectSum';
import { parseCopy } from '../../archive/rows/copyText';
import { CooperativeLoop } from '../../cooperativeLoop';
import { readSpan, type Toc } from '../../archive/toc/toc';
import { TocDamage } from '../../archive/toc/tocCursor';
import type { VerifyProblems } from '../manifest/problems';
import { noCounts, type DataCounts, type ReadDataOptions } from './dataCounts';
import { isUtf8, RowChecker } from './rowChecker';
import { tableKey } from '../manifest/tableKey';

/**
 * Reads and unpacks every byte of an archive's data, and checks whether COPY would accept the rows.
 * Running pg_restore is not enough: it accepts several kinds of truncated data (lz4 and zstd members
 * in 16 to 18, empty gzip members in all versions, uncompressed members that end after a row).
 * @throws AppError `inputMissing`, `inputUnreadable`, `cancelled`
 */
export async function readArchiveData(
  toc: Toc,
  problems: VerifyProblems,
  options: ReadDataOptions,
): Promise<DataCounts> {
  const texts = await openFileSource(toc.file);
  const reader = new ArchiveDataReader(toc, texts, problems, options);
  try {
    await reader.readAll();
  } catch (error) {
    if (!(error instanceof TocDamage)) throw error;
    problems.add('damaged', null, error.reading, error.offset);
  } finally {
    await texts.close();
  }
  return reader.counts;
}

class ArchiveDataReader {
  readonly counts = noCounts();
  private readonly loop: CooperativeLoop;
  private readonly held = new LargeObjectSum();

  constructor(
    private readonly toc: Toc,
    /** The file with the archive's table of contents, for the texts of its statements. */
    private readonly texts: ByteSource,
    private readonly problems: VerifyProblems,
    private readonly options: ReadDataOptions,
  ) {
    this.loop = new CooperativeLoop(options.signal);
  }

  async readAll(): Promise<void> {
    const { toc, options } = this;
    let bytes = 0;
    const data = storedData(toc, {
      signal: options.signal,
      onRead: (some) => options.onProgress?.((bytes += some)),
      onMissing: (_index, name) => this.problems.add('missing', name, 'data'),
    });
    for await (const each of data) {
      if (each.largeObject) {
        this.counts.largeObjects++;
        this.held.add(each.oid ?? 0);
        await this.unpack(each, each.file);
      } else if (each.index >= 0 && toc.desc(each.index) === 'TABLE DATA') {
        await this.readTable(each);
      } else {
        const judge = each.index < 0 ? null : options.statements?.of(toc, each.index);
        await this.unpack(each, each.file, judge ?? undefined);
        judge?.(null);
      }
    }
    await this.compareLargeObjects();
  }

  /** Does the archive hold all large objects that the table of contents names? */
  private async compareLargeObjects(): Promise<void> {
    const { toc, held, loop, texts } = this;
    if (held.count === 0) return;
    const promised = await largeObjectsOfToc(toc, { loop, source: texts });
    if (holdsAll(promised, held) === false) {
      this.problems.add('missing', 'LARGE OBJECTS', `${promised.count} → ${held.count}`);
    }
  }

  private async readTable(data: StoredData): Promise<void> {
    const { toc, counts, problems, options } = this;
    const schema = toc.schema(data.index) ?? '';
    const name = toc.tag(data.index);
    const shown = `${schema}.${name}`;
    options.onTable?.(shown);
    const span = toc.copyStatement(data.index);
    const statement =
      span === null || span.length === 0 ? '' : await readSpan(this.texts, span, toc.encoding);
    const copy = statement === '' ? null : parseCopy(statement);
    // pg_dump never writes COPY's other formats.
    const isCopy = copy !== null && !copy.options;
    const checker = new RowChecker(
      copy?.columns?.length ?? (isCopy ? 0 : null),
      isUtf8(toc.encoding),
    );
    let last: Buffer = Buffer.alloc(0);
    const judge = options.statements?.of(toc, data.index);
    const whole = await this.unpack(data, shown, (piece) => {
      counts.rowBytes += piece.length;
      judge?.(piece);
      if (isCopy) checker.push(piece);
      else last = Buffer.from(Buffer.concat([last, piece]).subarray(-2));
    });
    judge?.(null);
    counts.rows.set(tableKey(schema, name), isCopy ? checker.rows : null);
    if (!whole) return;
    if (isCopy) {
      checker.end();
      const { problem } = checker;
      if (problem !== null) problems.add('badRow', shown, problem.what, problem.offset);
    } else if (last.toString('latin1') !== '\n\n') {
      problems.add('truncated', shown, 'the end of the rows is missing');
    }
  }

  /** Unpacks all data of one entry; false when they are damaged. */
  private async unpack(
    data: StoredData,
    object: string,
    take?: (piece: Buffer) => void,
  ): Promise<boolean> {
    const { loop, options } = this;
    try {
      for await (const piece of unpackStored(data, options.signal)) {
        take?.(piece);
        if (loop.shouldYield) await loop.yield();
      }
      return true;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const { reading, offset } = error;
      this.problems.add('damaged', object, `${data.file}: ${reading}`, data.offset + offset);
      return false;
    }
  }
}
