import type { Toc } from '../toc/toc';

/** A table's rows end with COPY's end mark; INSERT statements end with two newlines. */
const END_OF_COPY = Buffer.from('\\.\n\n\n');
const END_OF_INSERTS = Buffer.from('\n\n');
/** A list of large objects ends with a newline. */
const END_OF_LIST = Buffer.from('\n');

/** End mark of an entry's unpacked data; null = data of this kind have no end mark. */
export function endOfData(toc: Toc, index: number): Buffer | null {
  switch (toc.desc(index)) {
    case 'TABLE DATA':
      return (toc.copyStatement(index)?.length ?? 0) > 0 ? END_OF_COPY : END_OF_INSERTS;
    case 'BLOBS':
      return END_OF_LIST;
    default:
      return null;
  }
}
