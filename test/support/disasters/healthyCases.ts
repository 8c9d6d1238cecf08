import { owner, stranger, usual } from './usualDatabase';
import type { Disaster } from './disaster';

const owned = `ALTER DATABASE disaster_target OWNER TO ${owner};`;
const emptied = `${usual} TRUNCATE app.customers, app.orders, app.log;`;

/** Restores that come near to findings, and about which nothing is found. */
export const healthyCases: readonly Disaster[] = [
  {
    title: 'healthy: all that the archive needs is there',
    source: `${usual} ALTER TABLE app.log OWNER TO ${owner}; GRANT SELECT ON app.orders TO ${stranger};
      CREATE POLICY mine ON app.orders FOR SELECT TO ${owner} USING (id > 1);
      CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; CREATE TABLE app.names (name ext.citext);
      CREATE TABLE app.words (word text COLLATE "C"); CREATE COLLATION app.german (provider = icu, locale = 'de');
      CREATE FUNCTION app.two() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 2; END';
      CREATE ACCESS METHOD disaster_am TYPE TABLE HANDLER heap_tableam_handler;
      CREATE TABLE app.odd (a int) USING disaster_am; CREATE TABLE app.placed (a int) TABLESPACE pg_default;
      CREATE FUNCTION app.told() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
      CREATE EVENT TRIGGER told ON sql_drop EXECUTE FUNCTION app.told();
      CREATE PUBLICATION everything FOR ALL TABLES; CREATE PUBLICATION few FOR TABLE app.log; CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s
      FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE app.far (a int) SERVER s;`,
    expect: [],
    near: [
      ...(['ownersMissing', 'ownersOutOfReach', 'granteesMissing', 'policyRolesMissing'] as const),
      ...(['extensionsMissing', 'extensionsRefused', 'extensionSchemasMissing'] as const),
      ...(['collationsMissing', 'languagesMissing', 'accessMethodsMissing'] as const),
      ...(['foreignServersMissing', 'publishedMissing'] as const),
      ...(['eventTriggersRefused', 'superuserOnly', 'tablespacesMissing', 'newerServer'] as const),
      ...(['pooler', 'eventTriggers', 'diskSpace'] as const),
    ],
    outcome: 'completed',
  },
  {
    title: 'healthy: rows alone, into tables that fit',
    source: `${usual} CREATE TABLE app.sizes (a int, b int GENERATED ALWAYS AS (a * 2) STORED);
      INSERT INTO app.sizes (a) VALUES (1);`,
    target: `${emptied} CREATE TABLE app.sizes (a int, b int GENERATED ALWAYS AS (a * 2) STORED,
      more text NOT NULL DEFAULT 'x'); ALTER TABLE app.sizes ENABLE ROW LEVEL SECURITY;`,
    options: { dataOnly: true, disableTriggers: true },
    expect: [],
    near: [
      ...(['rowsDoubled', 'rowsCollide', 'tablesMissing', 'columnsDiffer'] as const),
      ...(['columnsGenerated', 'noRightToInsert', 'rowSecurity', 'circularKeys'] as const),
      ...(['triggersNeedSuperuser'] as const),
    ],
    outcome: 'completed',
  },
  {
    title: 'healthy: rows replace others, and the tables are empty',
    target: emptied,
    options: { dataOnly: true, replaceRows: true, singleTransaction: true },
    expect: [],
    near: ['rowsReplaced'],
    outcome: 'completed',
  },
  {
    title: 'healthy: there is nothing to drop in a database that has other things',
    source: `${usual} SELECT lo_from_bytea(70001, 'new');`,
    target: `CREATE VIEW public.log AS SELECT 1; CREATE FUNCTION public.one() RETURNS int
      LANGUAGE sql AS 'SELECT 1'; CREATE TYPE public.mood AS (a int); SELECT lo_from_bytea(80001, 'mine');`,
    options: { clean: true, ifExists: true },
    expect: [],
    near: [
      ...(['drops', 'dependents', 'notOwner', 'nothingToDrop', 'stays', 'otherKind'] as const),
      ...(['largeObjectsReplaced', 'largeObjectsExist', 'exists'] as const),
    ],
    outcome: 'completed',
  },
  {
    title: 'healthy: by the owner of the database, who is no superuser',
    source: `${usual} CREATE EXTENSION citext;`,
    target: owned,
    as: owner,
    options: { noOwner: true, noPrivileges: true, tables: [{ schema: 'app', name: 'customers' }] },
    expect: [],
    near: ['noRightToCreate'],
    outcome: 'completed',
  },
  {
    title: 'healthy: a name that has live in it, in an encoding that takes every byte',
    name: 'disaster_alive_products',
    clauses: `ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'`,
    connection: { environment: 'development', readOnly: false },
    expect: [],
    near: [
      ...(['production', 'productionName', 'connectionReadOnly', 'serverReadOnly'] as const),
      ...(['targetUnknown', 'otherEncoding', 'options'] as const),
    ],
    outcome: 'completed',
  },
  {
    title: 'healthy: a script as it is, into a new database',
    backup: { format: 'plain' },
    target: null,
    expect: [],
    near: ['partLeftOut', 'noRightToCreateDatabase'],
    outcome: 'completed',
  },
  {
    title: 'healthy: an extension of the same version and place, a collation that is as it was',
    source: `${usual} CREATE EXTENSION pg_trgm;`,
    target: `CREATE EXTENSION pg_trgm; CREATE COLLATION de (provider = icu, locale = 'de');`,
    expect: [],
    near: ['extensionsOlder', 'extensionsElsewhere', 'collationsStale'],
    outcome: 'completed',
  },
  {
    title: 'healthy: the restored database takes the place of one that nobody uses',
    target: usual,
    options: { swapIn: true },
    expect: [],
    near: ['swapNotOwner', 'swapPrepared', 'swapSessions', 'swapLeavesBehind'],
    outcome: 'completed',
  },
];

/** On the narrow server: what is going on is in another database, and the room is enough. */
export const healthyNarrow: Disaster = {
  title: 'healthy: sessions, slots and prepared transactions of other databases',
  narrow: true,
  expect: [],
  near: ['sessions', 'preparedTransactions', 'logicalSlots', 'tooManyLocks', 'tooManyJobs'],
  options: { singleTransaction: true },
  outcome: 'completed',
};
