import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import type { BackupJob } from '../../../src/core/model/job';
import { psql } from '../../support/machine/psql';
import {
  createDatabase,
  createSampleDatabase,
  dropDatabase,
} from '../../support/machine/sampleDatabase';
import { testServer } from '../../support/servers';
import { JobHarness } from '../harness/jobHarness';

describe('what a restore finds at its target', function () {
  const server = testServer(17);
  let jobs: JobHarness;
  before(async () => {
    await createSampleDatabase(server, 'target_sample', 'tiny');
    jobs = await JobHarness.create([server.binDir]);
    jobs.connect('main', server, 'target_sample');
    const outputPath = jobs.path('custom');
    const job = await jobs.backup({ connectionId: 'main', outputPath });
    assert.equal(job.status, 'completed');
  });
  after(async () => {
    await jobs?.dispose();
    for (const name of ['target_sample', 'overloads']) await dropDatabase(server, name);
  });

  const failureOf = (job: BackupJob): string => jobs.manager.failure(job.id)?.message ?? job.status;

  it('brings an overloaded function along when only its namesake is there', async () => {
    const other = `CREATE FUNCTION mark(int) RETURNS int LANGUAGE sql AS 'SELECT 1';`;
    await createDatabase(server, 'overloads');
    await psql(
      server,
      'overloads',
      `${other}
       CREATE FUNCTION mark("char", numeric(4,1)[], VARIADIC text[]) RETURNS int
         LANGUAGE sql IMMUTABLE AS 'SELECT 2';
       CREATE TABLE marked (i int, m int DEFAULT mark('a', '{1}', 'b'));
       INSERT INTO marked VALUES (1);`,
    );
    jobs.connect('overloads', server, 'overloads');
    const outputPath = jobs.path('overloads');
    await jobs.backup({ connectionId: 'overloads', outputPath });
    const options = { connectionId: 'main', inputPath: outputPath, targetDatabase: 'namesake' };
    const tables = [{ schema: 'public', name: 'marked' }];
    await createDatabase(server, 'namesake');
    await psql(server, 'namesake', other);
    const first = await jobs.restore({ ...options, tables });
    assert.equal(first.status, 'completed', failureOf(first));
    const sql = 'INSERT INTO marked VALUES (2); SELECT * FROM marked;';
    assert.equal((await psql(server, 'namesake', sql)).trim(), '1|2\n2|2');
    // All functions are there now, as the archive writes them: none is made again.
    await psql(server, 'namesake', 'DROP TABLE marked;');
    const second = await jobs.restore({ ...options, tables });
    assert.equal(second.status, 'completed', failureOf(second));
    await dropDatabase(server, 'namesake');
  });

  it('says when a database could not get the locale of the archive', async () => {
    const archive = await readFile(jobs.path('custom'));
    const [known, unknown] = [Buffer.from("'C.UTF-8'"), Buffer.from("'xx_YY.8'")];
    for (let at = archive.indexOf(known); at >= 0; at = archive.indexOf(known, at)) {
      unknown.copy(archive, at);
    }
    const inputPath = jobs.path('elsewhere');
    await writeFile(inputPath, archive);
    const job = await jobs.restore({
      connectionId: 'main',
      inputPath,
      targetDatabase: 'elsewhere',
      createDatabase: true,
      schemaOnly: true,
    });
    assert.equal(job.status, 'completed', failureOf(job));
    assert.match(job.output[0] ?? '', /"elsewhere".*locale of the server.*xx_YY\.8/);
    await dropDatabase(server, 'elsewhere');
  });
});
