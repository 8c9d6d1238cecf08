import type { Turns } from '../turns';
import type {
  DatabaseFacts,
  FileFacts,
  FileName,
  FileObject,
  FileRows,
  TargetRelation,
} from '../model/findings/preflightFacts';
import type { RestoreOptions } from '../model/options';
import { comparableSignature } from '../sql';
import { tableKey } from './countedRows';
import { qualified } from './names';

/** A table that is there, and whose rows are in the file too. */
export interface FilledTable {
  rows: FileRows;
  there: TargetRelation;
}

const TABLE_KINDS: ReadonlySet<string> = new Set(['r', 'p', 'f']);

/** What a file makes, held against what a database has. */
export interface Comparison {
  /** Relations of the database by {@link tableKey}. */
  byName: ReadonlyMap<string, TargetRelation>;
  /** Objects that the file creates and the database already has. */
  existing: readonly FileObject[];
  /** Objects that the file creates and an existing database does not have. */
  absent: readonly FileObject[];
  /** Tables that are there and that the file makes. */
  existingTables: readonly TargetRelation[];
  /** How many tables the file makes and the database has not. */
  addedTables: number;
  filled: readonly FilledTable[];
  /** Those of them that keep the form that they have, and get rows. */
  loaded: readonly FilledTable[];
  /** Columns because of which these rows are refused. */
  refused: RefusedColumns;
  /** Tables of the database of which the file knows nothing. */
  otherTables: readonly TargetRelation[];
}

/** Columns of tables, as `schema.table.column`. */
export interface RefusedColumns {
  /** The table has them not, or wants values for them. */
  differ: readonly string[];
  /** They are computed. */
  generated: readonly string[];
}

/** Does a restore stop at the first error? */
export function stopsAtErrors({ exitOnError, singleTransaction }: RestoreOptions): boolean {
  return exitOnError || singleTransaction;
}

/** An object that only comes along stays as it is where it is there. */
const isMade = (each: { alongside?: true }): boolean => each.alongside !== true;

/**
 * Compares every object once, in turns: there may be tens of thousands on either side.
 *
 * @param database null = made by the restore, or nobody could tell
 * @throws AppError `cancelled`
 */
export async function compare(
  { file, options }: { file: FileFacts; options: RestoreOptions },
  database: DatabaseFacts | null,
  loop: Turns,
): Promise<Comparison> {
  const byName = new Map<string, TargetRelation>();
  for (const relation of database?.relations ?? []) {
    if (loop.shouldYield) await loop.yield();
    byName.set(tableKey(relation), relation);
  }
  // `public` and empty schemas are taken as they are.
  const schemas = new Set(
    database?.schemas.flatMap(({ name, empty }) => (empty || name === 'public' ? [] : name)),
  );
  const triggers = new Set(database?.eventTriggers);
  const known = new Set<TargetRelation>();
  const relations = await compareRelations(file, byName, known, loop);
  const routines = new Set(database?.routines.map(comparableSignature));
  const ofRoutines = await divide(file.routines, (each) => routines.has(signatureOf(each)), loop);
  const types = new Set(database?.types);
  const ofTypes = await divide(file.types, (each) => types.has(qualified(each)), loop);
  const filled = await findFilled(file, byName, known, loop);
  const loaded = loadedAsIs(filled, options);
  const otherTables: TargetRelation[] = [];
  for (const each of byName.values()) {
    if (loop.shouldYield) await loop.yield();
    if (TABLE_KINDS.has(each.kind) && !known.has(each)) otherTables.push(each);
  }
  return {
    byName,
    existing: [
      ...file.schemas.filter((each) => isMade(each) && schemas.has(each.name)).map(globalObject),
      ...relations.there,
      ...ofRoutines.there,
      ...ofTypes.there,
      ...file.eventTriggers.filter(({ name }) => triggers.has(name)).map(globalObject),
    ],
    absent:
      database === null ? [] : [...relations.missing, ...ofRoutines.missing, ...ofTypes.missing],
    existingTables: relations.tables,
    addedTables: relations.added,
    ...{ filled, loaded, refused: await refusedColumns(loaded, loop), otherTables },
  };
}

/** Objects that are made, by whether they are there. */
interface Divided {
  there: FileObject[];
  missing: FileObject[];
}

async function divide(
  objects: readonly FileObject[],
  isThere: (object: FileObject) => boolean,
  loop: Turns,
): Promise<Divided> {
  const there: FileObject[] = [];
  const missing: FileObject[] = [];
  for (const each of objects) {
    if (loop.shouldYield) await loop.yield();
    const found = isThere(each);
    if (isMade(each)) (found ? there : missing).push(each);
  }
  return { there, missing };
}

/** `known` gets the relations of the database that the file has, too. */
async function compareRelations(
  { relations }: FileFacts,
  byName: Comparison['byName'],
  known: Set<TargetRelation>,
  loop: Turns,
): Promise<Divided & { tables: TargetRelation[]; added: number }> {
  const tables: TargetRelation[] = [];
  let added = 0;
  const isThere = (each: FileObject): boolean => {
    const found = byName.get(tableKey(each));
    if (found === undefined) {
      if (each.desc.endsWith('TABLE')) added++;
      return false;
    }
    known.add(found);
    if (TABLE_KINDS.has(found.kind)) tables.push(found);
    return true;
  };
  const divided = await divide(relations, isThere, loop);
  return { ...divided, tables, added };
}

async function findFilled(
  { rows }: FileFacts,
  byName: Comparison['byName'],
  known: Set<TargetRelation>,
  loop: Turns,
): Promise<FilledTable[]> {
  const filled: FilledTable[] = [];
  for (const each of rows) {
    if (loop.shouldYield) await loop.yield();
    const there = byName.get(tableKey(each));
    if (there === undefined) continue;
    known.add(there);
    filled.push({ rows: each, there });
  }
  return filled;
}

function loadedAsIs(
  filled: readonly FilledTable[],
  options: RestoreOptions,
): readonly FilledTable[] {
  if (options.clean || options.schemaOnly) return [];
  // Where the table itself is an error that ends the restore, its rows are never reached.
  return options.dataOnly || !stopsAtErrors(options) ? filled : [];
}

async function refusedColumns(
  tables: readonly FilledTable[],
  loop: Turns,
): Promise<RefusedColumns> {
  const differ: string[] = [];
  const generated: string[] = [];
  for (const { rows, there } of tables) {
    if (loop.shouldYield) await loop.yield();
    const { columns: given } = rows;
    const { columns = [] } = there;
    if (given === null || columns.length === 0 || takesAll(columns, given)) continue;
    const inTable = new Map(columns.map((each) => [each.name, each]));
    const inFile = new Set(given);
    const name = (column: string): string => `${qualified(there)}.${column}`;
    differ.push(...given.filter((each) => !inTable.has(each)).map(name));
    for (const each of columns) {
      if (each.required && !each.generated && !inFile.has(each.name)) differ.push(name(each.name));
    }
    generated.push(...given.filter((each) => inTable.get(each)?.generated === true).map(name));
  }
  return { differ, generated };
}

/** Has the table just these columns, in this order? Nearly all have. */
function takesAll(
  columns: NonNullable<TargetRelation['columns']>,
  given: readonly string[],
): boolean {
  return (
    columns.length === given.length &&
    columns.every(({ name, generated }, i) => name === given[i] && !generated)
  );
}

/** `schema.name(arguments)`, to be compared. */
function signatureOf(routine: FileObject): string {
  return comparableSignature(qualified(routine));
}

/** An object that is in no schema. */
function globalObject({ dumpId, name }: FileName): FileObject {
  return { dumpId, desc: '', schema: '', name };
}
