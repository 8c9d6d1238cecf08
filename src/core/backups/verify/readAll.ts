import { DecodeError } from '../../archive/bytes/byteQueue';
import { openFileSource, type ByteSource } from '../../archive/bytes/byteSource';
import type { RowStatements } from '../../archive/inspect/rowStatements';
import { decompressed } from '../../archive/compression/decompress';
import { storedData, unpackStored, type StoredData } from '../../archive/data/storedData';
import { holdsAll, LargeObjectSum, largeObjectsOfToc } from '../../archive/data/largeObjectSum';
import { parseCopy } from '../../archive/rows/copyText';
import { scanScript } from '../../archive/script/plainScan';
import { CooperativeLoop } from '../../archive/bytes/cooperativeLoop';
import { readSpan, type Toc } from '../../archive/toc/toc';
import { TocDamage } from '../../archive/toc/tocCursor';
import type { FileKind } from '../../model/archive';
import { AppError } from '../../errors';
import type { VerifyProblems } from '../manifest/problems';
import { RowChecker } from './rowChecker';
import { tableKey } from '../manifest/tableKey';

/** Counts from reading all of a backup's data. */
export interface DataCounts {
  /** Rows of each table by `tableKey`; null where they are INSERT statements. */
  rows: Map<string, number | null>;
  largeObjects: number;
  /** Unpacked bytes of all rows: what a tool that reads them all has to put out at least. */
  rowBytes: number;
}

export interface ReadAllOptions {
  signal?: AbortSignal | undefined;
  /** Stored bytes read so far; of how many, where everything is read more than once. */
  onProgress?: ((bytes: number, of?: number) => void) | undefined;
  onTable?: ((name: string) => void) | undefined;
  /** Judges rows that are statements. */
  statements?: RowStatements | undefined;
}

/**
 * Reads and unpacks every byte of an archive's data, and looks whether COPY would take the rows.
 * pg_restore itself takes several kinds of cut data for whole (lz4 and zstd members of 16 to 18,
 * empty gzip members of all, uncompressed ones that end behind a row): what it says is not enough.
 * @throws AppError `inputMissing`, `inputUnreadable`, `cancelled`
 */
export async function readArchiveData(
  toc: Toc,
  problems: VerifyProblems,
  options: ReadAllOptions,
): Promise<DataCounts> {
  const counts: DataCounts = { rows: new Map(), largeObjects: 0, rowBytes: 0 };
  const loop = new CooperativeLoop(options.signal);
  const texts = await openFileSource(toc.file);
  const held = new LargeObjectSum();
  let bytes = 0;
  try {
    const data = storedData(toc, {
      signal: options.signal,
      onRead: (some) => options.onProgress?.((bytes += some)),
      onMissing: (_index, name) => problems.add('missing', name, 'data'),
    });
    for await (const each of data) {
      const isTable = each.index >= 0 && !each.largeObject && toc.desc(each.index) === 'TABLE DATA';
      if (each.largeObject) {
        counts.largeObjects++;
        held.add(each.oid ?? 0);
        await drain(each, problems, { loop, signal: options.signal });
      } else if (isTable) {
        await readTable(toc, texts, each, counts, problems, loop, options);
      } else {
        const judge = each.index < 0 ? null : options.statements?.of(toc, each.index);
        await drain(each, problems, { loop, signal: options.signal, judge });
      }
    }
    const promised = held.count > 0 ? await largeObjectsOfToc(toc, { loop, source: texts }) : held;
    if (holdsAll(promised, held) === false) {
      problems.add('missing', 'LARGE OBJECTS', `${promised.count} → ${held.count}`);
    }
  } catch (error) {
    if (!(error instanceof TocDamage)) throw error;
    problems.add('damaged', null, error.reading, error.offset);
  } finally {
    await texts.close();
  }
  return counts;
}

async function readTable(
  toc: Toc,
  texts: ByteSource,
  data: StoredData,
  counts: DataCounts,
  problems: VerifyProblems,
  loop: CooperativeLoop,
  options: ReadAllOptions,
): Promise<void> {
  const schema = toc.schema(data.index) ?? '';
  const name = toc.tag(data.index);
  const shown = `${schema}.${name}`;
  options.onTable?.(shown);
  const span = toc.copyStatement(data.index);
  const statement =
    span === null || span.length === 0 ? '' : await readSpan(texts, span, toc.encoding);
  const copy = statement === '' ? null : parseCopy(statement);
  // COPY's other forms are never pg_dump's.
  const isCopy = copy !== null && !copy.options;
  const checker = new RowChecker(
    copy?.columns?.length ?? (isCopy ? 0 : null),
    isUtf8(toc.encoding),
  );
  let last: Buffer = Buffer.alloc(0);
  const judge = options.statements?.of(toc, data.index);
  const whole = await consume(data, problems, shown, options.signal, async (piece) => {
    counts.rowBytes += piece.length;
    judge?.(piece);
    if (isCopy) checker.push(piece);
    else last = Buffer.from(Buffer.concat([last, piece]).subarray(-2));
    if (loop.shouldYield) await loop.yield();
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

interface Draining {
  loop: CooperativeLoop;
  signal: AbortSignal | undefined;
  /** Gets every piece, and null at the end. */
  judge?: ((piece: Buffer | null) => void) | null | undefined;
}

async function drain(
  data: StoredData,
  problems: VerifyProblems,
  { loop, signal, judge }: Draining,
): Promise<void> {
  await consume(data, problems, data.file, signal, async (piece) => {
    judge?.(piece);
    if (loop.shouldYield) await loop.yield();
  });
  judge?.(null);
}

/** Unpacks to the end; false when it could not be. */
async function consume(
  data: StoredData,
  problems: VerifyProblems,
  object: string,
  signal: AbortSignal | undefined,
  take: (piece: Buffer) => Promise<void>,
): Promise<boolean> {
  try {
    for await (const piece of unpackStored(data, signal)) {
      await take(piece);
    }
    return true;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    problems.add('damaged', object, `${data.file}: ${error.reading}`, data.offset + error.offset);
    return false;
  }
}

/**
 * Reads a script to its end, including its end mark. Counts the rows of its COPY commands.
 * @throws AppError as `readArchiveData`
 */
export async function readScriptData(
  path: string,
  kind: Extract<FileKind, { kind: 'plain' }>,
  problems: VerifyProblems,
  options: ReadAllOptions,
): Promise<DataCounts> {
  const counts: DataCounts = { rows: new Map(), largeObjects: 0, rowBytes: 0 };
  const { compression, encoding } = kind;
  const from = { compression, encoding, signal: options.signal };
  try {
    // Once for what is in it and where, once for the rows.
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
    // In a cluster's script the same name is in several databases.
    const key = (entry: (typeof tables)[number]): string => tableKey(entry.schema ?? '', entry.tag);
    for (const entry of tables) if (entry.dataStart === 0) counts.rows.set(key(entry), null);
    const copied = tables.filter((entry) => entry.dataStart > 0);
    if (copied.length === 0) return counts;
    const utf8 = isUtf8(scan.encoding);
    const loop = new CooperativeLoop(options.signal);
    let at = 0;
    let next = 0;
    let checker = new RowChecker(null, utf8);
    const finish = (): void => {
      const entry = copied[next++]!;
      // The range ends where the end mark's line begins.
      checker.push(Buffer.from('\\.\n'));
      checker.end();
      counts.rows.set(key(entry), checker.rows);
      const { problem } = checker;
      if (problem !== null) {
        const name = `${entry.schema ?? ''}.${entry.tag}`;
        problems.add('badRow', name, problem.what, entry.dataStart + problem.offset);
      }
      checker = new RowChecker(null, utf8);
    };
    const onRead = (bytes: number): void => options.onProgress?.(size + bytes, 2 * size);
    for await (const piece of decompressed(path, compression, { ...from, onRead })) {
      for (;;) {
        const entry = copied[next];
        if (entry === undefined || entry.dataStart >= at + piece.length) break;
        const start = Math.max(0, entry.dataStart - at);
        const end = Math.min(piece.length, entry.dataEnd - at);
        counts.rowBytes += end - start;
        if (end > start) checker.push(piece.subarray(start, end));
        if (entry.dataEnd > at + piece.length) break;
        finish();
      }
      at += piece.length;
      if (loop.shouldYield) await loop.yield();
      if (next >= copied.length) break;
    }
  } catch (error) {
    if (!AppError.is(error, 'archiveDamaged')) throw error;
    problems.add('damaged', null, error.details.reading, error.details.offset);
  }
  return counts;
}

function isUtf8(encoding: string | null): boolean {
  return encoding?.toUpperCase().replace('-', '') === 'UTF8';
}
