import type { ArchiveSample, ColumnLook } from './archiveSamples';

/*
 * Measured with 17 on two cores of a shared machine. Only the relations between them count: a run
 * finds out by itself how fast its machine is.
 */
const DATA_PER_ROW = 0.5e-6;
const DATA_PER_BYTE = 16e-9;
/** Of long values, which are taken as they are. */
const LONG_PER_BYTE = 8e-9;
/**
 * The server compresses long values, where that makes them smaller; the sooner the more often they
 * repeat themselves. By byte and by the share that is left of it.
 */
const TOAST_PER_PACKED_BYTE = 280e-9;
const LEAST_TOASTED = 2000;
const COMPRESSIBLE_RATIO = 0.4;
/**
 * Per row, for each key that is a number, a moment or the like, and for each byte of text that is
 * compared by the rules of a language.
 */
const BTREE_PER_ROW = 0.35e-6;
const BTREE_PER_KEY = 0.1e-6;
const BTREE_PER_TEXT_BYTE = 0.05e-6;
const LONGEST_KEY = 40;
const TRIGRAM_PER_BYTE = 420e-9;
const GIN_PER_BYTE = 90e-9;
const GIN_PER_BYTE_OF_LIST = 60e-9;
/** Measured: 0.9 µs where a row has three words, 2.6 where it has more than twenty. */
const GIN_PER_WORD = 1.5e-6;
/** Text that a function takes apart first, as `to_tsvector` does. */
const PARSED_PER_BYTE = 320e-9;
/** Other ways to build an index, per row. */
const PER_ROW: ReadonlyMap<string, number> = new Map([
  ['hash', 2e-6],
  ['brin', 0.1e-6],
  ['gist', 5e-6],
  ['spgist', 4e-6],
]);
/** Points are sorted before they become a GiST index. */
const SORTED_PER_ROW = 2e-6;
/** Vectors and other things that extensions index. */
const OTHER_PER_ROW = 40e-6;
/** The table is read once, without what long rows have beside it (TOAST). */
const SCAN_PER_BYTE = 1e-9;
const LONGEST_ROW = 2048;
const FOREIGN_KEY_PER_ROW = 0.25e-6;
const VIEW_PER_ROW = 1.3e-6;
const CREATE_OBJECT = 0.25e-3;
const LARGE_OBJECT_EACH = 0.55e-3;
const LARGE_OBJECT_PER_BYTE = 20e-9;
/** Assumed width of expressions, and of columns of tables without a sample. */
const USUAL_WIDTH = 12;
const USUAL_ROW = 90;

/** A small statement: creating a table, a comment, a grant. */
export const STATEMENT_SECONDS = 1e-3;
/**
 * One among those that load and index: it is committed while the disk still writes what came before
 * (measured: 1 to 10 ms where an early one takes 0.3).
 */
const LATE_STATEMENT_SECONDS = 2.5e-3;

/** A table's rows as they are guessed when only the size of their text is known. */
export function usualTable(textBytes: number): ArchiveSample {
  return {
    textBytes,
    rows: textBytes / USUAL_ROW,
    widths: new Map(),
    looks: new Map(),
    words: new Map(),
    ratio: 1,
  };
}

/** Seconds to load a table's rows. */
export function dataSeconds(table: ArchiveSample): number {
  const { rows, textBytes } = table;
  const widest = [...table.widths.values()].filter((width) => width >= LEAST_TOASTED);
  const long = Math.min(textBytes, rows * widest.reduce((sum, width) => sum + width, 0));
  const read = (textBytes - long) * DATA_PER_BYTE + long * LONG_PER_BYTE;
  const packed = table.ratio > COMPRESSIBLE_RATIO ? 0 : long * table.ratio * TOAST_PER_PACKED_BYTE;
  return LATE_STATEMENT_SECONDS + rows * DATA_PER_ROW + read + packed;
}

/** A GIN index of what a function makes of its columns: that takes most of its time. */
export const PARSING_GIN = 'gin()';

/** Method of the index that a statement makes, a constraint's too: `btree`, `gin`, `PARSING_GIN`. */
export function indexMethod(definition: string): string {
  const using = METHOD.exec(definition);
  const method = methodOf(using);
  if (method !== 'gin' || !using) return method;
  const columns = splitColumns(definition.slice(using.index + using[0].length));
  return columns.some((column) => column.includes('(')) ? PARSING_GIN : method;
}

function methodOf(using: RegExpExecArray | null): string {
  return using?.[1]?.toLowerCase() ?? 'btree';
}

const METHOD = /\bUSING\s+"?(\w+)"?\s*\(/i;

/**
 * Seconds to build an index or a constraint that has one.
 *
 * @param definition the statement
 */
export function indexSeconds(definition: string, table: ArchiveSample): number {
  const using = METHOD.exec(definition);
  const method = methodOf(using);
  const at = using ? using.index + using[0].length : definition.search(/\((?=[^(]*$)/s) + 1;
  const columns = splitColumns(definition.slice(at));
  const width = (column: string): number => keyWidth(column, table.widths);
  const scanned = Math.min(table.textBytes, table.rows * LONGEST_ROW);
  const scan = LATE_STATEMENT_SECONDS + scanned * SCAN_PER_BYTE;
  if (method === 'btree') {
    const texts = columns.filter((column) => lookOf(column, table.looks) !== null);
    const bytes = texts.reduce((sum, column) => sum + width(column), 0);
    const compared =
      (columns.length - texts.length) * BTREE_PER_KEY +
      Math.min(bytes, LONGEST_KEY) * BTREE_PER_TEXT_BYTE;
    return scan + table.rows * (BTREE_PER_ROW + compared);
  }
  if (method === 'gin') {
    const perRow = columns.reduce((sum, column) => sum + ginSeconds(column, table), 0);
    return scan + table.rows * perRow;
  }
  if (method === 'gist' && columns.some((column) => lookOf(column, table.looks) === 'point'))
    return scan + table.rows * SORTED_PER_ROW;
  return scan + table.rows * (PER_ROW.get(method) ?? OTHER_PER_ROW);
}

/** Seconds that a GIN index takes for a key of one row. */
function ginSeconds(key: string, { widths, looks, words }: ArchiveSample): number {
  const width = keyWidth(key, widths);
  if (key.includes('trgm')) return width * TRIGRAM_PER_BYTE;
  if (key.includes('(')) return width * PARSED_PER_BYTE;
  const count = namesOf(key).flatMap((name) => words.get(name) ?? [])[0];
  if (count !== undefined) return count * GIN_PER_WORD;
  return width * (lookOf(key, looks) === 'list' ? GIN_PER_BYTE_OF_LIST : GIN_PER_BYTE);
}

/** Seconds to check a foreign key for all rows of a table. */
export function foreignKeySeconds(table: ArchiveSample): number {
  return LATE_STATEMENT_SECONDS + table.rows * FOREIGN_KEY_PER_ROW;
}

/** Seconds to fill a materialised view from its tables. */
export function viewSeconds(tables: readonly ArchiveSample[]): number {
  return LATE_STATEMENT_SECONDS + tables.reduce((sum, { rows }) => sum + rows * VIEW_PER_ROW, 0);
}

/** Seconds to create large objects, empty ones with their owners. */
export function createObjectsSeconds(count: number): number {
  return count * CREATE_OBJECT;
}

/** Seconds to load large objects. */
export function largeObjectsSeconds(count: number, storedBytes: number): number {
  return count * LARGE_OBJECT_EACH + storedBytes * LARGE_OBJECT_PER_BYTE;
}

/** Width of a key: of the columns that it names, be it a column or an expression of several. */
function keyWidth(key: string, widths: ArchiveSample['widths']): number {
  const known = namesOf(key).flatMap((name) => widths.get(name) ?? []);
  return known.length === 0 ? USUAL_WIDTH : known.reduce((sum, each) => sum + each, 0);
}

/** What a key looks like: the column that it names, or the first of several that is no number. */
function lookOf(key: string, looks: ArchiveSample['looks']): ColumnLook | null {
  return namesOf(key).flatMap((name) => looks.get(name) ?? [])[0] ?? null;
}

/** Names in an expression, each once, as they are without quotes. */
function namesOf(expression: string): string[] {
  const names = expression
    .replaceAll(/'(?:[^']|'')*'/g, '')
    .match(/"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*/gu);
  return [...new Set(names)].map((name) =>
    name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name,
  );
}

/** The parts of a list up to its closing parenthesis, at the commas outside of any others. */
function splitColumns(text: string): string[] {
  const columns: string[] = [];
  let depth = 0;
  let quoted = false;
  let current = '';
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (!quoted) {
      if (character === '(') depth++;
      if (character === ')' && depth-- === 0) break;
      if (character === ',' && depth === 0) {
        columns.push(current.trim());
        current = '';
        continue;
      }
    }
    current += character;
  }
  if (current.trim() !== '') columns.push(current.trim());
  return columns;
}
