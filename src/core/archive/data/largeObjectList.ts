import { throwIfCancelled } from '../bytes/abort';
import { openFileSource, readBytes, type ByteSource } from '../bytes/byteSource';

const PIECE = 1 << 20;
/** A name in such a list has some twenty characters. */
const MAX_LINE = 1024;

/** A large object in such a list. */
export interface ListedLargeObject {
  oid: number;
  /** Name of the file or member with its contents; '' where pg_dump did not write the line. */
  name: string;
}

/** `16400 blob_16400.dat` */
const LINE = /^(\d{1,10}) (blob_\1\.dat)$/;

/**
 * The large objects in a `blobs….toc`, which may be millions. `start` and `end`: range of the list
 * in `source`. A line that names another object's file is rejected, because the contents would go
 * into the wrong object.
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
  // A last line without its end is not used.
  if (rest !== '') yield { ...parseLine(rest), name: '' };
}

function parseLine(line: string): ListedLargeObject {
  const [, oid = '0', name = ''] = LINE.exec(line) ?? [];
  return { oid: Number(oid), name };
}

/** Large objects from a list that is a file of its own. */
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
