import { throwIfCancelled } from '../bytes/abort';
import { openFileSource, readBytes, type ByteSource } from '../bytes/byteSource';

const piece = 1 << 20;
/** A name in such a list has some twenty characters. */
const maxLine = 1024;

/**
 * The names of the files or members that a `blobs….toc` lists, which may be millions: a line of it
 * is `16400 blob_16400.dat`. `start` and `end`: where the list lies in `source`.
 */
export async function* listedLargeObjects(
  source: ByteSource,
  start: number,
  end: number,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  let rest = '';
  for (let at = start; at < end;) {
    throwIfCancelled(signal);
    const bytes = await readBytes(source, at, Math.min(piece, end - at));
    if (bytes.length === 0) break;
    at += bytes.length;
    const lines = (rest + bytes.toString('latin1')).split('\n');
    rest = (lines.pop() ?? '').slice(0, maxLine);
    for (const line of lines) if (line !== '') yield line.slice(line.indexOf(' ') + 1);
  }
  if (rest !== '') yield rest.slice(rest.indexOf(' ') + 1);
}

/** The same of a list that is a file of its own. */
export async function* largeObjectFiles(
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const source = await openFileSource(path);
  try {
    yield* listedLargeObjects(source, 0, source.size, signal);
  } finally {
    await source.close();
  }
}
