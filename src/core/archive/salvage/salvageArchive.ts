import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../errors';
import { directorySizes } from '../data/directoryMembers';
import { TAR_BLOCK } from '../file/tarMembers';
import { readToc } from '../file/tocReader';
import { ArchiveWriter } from '../join/archiveWriter';
import { writeCustomToc, type FileNamePlace } from '../join/customToc';
import { UnpackBudget } from '../packed/unpackBudget';
import type { Toc } from '../toc/toc';
import { openEntries } from './archiveEntries';
import { packedRows } from './packRows';
import { completeRows, EntryReader, type EntryState } from './readEntry';

/** What can be recovered from a truncated or damaged archive. */
export interface Remains {
  /** By index of the entries with data. */
  states: ReadonlyMap<number, EntryState>;
}

export interface SalvageOptions {
  signal?: AbortSignal | undefined;
}

/**
 * Reads all data of an archive to find out which are complete. Damage within data counts, too.
 *
 * @throws AppError `inputMissing`, `inputUnreadable`, `cancelled`
 */
export async function readRemains(toc: Toc, { signal }: SalvageOptions): Promise<Remains> {
  const entries = await openEntries(toc, signal);
  try {
    const reader = new EntryReader(toc, entries, signal);
    const states = new Map<number, EntryState>();
    for (const index of toc.withData()) states.set(index, await reader.state(index));
    return { states };
  } finally {
    await entries.close();
  }
}

/** A new archive with the data that could be recovered. */
export interface SalvagedArchive {
  /** Number of recovered rows of truncated tables, by the index of their entries. */
  rows: ReadonlyMap<number, number>;
}

const NOTHING = Buffer.alloc(64 << 10);

/**
 * Writes what can be recovered from an archive of any format to a custom archive with the same
 * entries. Where pg_restore would stop, the readable data are copied. `file` must not exist.
 *
 * @throws AppError `noSpaceToUnpack`, `inputMissing`, `inputUnreadable`, `cancelled`; system errors of
 *   writing
 */
export async function writeRemains(
  { path: from }: Toc,
  remains: Remains,
  file: string,
  { signal }: SalvageOptions,
): Promise<SalvagedArchive> {
  const names: FileNamePlace[] = [];
  const onFileName = (start: number, end: number): number => names.push({ start, end });
  const toc = await readToc(from, { signal, onFileName });
  const size = await bytesOf(toc, signal);
  const budget = new UnpackBudget(from, size, path.dirname(file));
  await budget.expect(size);
  // In a tar archive of pg_dump, toc.dat is the first member.
  const start = toc.header.format === 'tar' ? TAR_BLOCK : 0;
  let room = toc.endOffset - start;
  for (const name of names) room += 1 + toc.sizes.offset - (name.end - name.start);
  try {
    // The table of contents holds the offsets of data: its space is reserved, and it is written last.
    const { offsets, rows } = await writing(file, 'wx', toc, async (writer) => {
      for (let left = room; left > 0; left -= NOTHING.length) {
        await writer.bytes(NOTHING.subarray(0, Math.min(left, NOTHING.length)));
      }
      return writeEntries(toc, remains, writer, signal);
    });
    await writing(file, 'r+', toc, (writer) =>
      writeCustomToc(toc, { start, names, offsets, writer, signal }),
    );
    return { rows };
  } catch (error) {
    throw AppError.is(error) ? error : await budget.failed(error);
  }
}

async function writing<T>(
  file: string,
  flags: 'wx' | 'r+',
  toc: Toc,
  write: (writer: ArchiveWriter) => Promise<T>,
): Promise<T> {
  const handle = await open(file, flags, 0o600);
  try {
    const writer = new ArchiveWriter(handle, toc.sizes.int);
    const result = await write(writer);
    await writer.finish();
    return result;
  } finally {
    await handle.close();
  }
}

/** Returns the offset of each entry's data, and the numbers of rows of truncated tables. */
async function writeEntries(
  toc: Toc,
  { states }: Remains,
  writer: ArchiveWriter,
  signal: AbortSignal | undefined,
): Promise<{ offsets: Map<number, number>; rows: Map<number, number> }> {
  const offsets = new Map<number, number>();
  const rows = new Map<number, number>();
  const entries = await openEntries(toc, signal);
  try {
    const reader = new EntryReader(toc, entries, signal);
    for (const [index, state] of states) {
      if (state === 'lost') continue;
      offsets.set(index, writer.position);
      const isList = toc.desc(index) === 'BLOBS';
      const count = (some: number): unknown => rows.set(index, (rows.get(index) ?? 0) + some);
      await writer.block(isList ? 'largeObjects' : 'rows', toc.dumpId(index));
      for await (const data of entries.of(index, { signal, onMissing: () => undefined })) {
        // pg_dump writes the oid as a signed int.
        if (isList) await writer.int((data.oid ?? 0) | 0);
        const pieces = reader.pieces(data);
        const kept = state === 'whole' ? pieces : completeRows(pieces, count);
        for await (const piece of packedRows(kept, toc.header.compression)) {
          await writer.chunk(piece);
        }
        await writer.int(0);
      }
      if (isList) await writer.int(0);
    }
    return { offsets, rows };
  } finally {
    await entries.close();
  }
}

async function bytesOf(toc: Toc, signal: AbortSignal | undefined): Promise<number> {
  if (toc.header.format !== 'directory') return (await stat(toc.file)).size;
  return [...(await directorySizes(toc.path, signal)).values()].reduce((a, b) => a + b, 0);
}
