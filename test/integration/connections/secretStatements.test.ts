import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { vouchedFor } from '../../../src/core/jobs/restore/restorePermission';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import type { BackupJob } from '../../../src/core/model/job';
import type { RestoreOptions } from '../../../src/core/model/options';
import { psql } from '../../support/machine/psql';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import { seededRandom } from '../../support/seededRandom';
import { testServers } from '../../support/servers';
import { seedOfRun } from '../harness/jobHarness';
import { SupervisorHarness } from '../harness/supervisorHarness';

const source = 'secret_source';
const target = 'secret_target';

/** Statements that the server refuses, each with a password of its own. */
function failingStatements(random: () => number, count: number) {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const secrets: string[] = [];
  const statements = Array.from({ length: count }, (_, i) => {
    const secret = `S${i}x${Math.floor(random() * 1e12).toString(36)}`;
    secrets.push(secret);
    const text = `${pick(['', "it''s ", 'a b ', '; ', 'ü '])}${pick(['', '', '\n'])}${secret}`;
    const tag = `t${i}`;
    const value = pick([`'${text}'`, `E'${text}\\n'`, `U&'${secret}'`, `$${tag}$${text}$${tag}$`]);
    const gap = pick([' ', '\n', ' /* why */ ', ' -- why\n']);
    const long = 'x'.repeat(Math.floor(random() * 120));
    return pick([
      `ALTER ROLE "nobody ${long}" PASSWORD${gap}${value};`,
      `alter user nobody encrypted password ${value} valid until '2030-01-01';`,
      `ALTER ROLE nobody PASSWORD ${value} VALID UNTL '2030-01-01';`,
      `ALTER ROLE nobody PASWORD ${value};`,
      `CREATE ROLE nobody PASSWORD ${secret};`,
      `CREATE ROLE nobody PASSWORD "${secret}";`,
      `CREATE USER MAPPING FOR public SERVER "none ${long}" OPTIONS ("user" 'u', password${gap}${value});`,
      `ALTER SERVER none OPTIONS (ADD api_key ${value}, SET token ${value});`,
      `CREATE SUBSCRIPTION s CONNECTION 'host=h password=${secret} more user=u' PUBLICATION p;`,
      `CREATE SUBSCRIPTION s CONNECTION 'postgresql://u:${secret}@h:bad/d' PUBLICATION p;`,
      `CREATE SUBSCRIPTION s CONNECTION 'postgresql://u:12/${secret}@h/d' PUBLICATION p;`,
      `DO $do$ BEGIN ALTER ROLE nobody PASSWORD '${secret}'; END $do$;`,
      `DO $do$ BEGIN EXECUTE 'ALTER ROLE nobody PASSWORD ''${secret}'' x'; END $do$;`,
      `SELECT none('c', 'dbname=x password=${secret}');`,
      `ALTER SYSTEM SET no_such.thing TO 'password=${secret}' x;`,
    ]);
  });
  return { statements, secrets };
}

for (const server of [testServers()[0], testServers().at(-1)]) {
  describe(`secrets in statements that fail, by the tools of ${server?.major}`, function () {
    assert.ok(server);
    let harness: SupervisorHarness;
    beforeEach(async () => {
      harness = await SupervisorHarness.create(server, source);
      await createDatabase(server, source);
      await createDatabase(server, target);
    });
    afterEach(async () => {
      await harness.dispose();
      for (const database of [source, target]) {
        await psql(server, database, 'DROP SUBSCRIPTION IF EXISTS sub;');
        await dropDatabase(server, database);
      }
    });

    it('of a script are nowhere on disk, in no line and in no answer', async () => {
      const seed = seedOfRun();
      const { statements, secrets } = failingStatements(seededRandom(seed), 120);
      const inputPath = harness.path('secrets.sql');
      writeFileSync(inputPath, `${statements.join('\n')}\n`);
      const options = { inputPath, exitOnError: false, subscriptions: true };
      const { told, job } = await restored(harness, options);
      const hint = `seed ${seed}`;
      assert.equal(job.status, 'completedWithErrors', `${hint} ${JSON.stringify(job.failure)}`);
      assert.ok(job.errors.length >= 100, `${hint}: ${job.errors.length} errors`);
      const shown = job.errors.filter(({ sql = '' }) => sql.includes('********'));
      assert.ok(shown.length >= 100, `${hint}: the statements are told`);
      for (const secret of secrets) nowhere(told, secret, hint);
    });

    it('of an archive are neither, and are restored as they are', async () => {
      await psql(server, source, setUp);
      const jobs = await harness.open();
      const outputPath = harness.path('secrets.dump');
      const options = { ...backupDefaults('custom'), connectionId: 'main', outputPath };
      const dumped = await jobs.startBackup({ options, overwrite: false }).finished;
      assert.equal(dumped.status, 'completed', JSON.stringify(dumped.failure));
      const whole = { inputPath: outputPath, subscriptions: true };
      const first = await restored(harness, whole);
      assert.equal(first.job.status, 'completed', JSON.stringify(first.job.errors));
      const there = await psql(server, target, 'SELECT umoptions FROM pg_user_mappings;');
      assert.match(there, /password=Secret of the mapping/);
      const second = await restored(harness, { ...whole, exitOnError: false });
      assert.equal(second.job.status, 'completedWithErrors');
      const sql = second.job.errors.map((error) => error.sql ?? '').join('\n');
      assert.match(sql, /password '\*{8}'/);
      assert.match(sql, /CONNECTION 'host=h password=\*{8} user=u'/);
      for (const secret of ['Secret of', 'SecretOf', 'Second line']) {
        nowhere([...first.told, ...second.told], secret, '');
      }
    });
  });
}

const setUp = `CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'h', api_key 'Secret of the server');
CREATE USER MAPPING FOR public SERVER s
  OPTIONS ("user" 'u', password 'Secret of the mapping, it''s long;
Second line');
CREATE SUBSCRIPTION sub CONNECTION 'host=h password=SecretOfTheSubscription user=u'
  PUBLICATION p WITH (connect = false, slot_name = NONE, enabled = false);`;

/** Runs a restore in its supervisor; `told`: every text that came of it, with where it was found. */
async function restored(
  harness: SupervisorHarness,
  options: Partial<RestoreOptions> & Pick<RestoreOptions, 'inputPath'>,
): Promise<{ told: [where: string, text: string][]; job: BackupJob }> {
  const jobs = await harness.open();
  const lines: string[] = [];
  const states: string[] = [];
  jobs.onLines((_id, more) => lines.push(...more));
  jobs.onUpdate((job) => states.push(JSON.stringify(job)));
  const wanted = { connectionId: 'main', targetDatabase: target, singleTransaction: false };
  const request = { options: { ...restoreDefaults(), ...wanted, ...options } };
  const { finished } = jobs.startRestore(vouchedFor(request));
  const job = await finished;
  const told: [string, string][] = [
    ['the answer', JSON.stringify(job)],
    ['the lines', lines.join('\n')],
    ['the states', states.join('\n')],
  ];
  for (const file of harness.filesBelow(harness.setup.storeDir)) {
    told.push([file, readFileSync(file, 'utf8')]);
  }
  assert.ok(told.some(([where]) => where.endsWith('log')));
  return { told, job };
}

function nowhere(
  told: readonly [where: string, text: string][],
  secret: string,
  hint: string,
): void {
  for (const [where, text] of told) {
    const at = text.indexOf(secret);
    assert.ok(at < 0, `${hint} ${where}: …${text.slice(Math.max(0, at - 300), at + 100)}…`);
  }
}
