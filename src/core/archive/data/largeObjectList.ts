import { throwIfCancelled } from '../bytes/abort';
import { openFileSource, readBytes, type ByteSource } from '../bytes/byteSource';

const PIECE = 1 << 20;
/** A name in such a list has some twenty characters. */
const MAX_LINE = 1024;

/** A large object in such a list. */
export interface ListedLargeObject {
  oid: number;
  /** Of the file or member with its contents; '' where the line is none that pg_dump writes. */
  name: string;
}

/** `16400 blob_16400.dat` */
const LINE = /^(\d{1,10}) (blob_\1\.dat)$/;

/**
 * The large objects that a `blobs….toc` lists, which may be millions. `start` and `end`: where the
 * list lies in `source`. A line that names another object's file would put the contents of one into
 * the other, so that is none.
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
  // Without its end, what is there of the last line is not to be trusted.
  if (rest !== '') yield { ...parseLine(rest), name: '' };
}

function parseLine(line: string): ListedLargeObject {
  const [, oid = '0', name = ''] = LINE.exec(line) ?? [];
  return { oid: Number(oid), name };
}

/** The same of a list that is a file of its own. */
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
