import { owner, stranger, usual } from './usualDatabase';
import type { Disaster } from './disaster';

/** Nothing listens there. */
const NO_PORT = 1;
const owned = `ALTER DATABASE disaster_target OWNER TO ${owner};`;
/** pg_dump locks tables, so that it could not back up as many of them there. */
const manyIndexes = `CREATE TABLE t (a int);
  SELECT format('CREATE INDEX i%s ON t (a)', n) FROM generate_series(1, 1500) n \\gexec`;
const prepared = `BEGIN; LOCK TABLE app.log IN ACCESS SHARE MODE; PREPARE TRANSACTION 'disaster';`;
const slot = `SELECT pg_create_logical_replication_slot('disaster_slot', 'pgoutput');`;
const noSlot = `SELECT pg_drop_replication_slot('disaster_slot');`;
const noPrepared = `ROLLBACK PREPARED 'disaster';`;

/** Who the target is, and how it is reached. */
export const targetCases: readonly Disaster[] = [
  {
    title: 'a connection that is read-only',
    connection: { readOnly: true },
    expect: ['connectionReadOnly:stops'],
    outcome: 'failed',
  },
  {
    title: 'a connection that is production',
    connection: { environment: 'production' },
    expect: ['production:surprises'],
    outcome: 'completed',
  },
  {
    title: 'a database that looks like production by its name',
    name: 'disaster-live',
    expect: ['productionName:note'],
    outcome: 'completed',
  },
  {
    title: 'a server that does not answer',
    connection: { port: NO_PORT },
    expect: ['targetUnknown:surprises'],
    outcome: 'failed',
    left: 'untouched',
  },
  {
    title: 'the restored database would take the place of one that belongs to somebody else',
    target: usual,
    as: stranger,
    options: { swapIn: true, noOwner: true },
    expect: ['noRightToCreateDatabase:stops', 'swapNotOwner:stops'],
    outcome: 'failed',
  },
  {
    title: 'somebody is in the database whose place is taken',
    target: usual,
    lock: 'SELECT 1;',
    options: { swapIn: true },
    expect: ['swapSessions:surprises'],
    press: [['endSessionsAtSwap']],
    outcome: null,
  },
  {
    title: 'an extension that the server does not have',
    source: `${usual} CREATE EXTENSION citext; CREATE TABLE app.names (name citext);
      UPDATE pg_extension SET extname = 'disaster_extension' WHERE extname = 'citext';`,
    expect: ['extensionsMissing:stops'],
    press: [['leaveOut']],
    outcome: 'failed',
    left: 'partial',
  },
  {
    title: 'a language that the backup of one schema does not bring',
    source: `${usual} CREATE LANGUAGE disaster_lang HANDLER plpgsql_call_handler;
      CREATE FUNCTION app.odd() RETURNS int LANGUAGE disaster_lang AS 'BEGIN RETURN 1; END';`,
    backup: { schemas: ['app'] },
    expect: ['languagesMissing:stops'],
    outcome: 'failed',
    left: 'partial',
  },
  {
    title: 'a foreign server that the backup of one schema does not bring',
    source: `${usual} CREATE FOREIGN DATA WRAPPER w; CREATE SERVER "it's ""far" FOREIGN DATA WRAPPER w;
      CREATE FOREIGN TABLE app.far (a int) SERVER "it's ""far" OPTIONS (b '
SERVER other');`,
    backup: { schemas: ['app'] },
    expect: ['foreignServersMissing:stops'],
    press: [['leaveOut']],
    outcome: 'failed',
    left: 'partial',
  },
  {
    title: 'owners are left out of a script',
    backup: { format: 'plain' },
    options: { noOwner: true },
    expect: ['partLeftOut:note'],
    outcome: 'completed',
  },
  {
    title: 'a script with an owner and privileges of a role that is not there',
    source: `CREATE ROLE "Disaster gone"; ${usual} ALTER TABLE app.log OWNER TO "Disaster gone";
      GRANT SELECT ON app.orders TO "Disaster gone";`,
    backup: { format: 'plain' },
    gone: 'DROP ROLE "Disaster gone";',
    expect: ['ownersMissing:stops', 'granteesMissing:stops'],
    press: [['noOwnersAndPrivileges'], ['mapRoles'], ['createRoles']],
    outcome: 'failed',
    left: 'partial',
  },
  {
    title: 'a pooler is between',
    pooled: true,
    expect: ['pooler:note'],
    outcome: 'completed',
  },
  {
    title: 'a pooler is between several jobs and their sessions',
    pooled: true,
    options: { jobs: 2 },
    expect: ['pooler:surprises'],
    press: [['fewerJobs']],
    outcome: null,
  },
];

/** On a server with little room, where transactions can be prepared and slots be made. */
const onNarrow: readonly Disaster[] = [
  {
    title: 'a prepared transaction holds its locks',
    target: `${usual} ${prepared}`,
    undo: noPrepared,
    options: { clean: true, ifExists: true },
    expect: ['drops:loses', 'preparedTransactions:surprises'],
    outcome: null,
  },
  {
    title: 'a prepared transaction keeps the database’s name',
    target: `${usual} ${prepared}`,
    undo: noPrepared,
    options: { swapIn: true },
    expect: ['swapPrepared:stops'],
    outcome: 'failed',
  },
  {
    title: 'a replication slot gets all that is restored',
    target: slot,
    undo: noSlot,
    expect: ['logicalSlots:note'],
    outcome: 'completed',
  },
  {
    title: 'a replication slot stays with the old database',
    target: slot,
    undo: noSlot,
    options: { swapIn: true },
    expect: ['swapLeavesBehind:surprises'],
    outcome: null,
  },
  {
    title: 'more objects than one transaction can lock',
    source: manyIndexes,
    options: { singleTransaction: true },
    expect: ['tooManyLocks:stops'],
    press: [['noSingleTransaction']],
    outcome: 'failed',
    left: 'rolledBack',
  },
  {
    title: 'more jobs than a small server has connections',
    options: { jobs: 16 },
    expect: ['tooManyJobs:stops'],
    press: [['fewerJobs']],
    outcome: 'failed',
  },
];
export const narrowCases = onNarrow.map((each): Disaster => ({ ...each, narrow: true }));

/** What an error offers that nobody has foreseen. */
export const errorCases: readonly Disaster[] = [
  {
    title: 'a comment on an extension of somebody else',
    source: `${usual} CREATE EXTENSION pg_trgm;`,
    target: `${owned} CREATE EXTENSION pg_trgm;`,
    as: owner,
    options: { noOwner: true, noPrivileges: true },
    expect: [],
    unforeseen: true,
    outcome: 'failed',
    press: [['noComments']],
  },
  {
    title: 'INSERT statements into a table whose policies apply to the user',
    source: `${usual} ALTER TABLE app.log OWNER TO ${owner};`,
    backup: { toolOptions: { inserts: true }, tables: [{ schema: 'app', name: 'log' }] },
    target: `${usual} TRUNCATE app.customers, app.orders, app.log;
      ALTER TABLE app.log ENABLE ROW LEVEL SECURITY; GRANT USAGE ON SCHEMA app TO ${stranger};
      CREATE POLICY all_of_them ON app.log USING (true);
      GRANT ALL ON ALL TABLES IN SCHEMA app TO ${stranger};`,
    as: stranger,
    options: { dataOnly: true },
    expect: ['rowSecurity:stops'],
    outcome: 'failed',
    press: [['enableRowSecurity']],
  },
  {
    title: 'a function in PL/pgSQL that relies on the search path',
    source: `CREATE SCHEMA app; SET search_path = app; CREATE TABLE limits (n int);
      CREATE FUNCTION lowest() RETURNS int LANGUAGE plpgsql
        AS 'BEGIN RETURN (SELECT min(n) FROM limits); END';
      CREATE TABLE items (n int CHECK (n >= app.lowest())); INSERT INTO items VALUES (1);`,
    expect: [],
    unforeseen: true,
    outcome: 'failed',
    press: [['copyFunctionPath']],
  },
  {
    title: 'a setting that the server does not know',
    source: `${usual} UPDATE pg_proc SET proconfig = '{disaster_setting=1}' WHERE proname = 'one';`,
    expect: [],
    unforeseen: true,
    outcome: 'failed',
    press: [['goOn']],
    endsWithErrors: true,
  },
];
