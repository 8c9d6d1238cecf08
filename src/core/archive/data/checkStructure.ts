import { AppError } from '../../errors';
import { readBytes, openFileSource } from '../bytes/byteSource';
import { ENCODING_LABELS } from '../bytes/utf16';
import { decompressed } from '../compression/decompress';
import { checkCustom } from './customBlocks';
import { detectFile } from '../file/detectFile';
import { checkDirectory } from './directoryMembers';
import { ProblemList, type CheckOptions, type StructureReport } from './structureReport';
import { checkTarMembers } from './tarCheck';
import type { Toc } from '../toc/toc';
import { readToc } from '../file/tocReader';
import type { FileKind } from '../../model/archive';

/**
 * Checks that an archive contains everything that its table of contents lists. Detects every
 * truncation of custom and tar archives, missing members of directory archives and, with `full`, truncated
 * members; does not detect changed bytes within data. pg_restore cannot do this: `-l` succeeds on
 * truncated archives, and restoring loops for ever at a truncated tar member. For a script, only its
 * end mark is checked (of a compressed script only with `full`; otherwise `complete` is null).
 *
 * Returns the problems.
 * @throws AppError as `readToc` if the file is not a backup that can be checked
 */
export async function checkStructure(
  path: string,
  options: CheckOptions = {},
): Promise<StructureReport> {
  const kind = await detectFile(path);
  if (kind.kind === 'plain') return checkScriptEnd(path, kind, options);
  return checkStructureOf(await readToc(path, { signal: options.signal, kind }), options);
}

/** Checks an archive whose table of contents has been read. */
export async function checkStructureOf(
  toc: Toc,
  options: CheckOptions = {},
): Promise<StructureReport> {
  const report = await checkByFormat(toc, options);
  if (toc.damage !== null) {
    report.problems.unshift({
      kind: 'damagedToc',
      dumpId: null,
      offset: toc.damage.offset,
      what: toc.damage.reading,
    });
    report.complete = false;
  }
  return report;
}

/**
 * The report about an archive that is whole.
 * @throws AppError `archiveDamaged` with the first problem that `checkStructure` finds; as
 *   `checkStructure`
 */
export async function assertWhole(
  path: string,
  options: CheckOptions = {},
): Promise<StructureReport> {
  const report = await checkStructure(path, options);
  assertReportWhole(path, report);
  return report;
}

/** @throws AppError `archiveDamaged` if the result of a check has problems */
export function assertReportWhole(path: string, report: StructureReport): void {
  if (report.complete !== false) return;
  const first = report.problems[0];
  throw new AppError('archiveDamaged', {
    path,
    offset: first?.offset ?? 0,
    reading: first?.what ?? '',
  });
}

async function checkByFormat(toc: Toc, options: CheckOptions): Promise<StructureReport> {
  if (toc.header.format === 'directory') return checkDirectory(toc, options);
  const source = await openFileSource(toc.file);
  try {
    return toc.header.format === 'tar'
      ? await checkTarMembers(source, toc, options)
      : await checkCustom(source, toc, options);
  } finally {
    await source.close();
  }
}

function nothingKnown(): StructureReport {
  return { problems: [], complete: null, dataSizes: new Map(), cut: new Set() };
}

const TAIL_SIZE = 4096;

/**
 * Checks for pg_dump's own last lines, the only sign that a script is complete. A compressed script is
 * unpacked to its end only with `full`.
 */
async function checkScriptEnd(
  path: string,
  kind: Extract<FileKind, { kind: 'plain' }>,
  options: CheckOptions,
): Promise<StructureReport> {
  const owed = kind.byPgDump || options.written === true;
  const packed = kind.compression !== 'none';
  if (packed ? options.full !== true : !owed) return nothingKnown();
  const { tail, size } = packed
    ? await unpackedTail(path, kind, options.signal)
    : await storedTail(path);
  if (!owed) return nothingKnown();
  const text = new TextDecoder(ENCODING_LABELS[packed ? 'utf8' : kind.encoding]).decode(tail);
  const mark = kind.cluster
    ? '-- PostgreSQL database cluster dump complete'
    : '-- PostgreSQL database dump complete';
  if (text.includes(mark)) return { ...nothingKnown(), complete: true };
  const problems = new ProblemList();
  problems.add('noEnd', 'end of the script', null, size);
  return { ...nothingKnown(), problems: problems.items, complete: false };
}

async function storedTail(path: string): Promise<{ tail: Buffer; size: number }> {
  const source = await openFileSource(path);
  try {
    const { size } = source;
    // Of UTF-16 that was cut within a character, at the beginning of one.
    const start = Math.max(0, size - TAIL_SIZE) & ~1;
    return { tail: await readBytes(source, start, TAIL_SIZE), size };
  } finally {
    await source.close();
  }
}

/**
 * The end of the unpacked script, as UTF-8.
 * @throws AppError `archiveDamaged` if it cannot be unpacked to its end
 */
async function unpackedTail(
  path: string,
  { compression, encoding }: Extract<FileKind, { kind: 'plain' }>,
  signal: AbortSignal | undefined,
): Promise<{ tail: Buffer; size: number }> {
  let tail: Buffer = Buffer.alloc(0);
  let size = 0;
  for await (const piece of decompressed(path, compression, { encoding, signal })) {
    size += piece.length;
    tail = Buffer.from(Buffer.concat([tail, piece]).subarray(-TAIL_SIZE));
  }
  return { tail, size };
}
