import type { Disaster } from './disaster';
import { largeObjectCases } from './largeObjectCases';
import { presenceCases } from './presenceCases';
import { owner, stranger, usual } from './usualDatabase';

/** The usual database, with other rows. */
const there = `${usual}
  DELETE FROM app.orders WHERE id > 10;
  INSERT INTO app.log VALUES ('mine');
  ANALYZE;`;

const owned = `ALTER DATABASE disaster_target OWNER TO ${owner};`;
const byOwner = `${owned} SET ROLE ${owner};`;

const oddRoutine = `CREATE FUNCTION app."odd(1)"(a text) RETURNS int LANGUAGE sql AS 'SELECT 1';`;

/** Cases that run on every server; each is quick. */
export const everywhere: readonly Disaster[] = [
  { title: 'a healthy restore into an empty database', expect: [], outcome: 'completed' },
  {
    title: 'a healthy restore into a new database',
    target: null,
    expect: [],
    outcome: 'completed',
  },
  {
    title: 'what is there already stops it',
    target: there,
    expect: ['exists:stops'],
    press: [['newDatabase'], ['clean'], ['dataOnly', 'countRows', 'emptyTables']],
    outcome: 'failed',
  },
  {
    title: 'it goes on over what is there, and rows come twice where no key refuses them',
    target: there,
    options: { exitOnError: false },
    expect: ['exists:surprises', 'rowsDoubled:loses', 'rowsCollide:surprises'],
    offers: ['emptyTables'],
    outcome: 'completedWithErrors',
  },
  {
    title:
      'clean drops tables with their rows, whatever routines are called and how types are written',
    source: `${usual} ${oddRoutine}`,
    target: `${usual} ${oddRoutine} ALTER DATABASE disaster_target SET quote_all_identifiers = on;`,
    options: { clean: true, ifExists: false },
    expect: ['drops:loses'],
    press: [['countRows'], ['newDatabase']],
    outcome: 'completed',
  },
  {
    title: 'clean is stopped by what depends on the tables',
    target: `${there} CREATE VIEW public.mine AS SELECT * FROM app.orders;
      CREATE TABLE public.mine_too (customer int REFERENCES app.customers);`,
    options: { clean: true, ifExists: true, singleTransaction: true },
    expect: ['drops:loses', 'dependents:stops', 'stays:note'],
    press: [['newDatabase']],
    outcome: 'failed',
    left: 'rolledBack',
  },
  {
    title: 'a ticked table that others depend on cannot be dropped',
    target: there,
    options: {
      ...{ clean: true, ifExists: true },
      tables: [{ schema: 'app', name: 'customers' }],
      singleTransaction: true,
    },
    expect: ['drops:loses', 'dependents:stops', 'stays:note'],
    press: [['takeAlong', 'takeAlong'], ['remakeKeys'], ['rowsInstead']],
    outcome: 'failed',
    left: 'rolledBack',
  },
  {
    title: 'a ticked table that a view depends on gets its rows only',
    target: `${there} CREATE VIEW public.mine AS SELECT * FROM app.log;`,
    options: {
      ...{ clean: true, ifExists: true, singleTransaction: true },
      tables: [{ schema: 'app', name: 'log' }],
    },
    expect: ['drops:loses', 'dependents:stops', 'stays:note'],
    press: [['rowsInstead']],
    outcome: 'failed',
    left: 'rolledBack',
  },
  {
    title: 'rows alone collide with keys and come twice without',
    target: there,
    options: { dataOnly: true, singleTransaction: true },
    expect: ['rowsDoubled:loses', 'rowsCollide:stops'],
    press: [['emptyTables'], ['newDatabase', 'definitionsToo'], ['rowsInstead']],
    outcome: 'failed',
    left: 'untouched',
  },
  {
    title: 'rows that replace others, which a key of another table needs',
    target: `${there} CREATE TABLE public.mine (line text, customer int REFERENCES app.customers);
      INSERT INTO app.customers VALUES (77, 'bad'); INSERT INTO public.mine VALUES ('x', 77); ANALYZE;`,
    options: { dataOnly: true, replaceRows: true, singleTransaction: true },
    expect: ['rowsReplaced:loses'],
    outcome: 'failed',
    left: 'rolledBack',
  },
  {
    title: 'rows alone, into empty tables',
    target: `${usual} TRUNCATE app.customers, app.orders, app.log;`,
    options: { dataOnly: true },
    expect: [],
    outcome: 'completed',
  },
  {
    title: 'a column is missing and another one wants a value',
    target: `${usual} TRUNCATE app.customers, app.orders, app.log;
      ALTER TABLE app.log DROP COLUMN line; ALTER TABLE app.log ADD kind int NOT NULL;`,
    options: { dataOnly: true },
    expect: ['columnsDiffer:stops'],
    outcome: 'failed',
  },
  {
    title: 'an owner that is not there',
    source: `CREATE ROLE disaster_gone; ${usual} ALTER TABLE app.log OWNER TO disaster_gone;
      GRANT SELECT ON app.orders TO disaster_gone;`,
    gone: 'DROP ROLE disaster_gone;',
    expect: ['ownersMissing:stops', 'granteesMissing:stops'],
    press: [['noOwnersAndPrivileges'], ['mapRoles'], ['createRoles']],
    outcome: 'failed',
    left: 'partial',
  },
  {
    title: 'a policy and a user mapping for a role that is not there',
    source: `CREATE ROLE disaster_gone; ${usual}
      CREATE POLICY mine ON app.orders FOR SELECT TO disaster_gone USING (id > 1);
      CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
      CREATE USER MAPPING FOR disaster_gone SERVER s;`,
    gone: 'DROP ROLE disaster_gone;',
    expect: ['policyRolesMissing:stops'],
    press: [['mapRoles'], ['createRoles']],
    outcome: 'failed',
    left: 'partial',
  },
  {
    title: 'owners that the user cannot become',
    target: owned,
    as: owner,
    expect: ['ownersOutOfReach:stops'],
    press: [['noOwnersAndPrivileges'], ['mapRoles']],
    outcome: 'failed',
    left: 'partial',
  },
  {
    title: 'no right to make anything',
    target: '',
    as: stranger,
    options: { noOwner: true },
    expect: ['noRightToCreate:stops'],
    outcome: 'failed',
  },
  {
    title: 'no right to make a database',
    target: null,
    as: stranger,
    options: { noOwner: true },
    expect: ['noRightToCreateDatabase:stops'],
    outcome: 'failed',
  },
  {
    title: 'clean over objects of another role',
    target: `${owned} ${usual}`,
    as: owner,
    options: {
      ...{ clean: true, ifExists: true, noOwner: true },
      singleTransaction: true,
      safetyBackup: false,
    },
    expect: ['drops:loses', 'notOwner:stops'],
    outcome: 'failed',
    left: 'rolledBack',
  },
  {
    title: 'rows into a table whose policies apply to the user',
    target: `${usual} TRUNCATE app.customers, app.orders, app.log;
      ALTER TABLE app.log ENABLE ROW LEVEL SECURITY;
      GRANT USAGE ON SCHEMA app TO ${stranger};
      GRANT ALL ON ALL TABLES IN SCHEMA app TO ${stranger};`,
    as: stranger,
    options: { dataOnly: true },
    expect: ['rowSecurity:stops'],
    outcome: 'failed',
  },
  {
    title: 'an extension in a schema that nobody makes',
    source: `${usual} CREATE SCHEMA ext; CREATE EXTENSION pg_trgm SCHEMA ext;`,
    backup: { excludeSchemas: ['ext'] },
    expect: ['extensionSchemasMissing:stops'],
    press: [['createSchemas']],
    outcome: 'failed',
  },
  {
    title: 'an extension that is in another schema there',
    source: `${usual} CREATE SCHEMA ext; CREATE EXTENSION pg_trgm SCHEMA ext;`,
    target: 'CREATE EXTENSION pg_trgm;',
    expect: ['extensionsElsewhere:surprises'],
    outcome: 'completed',
  },
  {
    title: 'an extension that is older there than the server would install it',
    source: `${usual} CREATE EXTENSION pg_trgm;`,
    target: `CREATE EXTENSION pg_trgm VERSION '1.4';`,
    expect: ['extensionsOlder:surprises'],
    press: [['copyUpdates']],
    outcome: 'completed',
  },
  {
    title: 'a collation of another system, and indexes that were sorted by one',
    source: `SET allow_system_table_mods = on;
      CREATE COLLATION pg_catalog.disaster (provider = icu, locale = 'de');
      CREATE TABLE t (a text COLLATE pg_catalog.disaster); CREATE TABLE other (a int);`,
    target: `CREATE COLLATION de (provider = icu, locale = 'de', version = '1');`,
    expect: ['collationsMissing:stops', 'collationsStale:surprises'],
    press: [['leaveOut', 'copyReindex']],
    outcome: 'failed',
  },
  {
    title: 'an extension that only a superuser makes',
    source: 'CREATE EXTENSION file_fdw; CREATE TABLE t AS SELECT 1 AS a;',
    target: owned,
    as: owner,
    options: { noOwner: true, noPrivileges: true },
    expect: ['extensionsRefused:stops'],
    press: [['leaveOut']],
    outcome: 'failed',
  },
  {
    title: 'an event trigger that only a superuser makes',
    source: `${usual} CREATE FUNCTION app.told() RETURNS event_trigger LANGUAGE plpgsql
      AS 'BEGIN END'; CREATE EVENT TRIGGER told ON ddl_command_end EXECUTE FUNCTION app.told();`,
    target: owned,
    as: owner,
    options: { noOwner: true, noPrivileges: true },
    expect: ['eventTriggersRefused:stops'],
    press: [['leaveOut']],
    outcome: 'failed',
    left: 'partial',
  },
  {
    title: 'an event trigger in the target hears of it',
    target: `CREATE FUNCTION told() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
      CREATE EVENT TRIGGER told ON ddl_command_end EXECUTE FUNCTION told();`,
    expect: ['eventTriggers:surprises'],
    outcome: 'completed',
  },
  {
    title: 'a target of another encoding',
    clauses: `ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'`,
    expect: ['otherEncoding:surprises'],
    outcome: 'completed',
  },
  {
    title: 'somebody works in the database that is cleaned',
    target: there,
    lock: 'LOCK TABLE app.orders IN ACCESS SHARE MODE;',
    options: { clean: true, ifExists: true },
    expect: ['drops:loses', 'sessions:surprises'],
    press: [['endSessions']],
    outcome: null,
  },
  {
    // Of which an ordinary user does not see the type.
    title: 'somebody is in the database, and in nobody’s way',
    target: owned,
    as: owner,
    options: { noOwner: true },
    lock: 'SELECT 1;',
    expect: ['sessions:note'],
    press: [['singleTransaction']],
    outcome: null,
  },
  {
    title: 'foreign keys that go round in circles, rows alone',
    source: `CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int);
      INSERT INTO a VALUES (1, 1); INSERT INTO b VALUES (1, 1);
      ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b; ALTER TABLE b ADD FOREIGN KEY (a) REFERENCES a;`,
    target: `CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int);
      ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b; ALTER TABLE b ADD FOREIGN KEY (a) REFERENCES a;`,
    options: { dataOnly: true },
    expect: ['circularKeys:stops'],
    press: [['disableTriggers'], ['definitionsToo', 'newDatabase']],
    outcome: 'failed',
  },
  {
    title: 'triggers are disabled by who is no superuser',
    target: `${byOwner} ${usual} TRUNCATE app.customers, app.orders, app.log;`,
    as: owner,
    options: { dataOnly: true, disableTriggers: true },
    expect: ['triggersNeedSuperuser:stops'],
    press: [['keepTriggers']],
    outcome: 'failed',
  },
  {
    title: 'a check whose function relies on the search path',
    source: `CREATE SCHEMA app; SET search_path = app; CREATE TABLE limits (n int);
      CREATE FUNCTION lowest() RETURNS int LANGUAGE sql AS 'SELECT min(n) FROM limits';
      CREATE TABLE items (n int CHECK (n >= app.lowest())); INSERT INTO items VALUES (1);`,
    expect: [],
    outcome: 'failed',
    left: 'partial',
    unforeseen: true,
    press: [['searchPath']],
  },
  {
    title: 'options that exclude each other',
    options: { jobs: 2, singleTransaction: true },
    expect: ['options:stops'],
    outcome: 'failed',
  },
  {
    title: 'more jobs than there are connections',
    options: { jobs: 1000 },
    coreOnly: true,
    expect: ['tooManyJobs:stops', 'options:stops'],
    outcome: null,
  },
  {
    title: 'a session that is read-only by its settings',
    target: `ALTER DATABASE disaster_target SET default_transaction_read_only = on;`,
    expect: ['serverReadOnly:stops'],
    outcome: 'failed',
  },
  {
    title: 'a generated column, where rows are loaded alone',
    target: `${usual} TRUNCATE app.customers, app.orders, app.log;
      ALTER TABLE app.log DROP COLUMN line;
      ALTER TABLE app.log ADD line text GENERATED ALWAYS AS ('x') STORED;`,
    options: { dataOnly: true },
    expect: ['columnsGenerated:stops'],
    press: [['newDatabase', 'definitionsToo']],
    outcome: 'failed',
  },
  {
    title: 'a tablespace that is not there',
    source: `SET allow_in_place_tablespaces = on; CREATE TABLESPACE disaster_space LOCATION '';
      CREATE TABLE t (a int) TABLESPACE disaster_space;`,
    gone: 'DROP TABLESPACE disaster_space;',
    expect: ['tablespacesMissing:stops'],
    press: [['noTablespaces']],
    outcome: 'failed',
  },
  ...presenceCases,
  ...largeObjectCases,
];
