import * as z from 'zod/mini';
import type { FieldKind, FieldTable, OptionField } from '../../model/optionFields';
import type { DatabaseChoice, RoleChoice, TableRef, ToolOptions } from '../../model/optionValues';

type KindOf<T extends FieldKind['type']> = Extract<FieldKind, { type: T }>;

/**
 * A schema for each kind of field. `R` is how a relation is named: where only exact names are taken
 * it is a `TableRef`.
 */
export interface KindSchemas<R> {
  flag: z.ZodMiniType<boolean>;
  integer: (kind: KindOf<'integer'>) => z.ZodMiniType<number>;
  text: z.ZodMiniType<string>;
  names: z.ZodMiniType<string[]>;
  relations: z.ZodMiniType<R[]>;
  databases: z.ZodMiniType<DatabaseChoice[]>;
  roles: z.ZodMiniType<RoleChoice[]>;
  entries: z.ZodMiniType<number[]>;
  arguments: z.ZodMiniType<string[]>;
  toolOptions: z.ZodMiniType<ToolOptions>;
}

/** Options whose relations are named as `R` says. */
export type WithRelations<O, R> = {
  [F in keyof O]: TableRef[] extends O[F] ? (null extends O[F] ? R[] | null : R[]) : O[F];
};

type Values<T extends FieldTable, R> = {
  -readonly [F in keyof T]: z.ZodMiniType<ValueOf<T[F]['kind'], R>>;
};

type ValueOf<K extends FieldKind, R> = K extends { nullable: true }
  ? NotNull<K, R> | null
  : NotNull<K, R>;

type NotNull<K extends FieldKind, R> = K extends { type: 'choice'; values: readonly (infer V)[] }
  ? V
  : K extends { type: 'integer' }
    ? number
    : K extends { type: Exclude<keyof KindSchemas<R>, 'integer'> }
      ? z.infer<KindSchemas<R>[K['type']]>
      : never;

/** The shape of all fields of a table, each of which has to be there. */
export function shapeOf<T extends FieldTable, R>(table: T, schemas: KindSchemas<R>): Values<T, R> {
  const shape = Object.entries(table).map(([name, field]) => [name, schemaOf(field, schemas)]);
  return Object.fromEntries(shape) as Values<T, R>;
}

function schemaOf<R>({ kind }: OptionField, schemas: KindSchemas<R>): z.ZodMiniType {
  const schema = schemaOfKind(kind, schemas);
  return kind.nullable ? z.nullable(schema) : schema;
}

function schemaOfKind<R>(kind: FieldKind, schemas: KindSchemas<R>): z.ZodMiniType {
  switch (kind.type) {
    case 'choice':
      return z.enum(kind.values);
    case 'integer':
      return schemas.integer(kind);
    default:
      return schemas[kind.type];
  }
}
