import type { Toc } from '../toc/toc';

/** How the rows of a table end: COPY's end mark, or the last of the INSERTs. */
const END_OF_COPY = Buffer.from('\\.\n\n\n');
const END_OF_INSERTS = Buffer.from('\n\n');
/** The list of large objects is one of lines. */
const END_OF_LIST = Buffer.from('\n');

/** End mark of the unpacked data of an entry; null = they have none. */
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
