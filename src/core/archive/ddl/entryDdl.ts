import { throwIfCancelled } from '../../abort';
import { decoderOf, type TextDecode } from '../bytes/encoding';
import { isDataEntry, RestorePlanner } from '../selection/restorePlan';
import type { ScriptEntry } from '../script/scriptTypes';
import type { Toc } from '../toc/toc';
import type { TextSpan } from '../../model/archive';
import type { ArchiveDocument, ReadOptions } from '../document/documentTypes';
import { EntryPrinter, type EntryTexts, type PrintParts } from './entryPrinter';
import { isScriptData } from '../document/scriptDocument';
import { ascending } from '../selection/ascending';
import { CooperativeLoop } from '../../cooperativeLoop';
import { openText, type TextReader } from '../rows/textReader';
import { isAboutObject } from '../../model/entryTypes';

export interface DdlOptions extends ReadOptions {
  /** Major version of the pg_restore to imitate; default: that of the dump's pg_dump. */
  major?: number | undefined;
}

/** Short texts are joined to pieces of about this many characters. */
const PIECE_LENGTH = 64 << 10;

/**
 * The SQL of entries, in pieces, as `pg_restore -f - -L` writes it, in the order in which pg_restore
 * restores them: comment lines, settings, statements, owner. What pg_restore writes once, before and
 * after all entries, is left out. For an entry with rows: its COPY statement without the rows. `all`
 * means everything but data, as with `pg_restore --schema-only`. For scripts: the script's own text.
 * @throws AppError `inputChanged`, `inputMissing`, `inputUnreadable`, `archiveDamaged`,
 *   `cancelled`; a RangeError for ids that do not exist
 */
export async function* ddlOf(
  document: ArchiveDocument,
  ids: readonly number[] | 'all',
  options: DdlOptions = {},
): AsyncGenerator<string> {
  let piece = '';
  for await (const text of entryTexts(document, ids, options)) {
    piece += text;
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** `ddlOf` as one text. */
export async function ddlText(
  document: ArchiveDocument,
  ids: readonly number[] | 'all',
  options: DdlOptions = {},
): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of ddlOf(document, ids, options)) pieces.push(piece);
  return pieces.join('');
}

/** Texts of the SQL, entry by entry. */
async function* entryTexts(
  document: ArchiveDocument,
  ids: readonly number[] | 'all',
  options: DdlOptions,
): AsyncGenerator<string> {
  const { toc } = document;
  if (toc === null) {
    const chosen = ids === 'all' ? scriptSchema(document) : ascending(ids);
    for await (const { text } of scriptTexts(document, chosen, options)) yield text;
    return;
  }
  const order = await restoreOrder(document, toc, ids, options);
  for await (const { text } of tocTexts(document, toc, order, options)) yield text;
}

/** Indexes in the table of contents, in pg_restore's order. */
async function restoreOrder(
  document: ArchiveDocument,
  toc: Toc,
  ids: readonly number[] | 'all',
  options: DdlOptions,
): Promise<number[]> {
  const planner = new RestorePlanner(toc, { schemaOnly: ids === 'all' });
  const loop = new CooperativeLoop(options.signal, 256);
  const sorted = ids === 'all' ? null : ascending(ids);
  const count = sorted?.length ?? document.count;
  for (let i = 0; i < count; i++) {
    planner.add(document.tocIndex(sorted?.[i] ?? i));
    if (loop.shouldYield) await loop.yield();
  }
  return planner.plan().order;
}

/** Ids of all entries of a script other than data. */
function scriptSchema(document: ArchiveDocument): number[] {
  const ids: number[] = [];
  for (let id = 0; id < document.count; id++) if (!isScriptData(document.desc(id))) ids.push(id);
  return ids;
}

/** Is the entry data, which `--schema-only` leaves out? */
export function isData(document: ArchiveDocument, id: number): boolean {
  const desc = document.desc(id);
  if (desc === 'STATISTICS DATA' || desc === 'MATERIALIZED VIEW DATA') return true;
  const { toc } = document;
  if (toc !== null) return isDataEntry(toc, document.tocIndex(id));
  if (isScriptData(desc)) return true;
  const attribute = isAboutObject(desc);
  return attribute && document.names(id).tag.startsWith('LARGE OBJECT');
}

/** The SQL of entries by their index in the table of contents, in the given order. */
export async function* tocTexts(
  document: ArchiveDocument,
  toc: Toc,
  indexes: readonly number[],
  options: DdlOptions & { parts?: PrintParts },
): AsyncGenerator<{ index: number; text: string }> {
  const printer = new EntryPrinter(toc, options.major, options.parts);
  const decode = decoderOf(toc.encoding);
  const loop = new CooperativeLoop(options.signal, 16);
  const reader = await openText(document, options);
  try {
    const read = (span: TextSpan | null): Promise<string> => readSpan(reader, span, decode);
    for (const index of indexes) {
      const group = printer.largeObjectGroup(index);
      const texts: EntryTexts = {
        definition: await read(toc.definition(index)),
        dropStatement: printer.needsDrop(index) ? await read(toc.dropStatement(index)) : '',
        copyStatement: await read(toc.copyStatement(index)),
        largeObjects: group < 0 ? '' : await read(toc.definition(group)),
      };
      yield { index, text: printer.print(index, texts) };
      if (loop.shouldYield) await loop.yield();
    }
  } finally {
    await reader.close();
  }
}

async function readSpan(
  reader: TextReader,
  span: TextSpan | null,
  decode: TextDecode,
): Promise<string> {
  if (span === null || span.length === 0) return '';
  const bytes = await reader.read(span.offset, span.offset + span.length);
  return decode(bytes, 0, bytes.length);
}

/** The text of a script's entries by (ascending) id, without rows, each followed by one blank line. */
export async function* scriptTexts(
  document: ArchiveDocument,
  ids: readonly number[],
  options: ReadOptions,
): AsyncGenerator<{ id: number; text: string }> {
  const decode = decoderOf(document.scan?.encoding ?? null);
  const loop = new CooperativeLoop(options.signal, 16);
  const reader = await openText(document, options);
  try {
    for (const id of ids) {
      throwIfCancelled(options.signal);
      const row = document.rowAt(id);
      if (row === null) continue;
      const text = await scriptText(reader, row, decode);
      yield { id, text: text.trimEnd() + '\n\n' };
      if (loop.shouldYield) await loop.yield();
    }
  } finally {
    await reader.close();
  }
}

/** Of INSERT statements only this many bytes are shown. */
const MAX_INSERTS = 4096;

async function scriptText(
  reader: TextReader,
  row: ScriptEntry,
  decode: TextDecode,
): Promise<string> {
  if (row.dataStart > 0) {
    const before = await reader.read(row.start, row.dataStart);
    return decode(before, 0, before.length);
  }
  if (!isScriptData(row.desc) || row.end - row.start <= MAX_INSERTS) {
    const bytes = await reader.read(row.start, row.end);
    return decode(bytes, 0, bytes.length);
  }
  const bytes = await reader.read(row.start, row.start + MAX_INSERTS);
  const text = decode(bytes, 0, bytes.length);
  return text.slice(0, text.lastIndexOf('\n') + 1);
}
