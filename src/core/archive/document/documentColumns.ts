import {
  COLUMN_SECTIONS,
  type ArchiveDocument,
  type DocumentColumns,
  type DocumentEntry,
  type ReadOptions,
} from './documentTypes';
import { entryLoop } from '../../cooperativeLoop';

const DEFAULT_CHUNK = 4096;

/** The entries of a document in pieces (`DocumentColumns`). Does not block the event loop. */
export async function* documentColumns(
  document: ArchiveDocument,
  options: ReadOptions & { from?: number; chunk?: number } = {},
): AsyncGenerator<DocumentColumns> {
  const { from = 0, chunk = DEFAULT_CHUNK } = options;
  const numbers = new Map<string, number>();
  const loop = entryLoop(options.signal);
  for (let start = from; ;) {
    const end = Math.min(document.count, start + chunk);
    const piece: DocumentColumns = {
      from: start,
      count: Math.max(0, end - start),
      strings: [],
      stringsFrom: numbers.size,
      tag: [],
      desc: [],
      schema: [],
      owner: [],
      section: [],
      dataBytes: [],
      parent: [],
      last: false,
    };
    const number = (text: string): number => {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      const added = numbers.size;
      numbers.set(text, added);
      piece.strings.push(text);
      return added;
    };
    const databases: number[] = [];
    let anyDatabase = false;
    for (let id = start; id < end; id++) {
      const entry = document.entryAt(id);
      piece.tag.push(entry.tag);
      piece.desc.push(number(entry.desc));
      piece.schema.push(entry.schema === null ? -1 : number(entry.schema));
      piece.owner.push(number(entry.owner));
      piece.section.push(COLUMN_SECTIONS.indexOf(entry.section));
      piece.dataBytes.push(sizeCode(entry));
      piece.parent.push(entry.parentId ?? -1);
      databases.push(entry.database);
      anyDatabase ||= entry.database >= 0;
      if (loop.shouldYield) await loop.yield();
    }
    if (anyDatabase) piece.database = databases;
    start = Math.max(start, end);
    piece.last = start >= document.count;
    yield piece;
    if (piece.last) return;
  }
}

function sizeCode(entry: DocumentEntry): number {
  return entry.hasData ? (entry.dataBytes ?? -1) : -2;
}

/** Result of `measure`: the data of all entries. */
export interface MeasuredData {
  /** By id, as in `DocumentColumns.dataBytes`. */
  sizes: number[];
  /** Ids of entries whose data are missing or truncated. */
  cut: number[];
}

/** Sizes of the data of entries, and which are truncated. To be called after `measure`. */
export async function measuredData(
  document: ArchiveDocument,
  options: ReadOptions = {},
): Promise<MeasuredData> {
  const loop = entryLoop(options.signal);
  const found: MeasuredData = { sizes: [], cut: [] };
  for (let id = 0; id < document.count; id++) {
    found.sizes.push(document.dataBytesOf(id));
    if (document.isCut(id)) found.cut.push(id);
    if (loop.shouldYield) await loop.yield();
  }
  return found;
}
