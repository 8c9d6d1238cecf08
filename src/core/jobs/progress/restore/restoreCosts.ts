import type { ArchiveSample, ColumnLook } from './archiveSamples';

/*
 * Measured with 17 on two cores of a shared machine. Only the relations between them count: a run
 * finds out by itself how fast its machine is.
 */
const DATA_PER_ROW = 0.5e-6;
const DATA_PER_BYTE = 16e-9;
/** The server compresses long values, where that makes them smaller. */
const TOAST_PER_BYTE = 30e-9;
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
const GIN_PER_BYTE: Readonly<Record<ColumnLook, number>> = {
  text: 90e-9,
  words: 30e-9,
  list: 60e-9,
};
/** Text that a function takes apart first, as `to_tsvector` does. */
const PARSED_PER_BYTE = 450e-9;
/** Other ways to build an index, per row. */
const PER_ROW: ReadonlyMap<string, number> = new Map([
  ['hash', 2e-6],
  ['brin', 0.1e-6],
  ['gist', 5e-6],
  ['spgist', 4e-6],
]);
/** Vectors and other things that extensions index. */
const OTHER_PER_ROW = 40e-6;
/** The table is read once, without what long rows have beside it (TOAST). */
const SCAN_PER_BYTE = 1e-9;
const LONGEST_ROW = 2048;
const FOREIGN_KEY_PER_ROW = 0.5e-6;
const VIEW_PER_ROW = 1.3e-6;
const CREATE_OBJECT = 0.25e-3;
const LARGE_OBJECT_EACH = 0.55e-3;
const LARGE_OBJECT_PER_BYTE = 20e-9;
/** Assumed width of expressions, and of columns of tables without a sample. */
const USUAL_WIDTH = 12;
const USUAL_ROW = 90;

/** A small statement: creating a table, a comment, a grant. */
export const STATEMENT_SECONDS = 0.5e-3;
/**
 * One among those that load and index: it is committed while the disk still writes what came before
 * (measured: 10 ms where an early one takes 0.3).
 */
const LATE_STATEMENT_SECONDS = 4e-3;

/** A table's rows as they are guessed when only the size of their text is known. */
export function usualTable(textBytes: number): ArchiveSample {
  return { textBytes, rows: textBytes / USUAL_ROW, widths: new Map(), looks: new Map(), ratio: 1 };
}

/** Seconds to load a table's rows. */
export function dataSeconds(table: ArchiveSample): number {
  const { rows, textBytes } = table;
  const read = LATE_STATEMENT_SECONDS + rows * DATA_PER_ROW + textBytes * DATA_PER_BYTE;
  if (table.ratio > COMPRESSIBLE_RATIO) return read;
  const widest = [...table.widths.values()].filter((width) => width >= LEAST_TOASTED);
  return read + rows * widest.reduce((sum, width) => sum + width, 0) * TOAST_PER_BYTE;
}

/** Method of the index that a statement makes, a constraint's too: `btree`, `gin`. */
export function indexMethod(definition: string): string {
  return methodOf(METHOD.exec(definition));
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
    const bytes = columns.reduce((sum, column) => {
      const look = lookOf(column, table.looks) ?? 'text';
      const plain = column.includes('(') ? PARSED_PER_BYTE : GIN_PER_BYTE[look];
      return sum + width(column) * (column.includes('trgm') ? TRIGRAM_PER_BYTE : plain);
    }, 0);
    return scan + table.rows * bytes;
  }
  return scan + table.rows * (PER_ROW.get(method) ?? OTHER_PER_ROW);
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
