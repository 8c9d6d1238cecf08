import { throwIfCancelled } from '../../abort';
import { openFileSource, readBytes, type ByteSource } from '../bytes/byteSource';

const PIECE = 1 << 20;
/** Longest line that is accepted; pg_dump's lines have some twenty characters. */
const MAX_LINE = 1024;

/** One line of a list of large objects. */
export interface ListedLargeObject {
  oid: number;
  /** Name of the file or member with its contents; '' for a line that pg_dump did not write. */
  name: string;
}

/** `16400 blob_16400.dat` */
const LINE = /^(\d{1,10}) (blob_\1\.dat)$/;

/**
 * The large objects in a `blobs….toc`, of which there may be millions. `start` and `end`: range of the
 * list in `source`. A line that names another large object's file gets no name: otherwise contents
 * could go into the wrong large object.
 */
export async function* listedLargeObjects(
  source: ByteSource,
  start: number,
  end: number,
  signal?: AbortSignal,
): AsyncGenerator<ListedLargeObject> {
  let rest = '';
  for (let at = start; at < end;) {
    throwIfCancelled(signal);
    const bytes = await readBytes(source, at, Math.min(PIECE, end - at));
    if (bytes.length === 0) break;
    at += bytes.length;
    const lines = (rest + bytes.toString('latin1')).split('\n');
    rest = (lines.pop() ?? '').slice(0, MAX_LINE);
    for (const line of lines) if (line !== '') yield parseLine(line);
  }
  // The last line is incomplete, so its name is not used.
  if (rest !== '') yield { ...parseLine(rest), name: '' };
}

function parseLine(line: string): ListedLargeObject {
  const [, oid = '0', name = ''] = LINE.exec(line) ?? [];
  return { oid: Number(oid), name };
}

/** The large objects in a list that is a file of its own. */
export async function* largeObjectFiles(
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<ListedLargeObject> {
  const source = await openFileSource(path);
  try {
    yield* listedLargeObjects(source, 0, source.size, signal);
  } finally {
    await source.close();
  }
}
