/** Rows of a table of option fields, and the types derived from a table. */
import type {
  BackupFormat,
  BackupScope,
  DatabaseChoice,
  RoleChoice,
  TableRef,
  ToolOptions,
} from './optionValues';
import type { ToolName } from './tools';

/**
 * What a field holds. The decoders, the control in the form and the type of the option follow from
 * it. A `nullable` field can be null: the option is not given, and the tool's default counts.
 */
export type FieldKind = { readonly nullable?: true } & (
  | { readonly type: 'flag' }
  /** A whole number from `min` to `max`; `zero` says what 0 stands for. */
  | {
      readonly type: 'integer';
      readonly min: number;
      readonly max: number;
      readonly unit?: 'seconds';
      readonly zero?: string;
    }
  | { readonly type: 'choice'; readonly values: readonly string[] }
  | { readonly type: 'text'; readonly of?: 'encoding' }
  /** Exact names. */
  | { readonly type: 'names' }
  | { readonly type: 'relations' }
  | { readonly type: 'databases' }
  | { readonly type: 'roles' }
  /** Entries of an archive, by their numbers in it. */
  | { readonly type: 'entries' }
  | { readonly type: 'arguments' }
  | { readonly type: 'toolOptions' }
);

interface Plain {
  flag: boolean;
  integer: number;
  choice: string;
  text: string;
  names: string[];
  relations: TableRef[];
  databases: DatabaseChoice[];
  roles: RoleChoice[];
  entries: number[];
  arguments: string[];
  toolOptions: ToolOptions;
}

type NotNull<K> = K extends { type: 'choice'; values: readonly (infer V)[] }
  ? V
  : K extends { type: keyof Plain }
    ? Plain[K['type']]
    : never;

/** The values of a kind. */
export type ValueOfKind<K> = K extends { nullable: true } ? NotNull<K> | null : NotNull<K>;

/**
 * Where the form shows a field. What stands in `content`, `existing`, `errors`, `owners` and
 * `advanced` is drawn from the table; what stands `alone` has a view that is written for it, what chooses `objects` has
 * the tree of them.
 */
export type FieldPlace =
  'alone' | 'objects' | 'content' | 'existing' | 'errors' | 'owners' | 'advanced';

/** Scopes that a field applies to. */
export interface OnlyFor<V> {
  /** Scopes of a backup. */
  readonly scopes: readonly BackupScope[];
  /** Value in all other scopes; left out = the field's default. */
  readonly otherwise?: V;
  /** Why it cannot be anything else there, in English. */
  readonly reason: string;
}

/** Properties of a field besides its kind. */
export interface FieldFacts<V> {
  /**
   * What a new form holds, and what a command that leaves the field out means; a function where it
   * depends on the format. A field without a default has to be given.
   */
  readonly default?: V | ((format: BackupFormat) => V);
  /** A command call that leaves the field out gets the value that the form proposes. */
  readonly proposed?: true;
  /** Need not be there at all. */
  readonly optional?: true;
  /** Label in the form, in English: translated where it is shown, like `group` and `help`. */
  readonly label: string;
  /** The name in lists of problems, for several fields that share one. */
  readonly group?: string;
  readonly help?: string;
  readonly place: FieldPlace;
  /** The field whose control shows this one as well. */
  readonly control?: string;
  /** The tools' options that the field sets, by row id: they cannot be set separately. */
  readonly options?: Readonly<Partial<Record<ToolName, readonly string[]>>>;
  /**
   * Tool options that are shown beside the field instead of among the advanced ones, by row id:
   * with the field's control (`shared`), or with one of their `own`.
   */
  readonly beside?: Readonly<Record<string, 'shared' | 'own'>>;
  /** The value is proposed again in the next form for the connection. */
  readonly remembered: boolean;
  /** Runs that differ in it take different times. */
  readonly inHistory: boolean;
  /** Means something in some backups only; left out = in all. */
  readonly only?: OnlyFor<V>;
}

/** One field of a form's options. */
export interface OptionField extends FieldFacts<unknown> {
  readonly kind: FieldKind;
}

/** The fields of a form's options by name, in the order in which the form shows them. */
export type FieldTable = Readonly<Record<string, OptionField>>;

/** A row of a table: the compiler holds its default against its kind. */
export function field<const K extends FieldKind, const F extends FieldFacts<ValueOfKind<K>>>(
  kind: K,
  facts: F,
): F & { readonly kind: K } {
  return { kind, ...facts };
}

type Named<T, Fact extends string, Value = unknown> = {
  [F in keyof T]: T[F] extends Readonly<Record<Fact, Value>> ? F : never;
}[keyof T];

type Values<T, Names extends keyof T> = {
  -readonly [F in keyof Pick<T, Names>]: T[F] extends { kind: infer K } ? ValueOfKind<K> : never;
};

/** The options that a table describes. */
export type OptionsOf<T> = Values<T, Exclude<keyof T, Named<T, 'optional', true>>>;

/** The optional fields. */
export type OptionalOf<T> = {
  -readonly [F in Named<T, 'optional', true>]?: T[F] extends { kind: infer K }
    ? ValueOfKind<K> | undefined
    : never;
};

/** The fields with a default. */
export type DefaultsOf<T> = Values<T, Named<T, 'default'>>;

/** The fields at one place of the form. */
export type OptionsAt<T, Place extends FieldPlace> = Values<T, Named<T, 'place', Place>>;

/** The fields that become tool options unchanged; those for objects and files need more. */
export type OptionsFor<T, Tool extends ToolName> = Omit<
  Values<T, NamedOption<T, Tool>>,
  Named<T, 'place', 'objects'> | 'outputPath' | 'inputPath'
> &
  Values<T, Extract<keyof T, 'toolOptions' | 'extraArgs'>>;

type NamedOption<T, Tool extends ToolName> = {
  [F in keyof T]: T[F] extends { options: Readonly<Record<Tool, unknown>> } ? F : never;
}[keyof T];

/** The fields that are remembered. */
export type RememberedOf<T> = Values<T, Named<T, 'remembered', true>>;
