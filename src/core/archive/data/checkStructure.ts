import { AppError } from '../../errors';
import { readBytes, openFileSource } from '../bytes/byteSource';
import { checkCustom } from './customBlocks';
import { detectFile } from '../file/detectFile';
import { checkDirectory } from './directoryMembers';
import type { CheckOptions, StructureReport } from './structureReport';
import { checkTarMembers } from './tarCheck';
import type { Toc } from '../toc/toc';
import { readToc } from '../file/tocReader';
import type { FileKind } from '../../model/archive';

/**
 * Checks that everything an archive's table of contents promises is there, without decompressing:
 * finds every truncation of custom and tar archives and missing members of directories, not flipped
 * bits in the data. pg_restore itself cannot be asked: `-l` succeeds on cut archives, and it spins
 * for ever at a tar member that ends early. Of a script it looks at the end mark alone (not of a
 * compressed one: `complete` is null).
 *
 * Returns what is wrong; throws like `readToc` where there is nothing to check.
 */
export async function checkStructure(
  path: string,
  options: CheckOptions = {},
): Promise<StructureReport> {
  const kind = await detectFile(path);
  if (kind.kind === 'plain') return checkScriptEnd(path, kind, options);
  return checkStructureOf(await readToc(path, { signal: options.signal, kind }), options);
}

/** The same for a table of contents that has been read. */
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
 * Throws `archiveDamaged` unless `checkStructure` finds the file whole (or cannot tell), naming the
 * first thing that is wrong.
 */
export async function assertWhole(path: string, options: CheckOptions = {}): Promise<void> {
  assertReportWhole(path, await checkStructure(path, options));
}

/** The same for a check that has been made. */
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

const tailSize = 4096;

/** pg_dump's own last lines are the only sign of completeness that a script has. */
async function checkScriptEnd(
  path: string,
  kind: Extract<FileKind, { kind: 'plain' }>,
  options: CheckOptions,
): Promise<StructureReport> {
  const unknown: StructureReport = { problems: [], complete: null, dataSizes: new Map() };
  if (kind.compression !== 'none' || (!kind.byPgDump && options.written !== true)) return unknown;
  const source = await openFileSource(path);
  try {
    const tail = await readBytes(source, Math.max(0, source.size - tailSize), tailSize);
    const text = tail.toString(kind.encoding === 'utf16le' ? 'utf16le' : 'latin1');
    const mark = kind.cluster
      ? '-- PostgreSQL database cluster dump complete'
      : '-- PostgreSQL database dump complete';
    if (text.includes(mark)) return { ...unknown, complete: true };
    return {
      problems: [{ kind: 'noEnd', dumpId: null, offset: source.size, what: 'end of the script' }],
      complete: false,
      dataSizes: new Map(),
    };
  } finally {
    await source.close();
  }
}
