import * as z from 'zod/mini';

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
  z.union([
    z.object({ mayCreate: z.null() }),
    z.object({ mayInsert: z.null() }),
    z.object({ object: z.null() }),
  ]),
  z.transform(() => null),
);
/** Objects, without those that are gone by now. */
const stillThere = <T>(shape: z.ZodMiniType<T>) =>
  z.pipe(
    z.array(z.union([shape, gone])),
    z.transform((objects) => objects.filter((each) => each !== null) as T[]),
  );

const column = z.object({ name: text, generated: flag, required: flag });
const databaseFacts = z.object({
  database: text,
  owned: flag,
  encoding: text,
  mayCreate: flag,
  schemas: stillThere(z.object({ name: text, mayCreate: flag, empty: flag })),
  relations: stillThere(
    z.object({
      schema: text,
      name: text,
      kind: text,
      rows: z.nullable(z.number()),
      unique: flag,
      owned: flag,
      mayInsert: flag,
      rowSecurity: flag,
      columns: z.pipe(
        z.nullable(z.array(column)),
        z.transform((columns) => columns ?? undefined),
      ),
    }),
  ),
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

/** What the server answers about the target of a restore. */
export const targetFacts = z.object({
  server: serverFacts,
  database: z.nullable(databaseFacts),
});
