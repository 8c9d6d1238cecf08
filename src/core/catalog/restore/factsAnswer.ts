import * as z from 'zod/mini';
import { AppError } from '../../errors';
import type { TargetRelation } from '../../model/findings/preflightFacts';
import { decodeAnswer } from '../psql';

const text = z.string();
const names = z.array(text);
const flag = z.boolean();

const serverFacts = z.object({
  major: z.number(),
  user: text,
  isSuperuser: flag,
  readOnly: z.nullable(z.enum(['standby', 'setting'])),
  mayCreateDatabase: flag,
  roles: names,
  foreignRoles: names,
  tablespaces: names,
  lockable: z.number(),
  freeConnections: z.number(),
  dataPath: z.nullable(text),
  collations: names,
  extensions: z.array(z.object({ name: text, trusted: flag, version: text })),
});

/** Of an object that is dropped while the query runs, the server says NULL instead of what it asks. */
const gone = z.pipe(
  z.union([z.object({ mayCreate: z.null() }), z.object({ object: z.null() })]),
  z.transform(() => null),
);
/** Objects, without those that are gone by now. */
const stillThere = <T>(shape: z.ZodMiniType<T>) =>
  z.pipe(
    z.array(z.union([shape, gone])),
    z.transform((objects) => objects.filter((each) => each !== null) as T[]),
  );

const databaseFacts = z.object({
  database: text,
  owned: flag,
  encoding: text,
  mayCreate: flag,
  schemas: stillThere(z.object({ name: text, mayCreate: flag, empty: flag })),
  otherObjects: z.number(),
  routines: names,
  types: names,
  installed: z.array(z.object({ name: text, schema: text, version: text })),
  staleCollations: names,
  languages: names,
  accessMethods: names,
  foreignServers: names,
  published: names,
  sessions: z.array(
    z.object({ pid: z.number(), user: text, application: text, state: text, seconds: z.number() }),
  ),
  preparedTransactions: names,
  logicalSlots: names,
  subscriptions: names,
  eventTriggers: names,
  dependents: z.object({
    ...{ count: z.number(), keys: z.number() },
    first: stillThere(
      z.object({
        object: text,
        on: text,
        relation: z.nullable(z.object({ schema: text, name: text })),
        key: z.nullable(z.object({ drop: text, add: text })),
      }),
    ),
  }),
  keyTables: z.array(z.object({ schema: text, name: text })),
  largeObjects: z.object({
    count: z.number(),
    ...{ oids: z.array(z.number()), notOwned: z.array(z.number()), absent: z.array(z.number()) },
  }),
});

/** What the server answers about the target of a restore, beside its relations. */
const head = z.object({
  server: serverFacts,
  database: z.nullable(databaseFacts),
});
type Head = z.infer<typeof head>;

/** Arrays, because there may be tens of thousands. */
const relation = z.tuple([
  text,
  text,
  text,
  z.nullable(z.number()),
  flag,
  flag,
  flag,
  flag,
  z.nullable(z.array(z.tuple([text, flag, flag]))),
]);
/** Where the array says whether rows may be inserted. */
const MAY_INSERT = 6;

/** The records of an answer about the target of a restore: one about all, and one for each relation. */
export class FactsRecords {
  private head: Head | null = null;
  private readonly relations: TargetRelation[] = [];

  /** @throws AppError `answerUnusable` */
  add(json: unknown): void {
    if (!Array.isArray(json)) this.head = decodeAnswer(head, json);
    // As with `gone`.
    else if (json[MAY_INSERT] !== null) this.relations.push(relationOf(json));
  }

  /** @throws AppError `answerUnusable` */
  facts(): Head & { database: { relations: TargetRelation[] } | null } {
    if (this.head === null) throw new AppError('answerUnusable', { reason: 'unexpected' });
    const { server, database } = this.head;
    return { server, database: database && { ...database, relations: this.relations } };
  }
}

function relationOf(record: unknown): TargetRelation {
  const [schema, name, kind, rows, unique, owned, mayInsert, rowSecurity, columns] = decodeAnswer(
    relation,
    record,
  );
  const known = { schema, name, kind, rows, unique, owned, mayInsert, rowSecurity };
  if (columns === null) return known;
  return {
    ...known,
    columns: columns.map(([column, generated, required]) => ({
      name: column,
      generated,
      required,
    })),
  };
}
