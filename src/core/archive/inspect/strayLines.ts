import { countLines } from '../bytes/countLines';
import { decompressed } from '../compression/decompress';
import { failureOf, type FoundStrays, type MessageInRows } from '../script/foundStrays';
import type { FileKind, StrayLines } from '../../model/archive';
import { maskSecrets } from '../../secrets/mask';

const NEWLINE = 10;
const TAB = 9;
/** A longer row is not examined. */
const LONGEST_ROW = 256 << 10;
const LONGEST_TEXT = 1000;

/** A place in a script that has to be examined again. */
interface Place {
  offset: number;
  text: string;
  table: string | null;
  /** Number of columns of the rows; 0 = no need to count columns. */
  columns: number;
}

/**
 * Describes the lines that a scan found not to be SQL. The script is read again only if such a line
 * splits a statement, or may split a row. null = there are no such lines. Secrets in the texts are
 * masked, because forms show them.
 *
 * @throws AppError as `decompressed`
 */
export async function strayLinesOf(
  path: string,
  kind: Extract<FileKind, { kind: 'plain' }>,
  found: FoundStrays,
  signal?: AbortSignal,
): Promise<StrayLines | null> {
  const torn = await firstTorn(path, kind, placesOf(found), signal);
  const leftOut = found.count - (found.within ? 1 : 0);
  if (leftOut === 0 && torn === null) return null;
  const failure = found.failure ?? (torn && failureOf(torn.text));
  return {
    leftOut,
    first: maskSecrets(found.lines[0]?.text ?? ''),
    torn: torn && { ...torn, text: maskSecrets(torn.text) },
    failure: failure && maskSecrets(failure),
  };
}

function placesOf({ lines, rows }: FoundStrays): Place[] {
  const torn = lines.find(({ within }) => within);
  const places = rows.map((row) => ({ ...row, text: '', table: nameOf(row) }));
  if (torn) places.push({ offset: torn.offset, text: torn.text, table: null, columns: 0 });
  return places.sort((a, b) => a.offset - b.offset);
}

function nameOf({ table }: MessageInRows): string | null {
  if (table === null) return null;
  return table.schema === null ? table.name : `${table.schema}.${table.name}`;
}

/** The first place at which a message has split a statement or a row. */
async function firstTorn(
  path: string,
  { compression, encoding }: Extract<FileKind, { kind: 'plain' }>,
  places: readonly Place[],
  signal: AbortSignal | undefined,
): Promise<StrayLines['torn']> {
  if (places.length === 0) return null;
  let next = 0;
  let line = 1;
  let kept: Buffer = Buffer.alloc(0);
  let base = 0;
  let counted = 0;
  const look = (last: boolean): StrayLines['torn'] => {
    for (; next < places.length; next++) {
      const place = places[next]!;
      const at = place.offset - base;
      if (!last && at + LONGEST_ROW > kept.length) break;
      line += countLines(kept, counted, at);
      counted = at;
      const text = tornBy(kept, at, place);
      if (text !== null) return { line, text, table: place.table };
    }
    return null;
  };
  for await (const piece of decompressed(path, compression, { encoding, signal })) {
    kept = Buffer.concat([kept, piece]);
    const torn = look(false);
    if (torn !== null) return torn;
    if (next >= places.length) return null;
    // Drops everything before the next place, except for the row that it may be in.
    const drop = Math.min(kept.length, places[next]!.offset - base) - LONGEST_ROW;
    if (drop <= 0) continue;
    if (drop > counted) line += countLines(kept, counted, drop);
    counted = Math.max(0, counted - drop);
    kept = kept.subarray(drop);
    base += drop;
  }
  return look(true);
}

/** The message at a place, if it has split a statement or a row; null = the text is part of a row. */
function tornBy(bytes: Buffer, at: number, { columns, text }: Place): string | null {
  if (columns === 0) return text;
  const start = bytes.lastIndexOf(NEWLINE, at) + 1;
  const end = lineEnd(bytes, at);
  const behind = lineEnd(bytes, end + 1);
  // The last row may end with the file, which may have been cut there.
  const rows = [bytes.subarray(start, end), bytes.subarray(end + 1, behind)];
  const whole = rows.every((row, i) => {
    // The rows end here, or another message follows, which is a place of its own.
    if (i === 1 && /^(?:\\\.\r?$|pg_dump|$)/.test(row.toString('latin1', 0, 7))) return true;
    return countTabs(row) === columns - 1;
  });
  return whole ? null : bytes.toString('utf8', at, Math.min(end, at + LONGEST_TEXT)).trimEnd();
}

function lineEnd(bytes: Buffer, from: number): number {
  const end = from < bytes.length ? bytes.indexOf(NEWLINE, from) : -1;
  return end < 0 ? bytes.length : end;
}

function countTabs(row: Buffer): number {
  let tabs = 0;
  for (let at = row.indexOf(TAB); at >= 0; at = row.indexOf(TAB, at + 1)) tabs++;
  return tabs;
}
