/** Rows that replace those of tables which others depend on, in one transaction. */
import assert from 'node:assert/strict';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import type { BackupJob } from '../../../src/core/model/job';
import type { RestoreOptions } from '../../../src/core/model/options';
import { differences, readContent, tableChecksums } from '../../support/machine/compareDatabases';
import { psql } from '../../support/machine/psql';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import { newestServer, testServers } from '../../support/servers';
import { JobHarness } from '../harness/jobHarness';

const ROLE = 'rows "owner"';
const SOURCE = 'rows_source';
const TARGET = 'rows_target';

/** Keys in circles, to itself, of and to partitions; identity, sequences, triggers, generated columns. */
const TABLES = `
  CREATE SCHEMA "s ""x"" it's"; SET search_path = "s ""x"" it's";
  CREATE TABLE "Über" (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    up int REFERENCES "Über", twice int GENERATED ALWAYS AS (id * 2) STORED, name text);
  CREATE TABLE child (id serial PRIMARY KEY, parent int REFERENCES "Über" DEFERRABLE INITIALLY DEFERRED);
  CREATE TABLE ring_a (id int PRIMARY KEY, other int);
  CREATE TABLE ring_b (id int PRIMARY KEY, other int REFERENCES ring_a ON DELETE CASCADE);
  ALTER TABLE ring_a ADD CONSTRAINT "ring's" FOREIGN KEY (other) REFERENCES ring_b;
  CREATE TABLE parts (id int PRIMARY KEY, parent int REFERENCES "Über") PARTITION BY RANGE (id);
  CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (10);
  CREATE TABLE parts_2 PARTITION OF parts DEFAULT;
  CREATE TABLE of_parts (part int REFERENCES parts);
  CREATE TABLE plain (id int PRIMARY KEY, name text);
  CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := ''spoilt''; RETURN NEW; END';
  CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''never''; END';
  CREATE TRIGGER "spoil it" BEFORE INSERT ON "Über" FOR EACH ROW EXECUTE FUNCTION spoil();
  CREATE TRIGGER always BEFORE INSERT ON "Über" FOR EACH ROW EXECUTE FUNCTION spoil();
  ALTER TABLE "Über" ENABLE ALWAYS TRIGGER always;
  CREATE TRIGGER off BEFORE INSERT ON "Über" FOR EACH ROW EXECUTE FUNCTION spoil();
  ALTER TABLE "Über" DISABLE TRIGGER off;`;
const rows = (from: number, to: number): string => `
  INSERT INTO "Über" (up, name) SELECT NULL, 'row ' || n FROM generate_series(${from}, ${to}) n;
  UPDATE "Über" SET up = id, name = 'no ' || id;
  INSERT INTO child (parent) SELECT id FROM "Über";
  INSERT INTO parts SELECT id, id FROM "Über"; INSERT INTO of_parts SELECT id FROM parts;
  INSERT INTO plain SELECT id, name FROM "Über";
  INSERT INTO ring_a SELECT id FROM "Über"; INSERT INTO ring_b SELECT id, id FROM "Über";
  UPDATE ring_a SET other = id;`;
/** Other tables, which the archive has not, with keys in each state. */
const OUTSIDE = `
  DROP TABLE plain;
  CREATE TABLE plain (id int PRIMARY KEY, name text) PARTITION BY RANGE (id);
  CREATE TABLE plain_1 PARTITION OF plain FOR VALUES FROM (1) TO (5);
  CREATE TABLE plain_2 PARTITION OF plain DEFAULT;
  INSERT INTO plain VALUES (2, 'old'), (9, 'old');
  CREATE TRIGGER "spoil parts" BEFORE INSERT ON plain_1 FOR EACH ROW EXECUTE FUNCTION spoil();
  CREATE TRIGGER "spoil all" BEFORE INSERT ON plain FOR EACH STATEMENT EXECUTE FUNCTION refuse();
  CREATE TABLE of_plain (id int REFERENCES plain_1); INSERT INTO of_plain VALUES (2);
  CREATE TABLE outside (parent int, part int REFERENCES parts ON UPDATE CASCADE, loose int);
  ALTER TABLE outside ADD CONSTRAINT "Schlüssel" FOREIGN KEY (parent) REFERENCES "Über";
  COMMENT ON CONSTRAINT "Schlüssel" ON outside IS 'sagt "ü\\" und it''s';
  INSERT INTO outside VALUES (2, 2, 99);
  ALTER TABLE outside ADD CONSTRAINT loose FOREIGN KEY (loose) REFERENCES "Über" NOT VALID;`;

describe('rows that replace those of tables which others depend on', function () {
  this.timeout(120_000);

  const [oldest = newestServer()] = testServers();
  for (const server of new Set([oldest, newestServer()])) {
    describe(`on PostgreSQL ${server.major}`, () => {
      let jobs: JobHarness;
      let options: RestoreOptions;

      before(async () => {
        const role = ROLE.replaceAll('"', '""');
        await psql(server, 'postgres', `CREATE ROLE "${role}" LOGIN PASSWORD 'rows';`);
        await createDatabase(server, SOURCE);
        await psql(server, SOURCE, `${TABLES} ${rows(1, 12)}`);
        await createDatabase(server, TARGET);
        await psql(
          server,
          TARGET,
          `GRANT CREATE ON DATABASE ${TARGET} TO "${role}"; SET ROLE "${role}";
          ${TABLES} ${rows(1, 4)} ${OUTSIDE}`,
        );
        jobs = await JobHarness.create([server.binDir]);
        jobs.connect('source', server, SOURCE);
        const inputPath = jobs.path('rows.dump');
        const made = await jobs.backup({
          ...backupDefaults('custom'),
          ...{ connectionId: 'source', outputPath: inputPath },
        });
        assert.equal(made.status, 'completed', made.output.join('\n'));
        const connectionId = jobs.connect('target', server, TARGET, { user: ROLE });
        jobs.setPassword(connectionId, 'rows');
        options = {
          ...restoreDefaults(),
          ...{ inputPath, connectionId, targetDatabase: TARGET, safetyBackup: false },
          ...{ dataOnly: true, replaceRows: true, singleTransaction: true },
        };
      });
      after(async () => {
        await jobs.dispose();
        for (const name of [SOURCE, TARGET]) await dropDatabase(server, name);
        await psql(server, 'postgres', `DROP ROLE "${ROLE.replaceAll('"', '""')}";`);
      });

      const restore = (): Promise<BackupJob> =>
        jobs.restore(options, Object.keys(options) as (keyof RestoreOptions)[]);

      it('leave definitions and other tables as they were', async () => {
        const before = await readContent(server, TARGET);
        const job = await restore();
        assert.equal(job.status, 'completed', job.output.join('\n'));
        const after = await readContent(server, TARGET);
        assert.deepEqual(differences({ ...before, data: [] }, { ...after, data: [] }), []);
        const source = await readContent(server, SOURCE, { schema: false });
        const besides = (lines: readonly string[]): string[] =>
          lines.filter((line) => !/"(?:plain|plain_\d)":/.test(line));
        const others = before.data.filter((line) => /"(?:outside|of_plain)":/.test(line));
        assert.deepEqual(besides(after.data).sort(), [...besides(source.data), ...others].sort());
        const plain = `SELECT array_agg(p ORDER BY id) FROM "s ""x"" it's".plain p;`;
        assert.equal(await psql(server, TARGET, plain), await psql(server, SOURCE, plain));
      });

      it('come back, sequences as well, where a key of others is violated at the end', async () => {
        await psql(
          server,
          TARGET,
          `SET search_path = "s ""x"" it's"; SET session_replication_role = replica;
          INSERT INTO "Über" (name) VALUES ('mine'); INSERT INTO outside VALUES (77, 1);`,
        );
        const before = await tableChecksums(server, TARGET);
        const job = await restore();
        assert.equal(job.status, 'failed');
        assert.equal(job.targetState, 'rolledBack');
        assert.deepEqual(await tableChecksums(server, TARGET), before);
      });
    });
  }
});
