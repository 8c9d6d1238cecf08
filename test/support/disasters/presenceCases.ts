import { owner, stranger, usual } from './usualDatabase';
import type { Disaster } from './disaster';

const owned = `ALTER DATABASE disaster_target OWNER TO ${owner};`;
const partitioned = `CREATE TABLE public.parts (day date PRIMARY KEY, n int) PARTITION BY RANGE (day);
  CREATE TABLE public.parts_1 PARTITION OF public.parts
    FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
  CREATE TABLE public.parts_rest PARTITION OF public.parts DEFAULT;
  INSERT INTO public.parts SELECT '2026-01-20'::date + n, n FROM generate_series(1, 30) n;`;
const hostile = `CREATE SCHEMA "a"";'$1"; CREATE TABLE "a"";'$1"."x y;--\\\\%s {0}" (" " int);
  INSERT INTO "a"";'$1"."x y;--\\\\%s {0}" VALUES (1); ANALYZE;`;

/** What is there already, is not there, or is something else: a case for each rule. */
export const presenceCases: readonly Disaster[] = [
  {
    title: 'rows alone, and nothing is there',
    target: '',
    options: { dataOnly: true },
    expect: ['tablesMissing:stops'],
    press: [['definitionsToo']],
    outcome: 'failed',
  },
  {
    title: 'what is not there cannot be dropped',
    options: { clean: true, ifExists: false },
    expect: ['nothingToDrop:stops'],
    press: [['ifExists']],
    outcome: 'failed',
  },
  {
    title: 'a view has the name of a table that is dropped first',
    target: `CREATE SCHEMA app; CREATE VIEW app.log AS SELECT 'x' AS line;`,
    options: { clean: true, ifExists: true, singleTransaction: true },
    expect: ['otherKind:stops'],
    press: [['newDatabase']],
    outcome: 'failed',
    left: 'rolledBack',
  },
  {
    title: 'a schema that is dropped has a table of somebody else',
    target: `CREATE SCHEMA app; CREATE TABLE app.mine AS SELECT 1 AS a; ANALYZE;`,
    options: { clean: true, ifExists: true, singleTransaction: true },
    expect: ['dependents:stops', 'stays:note'],
    outcome: 'failed',
    left: 'rolledBack',
  },
  {
    title: 'an extension that is in another schema there, and is named',
    source: `CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext;
      CREATE TABLE public.names (name ext.citext);`,
    target: 'CREATE EXTENSION citext;',
    expect: ['extensionsElsewhere:stops'],
    outcome: 'failed',
    left: 'partial',
  },
  {
    title: 'a publication of a table that is neither there nor restored',
    source: `${usual} CREATE PUBLICATION few FOR TABLE app.customers, app.log;`,
    target: 'CREATE SCHEMA app; CREATE TABLE app.log (line text);',
    only: ['PUBLICATION', 'PUBLICATION TABLE'],
    expect: ['publishedMissing:stops'],
    press: [['leaveOut']],
    outcome: 'failed',
    left: 'partial',
  },
  {
    title: 'a publication of all tables, by who is no superuser',
    source: `${usual} CREATE PUBLICATION everything FOR ALL TABLES;`,
    target: owned,
    as: owner,
    options: { noOwner: true },
    expect: ['superuserOnly:stops'],
    press: [['leaveOut']],
    outcome: 'failed',
    left: 'partial',
  },
  {
    title: 'somebody else owns what rows are loaded into',
    target: `${usual} TRUNCATE app.customers, app.orders, app.log;
      GRANT USAGE ON SCHEMA app TO ${stranger};`,
    as: stranger,
    options: { dataOnly: true },
    expect: ['noRightToInsert:stops'],
    outcome: 'failed',
    left: 'untouched',
  },
];

/** What may depend on a function beside a view. */
const usesFunctions = `CREATE FUNCTION app.short(a text) RETURNS text IMMUTABLE LANGUAGE sql
    AS 'SELECT left(a, 3)';
  CREATE FUNCTION app.told() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TABLE app.uses (a text DEFAULT app.short('abcd') CHECK (app.short(a) <> ''),
    b text GENERATED ALWAYS AS (app.short(a)) STORED);
  CREATE INDEX ON app.uses (app.short(a));
  CREATE TRIGGER told BEFORE INSERT ON app.uses FOR EACH ROW EXECUTE FUNCTION app.told();
  CREATE POLICY brief ON app.uses USING (app.short(a) <> 'x');
  CREATE VIEW app.shorter AS SELECT app.short(a) FROM app.uses;
  CREATE DOMAIN app.brief AS text CHECK (app.short(VALUE) = VALUE);
  CREATE FUNCTION app.next(int, int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 + $2';
  CREATE AGGREGATE app.total (int) (SFUNC = app.next, STYPE = int, INITCOND = '0');
  CREATE OPERATOR app.@@@ (LEFTARG = int, RIGHTARG = int, FUNCTION = app.next);
  INSERT INTO app.uses VALUES ('abc'); ANALYZE;`;

/** More of the same, which take longer than they tell: a long run has them. */
export const furtherCases: readonly Disaster[] = [
  {
    title: 'rows alone, and one table is not there, which is passed over',
    target: `${usual} TRUNCATE app.customers, app.orders, app.log; DROP TABLE app.log;`,
    options: { dataOnly: true, exitOnError: false },
    expect: ['tablesMissing:surprises'],
    outcome: 'completedWithErrors',
  },
  {
    title: 'functions that are dropped, on which only what is dropped too depends',
    source: `${usual} ${usesFunctions}`,
    target: `${usual} ${usesFunctions}`,
    options: { clean: true, ifExists: true },
    expect: ['drops:loses'],
    outcome: 'completed',
  },
  {
    title: 'functions that are dropped, on which a trigger, a default and a view depend',
    source: `${usual} ${usesFunctions}`,
    target: `${usual} ${usesFunctions} CREATE TABLE public.mine (a text DEFAULT app.short('x'));
      CREATE TRIGGER told BEFORE INSERT ON public.mine FOR EACH ROW EXECUTE FUNCTION app.told();
      CREATE VIEW public.one AS SELECT app.one();`,
    options: { clean: true, ifExists: true, singleTransaction: true },
    expect: ['drops:loses', 'dependents:stops', 'stays:note'],
    outcome: 'failed',
    left: 'rolledBack',
  },
  {
    title: 'rows replace others',
    target: `${usual} DELETE FROM app.orders WHERE id > 10; INSERT INTO app.log VALUES ('mine'); ANALYZE;`,
    options: { dataOnly: true, replaceRows: true, singleTransaction: true },
    expect: ['rowsReplaced:loses'],
    press: [['countRows']],
    outcome: 'completed',
  },
  {
    title: 'what is not there need not be dropped',
    options: { clean: true, ifExists: true },
    expect: [],
    outcome: 'completed',
  },
  {
    title: 'a view has the name of a table whose rows are loaded',
    target: `${usual} TRUNCATE app.customers, app.orders; DROP TABLE app.log;
      CREATE VIEW app.log AS SELECT 'x' AS line;`,
    options: { dataOnly: true },
    expect: ['otherKind:stops'],
    outcome: 'failed',
  },
  {
    title: 'a schema that is there has a table of somebody else',
    target: `CREATE SCHEMA app; CREATE TABLE app.mine AS SELECT 1 AS a; ANALYZE;`,
    expect: ['exists:stops'],
    outcome: 'failed',
  },
  {
    title: 'an empty schema is taken as it is',
    target: `CREATE SCHEMA app;`,
    expect: [],
    outcome: 'completed',
  },
  {
    title: 'a type that is there',
    target: `CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('good');`,
    expect: ['exists:stops'],
    outcome: 'failed',
  },
  {
    title: 'a function that is there',
    target: `CREATE SCHEMA app; CREATE FUNCTION app.one() RETURNS int LANGUAGE sql AS 'SELECT 2';`,
    options: { singleTransaction: true },
    expect: ['exists:stops'],
    outcome: 'failed',
  },
  {
    title: 'an event trigger that is there',
    source: `CREATE FUNCTION told() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
      CREATE EVENT TRIGGER told ON sql_drop EXECUTE FUNCTION told();`,
    target: `CREATE SCHEMA a; CREATE FUNCTION a.told() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
      CREATE EVENT TRIGGER told ON sql_drop EXECUTE FUNCTION a.told();`,
    expect: ['exists:stops', 'eventTriggers:surprises'],
    outcome: 'failed',
    left: 'partial',
  },
  {
    title: 'a function in C and a family of operators, by who is no superuser',
    source: `CREATE FUNCTION public.raw(int) RETURNS int LANGUAGE internal AS 'int4abs';
      CREATE OPERATOR FAMILY public.odd USING btree; CREATE TABLE public.t AS SELECT 1 AS a;`,
    target: owned,
    as: owner,
    options: { noOwner: true, singleTransaction: true },
    expect: ['superuserOnly:stops'],
    outcome: 'failed',
    left: 'untouched',
  },
  {
    title: 'partitions are dropped and made again',
    source: partitioned,
    target: `${partitioned} ANALYZE;`,
    options: { clean: true, ifExists: true, exitOnError: false },
    expect: ['drops:loses'],
    outcome: null,
  },
  {
    title: 'partitions, healthy',
    source: partitioned,
    options: { jobs: 2 },
    expect: [],
    outcome: 'completed',
  },
  {
    title: 'names that are meant to be run',
    source: hostile,
    target: hostile,
    options: { clean: true, ifExists: true },
    expect: ['drops:loses'],
    outcome: 'completed',
  },
  {
    title: 'a database that is there, to be made',
    target: usual,
    options: { createDatabase: true },
    expect: ['options:stops'],
    outcome: 'failed',
  },
];
