import type { RestoreOptions, TableRef } from '../model/options';
import { comparableSignature } from '../sql';
import { tableKey } from './countedRows';
import type { Verdict } from '../model/findings/findings';
import type { Environment } from '../model/profile';
import type {
  DatabaseFacts,
  FileFacts,
  FileName,
  FileObject,
  FileRows,
  ServerFacts,
  TargetFactsRead,
  TargetRelation,
} from '../model/findings/preflightFacts';

/** `locked`: a lock on the catalog, or no answer in time; `refused`: the user may not read it. */
export type Unread = 'locked' | 'refused';

/** All that a pre-flight judges. */
export interface PreflightInput {
  file: FileFacts;
  /** null = nobody could tell. */
  target: TargetFactsRead | null;
  /** Why nobody could, as far as it is known. */
  unread?: Unread | undefined;
  options: RestoreOptions;
  /** Relations of the whole archive, chosen or not. */
  archiveTables: readonly TableRef[];
  /** Is the restore small, and taken by the form's rules in one transaction, too? */
  fitsOneTransaction?: boolean;
  /** What the form's rules refuse, as sentences. */
  refused: readonly string[];
  connection: { readOnly: boolean; environment: Environment | null; name: string; host: string };
}

/** A table that is there, and whose rows are in the file too. */
export interface FilledTable {
  rows: FileRows;
  there: TargetRelation;
}

const TABLE_KINDS: ReadonlySet<string> = new Set(['r', 'p', 'f']);

/** The facts that several rules use, computed once. */
export class Situation {
  readonly file: FileFacts;
  readonly options: RestoreOptions;
  readonly server: ServerFacts | null;
  /** null = made by the restore, or nobody could tell. */
  readonly database: DatabaseFacts | null;
  /** The database whose place a new one takes: the restore changes nothing in it. */
  readonly replaced: DatabaseFacts | null;
  private readonly byName: ReadonlyMap<string, TargetRelation>;
  /** Objects that the file creates and the target already has. */
  readonly existing: readonly FileObject[];
  /** Objects that the file creates and an existing target does not have. */
  readonly absent: readonly FileObject[];
  readonly filled: readonly FilledTable[];

  constructor(readonly input: PreflightInput) {
    const { file, options, target } = input;
    this.file = file;
    this.options = options;
    this.server = target?.server ?? null;
    const there = target?.database ?? null;
    this.database = options.swapIn ? null : there;
    this.replaced = options.swapIn ? there : null;
    this.byName = new Map(
      (this.database?.relations ?? []).map((each) => [tableKey(each), each] as const),
    );
    const routines = new Set(this.database?.routines.map(comparableSignature));
    const types = new Set(this.database?.types);
    const triggers = new Set(this.database?.eventTriggers);
    const made = (each: { alongside?: true }): boolean => each.alongside !== true;
    // `public` and empty schemas are taken as they are.
    const schemas = new Set(
      this.database?.schemas.flatMap(({ name, empty }) => (empty || name === 'public' ? [] : name)),
    );
    this.existing = [
      ...file.schemas.filter((each) => made(each) && schemas.has(each.name)).map(globalObject),
      ...file.relations.filter((each) => made(each) && this.byName.has(tableKey(each))),
      ...file.routines.filter((each) => made(each) && routines.has(signatureOf(each))),
      ...file.types.filter((each) => made(each) && types.has(qualified(each))),
      ...file.eventTriggers.filter(({ name }) => triggers.has(name)).map(globalObject),
    ];
    const absent = (
      objects: readonly FileObject[],
      there: { has: (key: string) => boolean },
      keyOf: (object: FileObject) => string,
    ): FileObject[] => objects.filter((each) => made(each) && !there.has(keyOf(each)));
    this.absent =
      this.database === null
        ? []
        : [
            ...absent(file.relations, this.byName, tableKey),
            ...absent(file.routines, routines, signatureOf),
            ...absent(file.types, types, qualified),
          ];
    this.filled = file.rows.flatMap((rows) => {
      const there = this.byName.get(tableKey(rows));
      return there === undefined ? [] : [{ rows, there }];
    });
  }

  readonly relation = (ref: TableRef): TargetRelation | undefined => this.byName.get(tableKey(ref));

  /** Locks that a restore of definitions in one transaction holds at its end. */
  get lockedAtOnce(): number {
    return this.file.entries + this.file.largeObjects;
  }

  /** Does the restore stop at the first error? */
  get stops(): boolean {
    return this.options.exitOnError || this.options.singleTransaction;
  }

  /** Tables that are there and that the file makes. */
  get existingTables(): TargetRelation[] {
    return this.file.relations.flatMap((each) => {
      const there = this.relation(each);
      return there !== undefined && TABLE_KINDS.has(there.kind) ? [there] : [];
    });
  }

  /** How many large objects get other contents, or may get them; null = none. */
  get replacedLargeObjects(): Verdict['largeObjects'] {
    const count = this.database?.largeObjects.count ?? 0;
    // After an error the contents are written over those of the object that is there.
    if (count === 0 || (!this.options.clean && this.stops)) return null;
    return { count, upTo: this.file.largeObjectIds === null };
  }

  /** Tables that the file makes and the target has not. */
  get addedTables(): number {
    return this.file.relations.filter(
      (each) => each.desc.endsWith('TABLE') && !this.byName.has(tableKey(each)),
    ).length;
  }

  /** Tables that have rows, as far as is known, and lose them to those of the file. */
  get emptied(): TargetRelation[] {
    if (!this.options.replaceRows) return [];
    return this.filled.map(({ there }) => there).filter(({ rows }) => rows !== 0);
  }

  /** Tables of the target of which the file knows nothing. */
  get otherTables(): TargetRelation[] {
    const known = new Set([...this.file.relations, ...this.file.rows].map(tableKey));
    return (this.database?.relations ?? []).filter(
      (each) => TABLE_KINDS.has(each.kind) && !known.has(tableKey(each)),
    );
  }
}

/** `schema.name(arguments)`, to be compared. */
function signatureOf(routine: FileObject): string {
  return comparableSignature(qualified(routine));
}

/** An object that is in no schema. */
function globalObject({ dumpId, name }: FileName): FileObject {
  return { dumpId, desc: '', schema: '', name };
}

/** A large object as sentences name it: PostgreSQL's own words. */
export function largeObjectName(oid: number): string {
  return `LARGE OBJECT ${oid}`;
}

/** `schema.name`, as sentences and remedies name it. */
export function qualified({ schema, name }: TableRef): string {
  return schema === '' ? name : `${schema}.${name}`;
}
