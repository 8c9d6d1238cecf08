import type { BackupOptions, RestoreOptions } from '../../../src/core/model/options';
import { owner, stranger, usual } from './usualDatabase';
import type { Disaster } from './disaster';

/** Things that a database can have beside the usual ones; each stands alone. */
const PARTS: Readonly<Record<string, string>> = {
  trigrams: `CREATE EXTENSION pg_trgm; CREATE INDEX ON app.log USING gin (line gin_trgm_ops);`,
  extensionInSchema: `CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext;
    CREATE TABLE app.names (name ext.citext); INSERT INTO app.names VALUES ('a');`,
  goneOwner: `ALTER TABLE app.log OWNER TO disaster_gone;`,
  goneGrantee: `GRANT SELECT ON app.orders TO disaster_gone;`,
  gonePolicy: `CREATE POLICY gone ON app.orders FOR SELECT TO disaster_gone USING (true);`,
  otherOwner: `ALTER TABLE app.orders OWNER TO ${owner};`,
  defaultsOfRole: `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT SELECT ON TABLES TO ${stranger};`,
  identity: `CREATE TABLE app.items (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
    INSERT INTO app.items (name) SELECT 'item ' || n FROM generate_series(1, 7) n;`,
  generated: `CREATE TABLE app.sizes (a int, b int GENERATED ALWAYS AS (a * 2) STORED);
    INSERT INTO app.sizes (a) VALUES (1), (2);`,
  circle: `CREATE TABLE app.left (id int PRIMARY KEY, other int);
    CREATE TABLE app.right (id int PRIMARY KEY, other int REFERENCES app.left);
    ALTER TABLE app.left ADD FOREIGN KEY (other) REFERENCES app.right;
    INSERT INTO app.left VALUES (1, NULL); INSERT INTO app.right VALUES (1, 1);
    UPDATE app.left SET other = 1;`,
  partitions: `CREATE TABLE app.parts (day date, n int) PARTITION BY RANGE (day);
    CREATE TABLE app.parts_1 PARTITION OF app.parts FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
    CREATE TABLE app.parts_rest PARTITION OF app.parts DEFAULT;
    INSERT INTO app.parts SELECT '2026-01-20'::date + n, n FROM generate_series(1, 30) n;`,
  heirs: `CREATE TABLE app.parent (a int); CREATE TABLE app.child (b int) INHERITS (app.parent);
    INSERT INTO app.parent VALUES (1); INSERT INTO app.child VALUES (2, 3);`,
  materialized: `CREATE MATERIALIZED VIEW app.summary AS SELECT count(*) FROM app.orders;`,
  largeObject: `SELECT lo_from_bytea(0, 'abc');`,
  eventTrigger: `CREATE FUNCTION app.told() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE EVENT TRIGGER told ON sql_drop EXECUTE FUNCTION app.told();`,
  rowSecurity: `ALTER TABLE app.log ENABLE ROW LEVEL SECURITY;
    ALTER TABLE app.log FORCE ROW LEVEL SECURITY;
    CREATE POLICY everybody ON app.log USING (true);`,
  trigger: `CREATE FUNCTION app.checked() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER checked BEFORE INSERT ON app.orders FOR EACH ROW EXECUTE FUNCTION app.checked();`,
  domain: `CREATE DOMAIN app.positive AS int CHECK (VALUE > 0);
    CREATE TABLE app.numbers (n app.positive); INSERT INTO app.numbers VALUES (1);`,
  aggregate: `CREATE AGGREGATE app.total (int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');`,
  publication: `CREATE PUBLICATION orders FOR TABLE app.orders;`,
  publicationOfAll: `CREATE PUBLICATION everything FOR ALL TABLES;`,
  collation: `CREATE COLLATION app.german (provider = icu, locale = 'de-DE');
    CREATE TABLE app.words (word text COLLATE app.german); INSERT INTO app.words VALUES ('ä');`,
  oddNames: `CREATE SCHEMA "Odd ""one"", it's"; CREATE TABLE "Odd ""one"", it's"."a.b;--" ("x y" int);
    INSERT INTO "Odd ""one"", it's"."a.b;--" VALUES (1);`,
  inPublic: `CREATE TABLE public.plain (a int); INSERT INTO public.plain VALUES (1), (2);`,
  superuserCode: `CREATE FUNCTION app.raw(int) RETURNS int LANGUAGE internal AS 'int4abs';`,
  operators: `CREATE OPERATOR FAMILY app.odd USING btree;`,
  comments: `COMMENT ON TABLE app.log IS 'what happened'; COMMENT ON SCHEMA app IS 'the shop';`,
  rules: `CREATE RULE nothing AS ON UPDATE TO app.log WHERE false DO INSTEAD NOTHING;`,
  keyless: `CREATE TABLE app.empty (); CREATE TABLE app.none (a int);`,
};

/** What is done to a target that already has the content of the archive. */
const CHANGES: Readonly<Record<string, string>> = {
  none: '',
  emptied: `DO 'DECLARE t regclass; BEGIN
    FOR t IN SELECT oid FROM pg_class WHERE relkind = ''r'' AND oid >= 16384
      AND relnamespace::regnamespace::text !~ ''^pg_''
    LOOP EXECUTE ''TRUNCATE '' || t || '' CASCADE''; END LOOP; END';`,
  otherRows: `DELETE FROM app.orders WHERE id > 10; INSERT INTO app.log VALUES ('mine');`,
  view: `CREATE VIEW public.mine AS SELECT * FROM app.orders;`,
  key: `CREATE TABLE public.mine_too (customer int REFERENCES app.customers);
    INSERT INTO public.mine_too VALUES (1);`,
  neighbour: `CREATE TABLE app.neighbour (a int); INSERT INTO app.neighbour VALUES (1);`,
  columnType: `CREATE TABLE public.moods (mood app.mood); INSERT INTO public.moods VALUES ('good');`,
  usesFunction: `CREATE VIEW public.one AS SELECT app.one() AS one;`,
  lessColumns: `ALTER TABLE app.log DROP COLUMN line; ALTER TABLE app.log ADD other text;`,
  moreColumns: `ALTER TABLE app.customers ADD name text NOT NULL DEFAULT 'x';`,
  wants: `ALTER TABLE app.log ADD wanted int; UPDATE app.log SET wanted = 1;
    ALTER TABLE app.log ALTER wanted SET NOT NULL;`,
  otherKind: `DROP VIEW app.totals; CREATE TABLE app.totals (a int); INSERT INTO app.totals VALUES (1);`,
  checked: `ALTER TABLE app.orders ADD CHECK (id < 15) NOT VALID;`,
  fewer: `DROP TABLE app.orders CASCADE;`,
  onlyTables: `DROP FUNCTION app.one();`,
  noKeys: `ALTER TABLE app.orders DROP CONSTRAINT orders_pkey;`,
};

/** Targets that know nothing of the archive. */
const STRANGE: readonly string[] = [
  '',
  `CREATE TABLE public.mine (a int); INSERT INTO public.mine VALUES (1);`,
  `CREATE SCHEMA app;`,
  `CREATE SCHEMA app; CREATE TABLE app.mine (a int); INSERT INTO app.mine VALUES (1);`,
  `CREATE SCHEMA app; CREATE TYPE app.mood AS (a int);`,
  `CREATE SCHEMA app; CREATE TYPE app.log AS ENUM ('a');`,
  `CREATE SCHEMA app; CREATE SEQUENCE app.orders;`,
  `CREATE SCHEMA app; CREATE FUNCTION app.one() RETURNS text LANGUAGE sql AS 'SELECT ''1''';`,
  `CREATE SCHEMA app; CREATE TABLE app.orders_pkey (a int); INSERT INTO app.orders_pkey VALUES (1);`,
  `CREATE SCHEMA app; CREATE VIEW app.log AS SELECT 1 AS line;`,
  `CREATE EXTENSION pg_trgm; CREATE EXTENSION citext;`,
  `CREATE FUNCTION told() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE EVENT TRIGGER told ON ddl_command_end EXECUTE FUNCTION told();`,
  `CREATE TABLE public.plain (a int UNIQUE); INSERT INTO public.plain VALUES (1);`,
];

/** Gives all that is in the target to the role that restores. */
const GIVE = `DO $do$DECLARE each text; BEGIN FOR each IN
    SELECT format('SCHEMA %I', nspname) FROM pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_'
    UNION ALL SELECT format('TABLE %s', oid::regclass) FROM pg_class c
      WHERE oid >= 16384 AND relkind IN ('r', 'p', 'v', 'm')
        AND relnamespace::regnamespace::text !~ '^pg_'
    UNION ALL SELECT format('ROUTINE %s', oid::regprocedure) FROM pg_proc p WHERE oid >= 16384
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
    UNION ALL SELECT format('TYPE %s', oid::regtype) FROM pg_type t WHERE oid >= 16384
      AND typtype IN ('e', 'd') AND typelem = 0
  LOOP EXECUTE 'ALTER ' || each || ' OWNER TO ${owner}'; END LOOP; END$do$;`;

type Random = () => number;

function pick<T>(random: Random, list: readonly T[]): T {
  const chosen = list[Math.floor(random() * list.length)];
  if (chosen === undefined) throw new Error('an empty list');
  return chosen;
}

const FORMATS: readonly BackupOptions['format'][] = ['custom', 'custom', 'directory', 'tar'];

/** Ways to restore as people choose them, each with a few options more by chance. */
function optionsOf(random: Random): Partial<RestoreOptions> {
  const chance = (share: number): boolean => random() < share;
  const kind = pick(random, ['plain', 'plain', 'clean', 'clean', 'data', 'schema']);
  return {
    ...(kind === 'clean' ? { clean: true, ifExists: chance(0.8) } : {}),
    ...(kind === 'data' ? { dataOnly: true, disableTriggers: chance(0.2) } : {}),
    ...(kind === 'schema' ? { schemaOnly: true } : {}),
    ...(chance(0.3) ? { singleTransaction: true } : chance(0.15) ? { jobs: 2 } : {}),
    ...(chance(0.25) ? { exitOnError: false } : {}),
    ...(chance(0.3) ? { noOwner: true, noPrivileges: chance(0.7) } : {}),
    ...(chance(0.15) ? { tables: [{ schema: 'app', name: pick(random, TABLES) }] } : {}),
    safetyBackup: false,
  };
}

const TABLES = ['customers', 'orders', 'log', 'totals'];

/** One archive, one target and one set of options, by chance. */
export function randomRestore(random: Random, number: number): Disaster {
  const names = Object.keys(PARTS).filter(() => random() < 0.15);
  const parts = names.map((name) => PARTS[name] ?? '').join('\n');
  const source = `CREATE ROLE disaster_gone; ${usual} ${parts} ANALYZE;`;
  const how = random();
  const change = pick(random, Object.keys(CHANGES));
  const strange = pick(random, STRANGE);
  const full = `${usual} ${parts.replaceAll('disaster_gone', stranger)} ${CHANGES[change] ?? ''}`;
  const target = how < 0.15 ? null : how < 0.4 ? strange : full;
  const who = random();
  const as = who < 0.65 ? undefined : who < 0.9 ? owner : stranger;
  const owned = `ALTER DATABASE disaster_target OWNER TO ${owner};`;
  const given = as === owner && random() < 0.6 ? GIVE : '';
  const options = optionsOf(random);
  const format = pick(random, FORMATS);
  const state = target === null ? 'new' : how < 0.4 ? strange : `the same, ${change}`;
  return {
    title: `${number}: ${names.join('+')} ${format} into ${state} as ${as ?? 'superuser'} ${JSON.stringify(options)}`,
    ...{ source, backup: { format }, gone: 'DROP ROLE disaster_gone;' },
    target: target === null ? null : `${as === owner ? owned : ''} ${target} ${given} ANALYZE;`,
    ...{ options, ...(as === undefined ? {} : { as }) },
    ...{ expect: [], outcome: 'completed', byChance: true },
  };
}
