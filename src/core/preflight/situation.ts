import type { Turns } from '../turns';
import type { RestoreOptions, TableRef } from '../model/options';
import {
  compare,
  stopsAtErrors,
  type Comparison,
  type FilledTable,
  type RefusedColumns,
} from './comparison';
import { tableKey } from './countedRows';
import type { Verdict } from '../model/findings/findings';
import type { Environment } from '../model/profile';
import type {
  DatabaseFacts,
  FileFacts,
  FileObject,
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

/** The facts that several rules use, computed once. */
export class Situation {
  readonly file: FileFacts;
  readonly options: RestoreOptions;
  readonly server: ServerFacts | null;
  /** null = made by the restore, or nobody could tell. */
  readonly database: DatabaseFacts | null;
  /** The database whose place a new one takes: the restore changes nothing in it. */
  readonly replaced: DatabaseFacts | null;
  /** Objects that the file creates and the target already has. */
  readonly existing: readonly FileObject[];
  /** Objects that the file creates and an existing target does not have. */
  readonly absent: readonly FileObject[];
  /** Tables that are there and that the file makes. */
  readonly existingTables: readonly TargetRelation[];
  /** How many tables the file makes and the target has not. */
  readonly addedTables: number;
  readonly filled: readonly FilledTable[];
  /** Those of them that keep the form that they have in the target, and get rows. */
  readonly loaded: readonly FilledTable[];
  /** Columns because of which these rows are refused. */
  readonly refused: RefusedColumns;
  /** Tables of the target of which the file knows nothing. */
  readonly otherTables: readonly TargetRelation[];
  private readonly byName: Comparison['byName'];

  private constructor(
    readonly input: PreflightInput,
    compared: Comparison,
  ) {
    const { file, options, target } = input;
    this.file = file;
    this.options = options;
    this.server = target?.server ?? null;
    this.database = changedDatabase(input);
    this.replaced = options.swapIn ? (target?.database ?? null) : null;
    this.existing = compared.existing;
    this.absent = compared.absent;
    this.existingTables = compared.existingTables;
    this.addedTables = compared.addedTables;
    this.filled = compared.filled;
    this.loaded = compared.loaded;
    this.refused = compared.refused;
    this.otherTables = compared.otherTables;
    this.byName = compared.byName;
  }

  /**
   * Holds the file against the target, in turns.
   * @throws AppError `cancelled`
   */
  static async of(input: PreflightInput, loop: Turns): Promise<Situation> {
    return new Situation(input, await compare(input, changedDatabase(input), loop));
  }

  readonly relation = (ref: TableRef): TargetRelation | undefined => this.byName.get(tableKey(ref));

  /** Locks that a restore of definitions in one transaction holds at its end. */
  get lockedAtOnce(): number {
    return this.file.entries + this.file.largeObjects;
  }

  /** Does the restore stop at the first error? */
  get stops(): boolean {
    return stopsAtErrors(this.options);
  }

  /** How many large objects get other contents, or may get them; null = none. */
  get replacedLargeObjects(): Verdict['largeObjects'] {
    const count = this.database?.largeObjects.count ?? 0;
    // After an error the contents are written over those of the object that is there.
    if (count === 0 || (!this.options.clean && this.stops)) return null;
    return { count, upTo: this.file.largeObjectIds === null };
  }

  /** Tables that have rows, as far as is known, and lose them to those of the file. */
  get emptied(): TargetRelation[] {
    if (!this.options.replaceRows) return [];
    return this.filled.map(({ there }) => there).filter(({ rows }) => rows !== 0);
  }
}

/** null = made by the restore, or nobody could tell. */
function changedDatabase({ target, options }: PreflightInput): DatabaseFacts | null {
  return options.swapIn ? null : (target?.database ?? null);
}
