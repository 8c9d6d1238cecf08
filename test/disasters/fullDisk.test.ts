/** Disks that are full for real: a small file system in memory, which only root can mount. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jobProblems } from '../../src/core/pgtools/stderr/problems/jobProblems';
import { errorProblemText } from '../../src/core/text/problems/errorProblemText';
import { JobHarness } from '../integration/harness/jobHarness';
import { coreDoor } from '../integration/preflight/coreDoor';
import { stopAtExit } from '../support/machine/cleanup';
import { tableChecksums } from '../support/machine/compareDatabases';
import { giveToServer } from '../support/machine/newCluster';
import { psql, quoteLiteral } from '../support/machine/psql';
import { run } from '../support/machine/run';
import { createDatabase, dropDatabase } from '../support/machine/sampleDatabase';
import { newestServer } from '../support/servers';

const SOURCE = 'disk_source';
const TARGET = 'disk_target';
/** Megabytes. */
const SMALL_DISK = 24;
/** Values that no compression makes smaller, about 40 MB. */
const LARGE = `CREATE TABLE first AS SELECT generate_series(1, 10) AS a;
  CREATE TABLE large AS SELECT n / 30 AS n, string_agg(md5(n::text), '') AS pad
    FROM generate_series(1, 1200000) n GROUP BY 1;`;

describe('A disk that is full', function () {
  const server = newestServer();
  let jobs: JobHarness;
  let disk: string;
  let unmount: () => Promise<void>;
  let inputPath: string;

  before(async () => {
    disk = await mkdtemp(path.join(tmpdir(), 'small-disk-'));
    await run('mount', ['-t', 'tmpfs', '-o', `size=${SMALL_DISK}m`, 'tmpfs', disk]);
    const gone = async (): Promise<void> => {
      await run('umount', [disk]);
      await rm(disk, { recursive: true });
      forget();
    };
    const forget = stopAtExit({ stop: gone, stopNow: () => void run('umount', ['-l', disk]) });
    unmount = gone;
    await giveToServer(disk);
    jobs = await JobHarness.create([server.binDir]);
    await createDatabase(server, SOURCE);
    await psql(server, SOURCE, LARGE);
    jobs.connect('source', server, SOURCE);
    inputPath = jobs.path('large.dump');
    const job = await jobs.backup({ connectionId: 'source', outputPath: inputPath });
    assert.equal(job.status, 'completed', job.output.join('\n'));
  });
  after(async () => {
    await jobs.dispose();
    await dropDatabase(server, SOURCE);
    await unmount();
  });

  for (const singleTransaction of [true, false]) {
    it(`of the server, ${singleTransaction ? 'in one transaction' : 'step by step'}`, async () => {
      const folder = path.join(disk, 'space');
      await run('mkdir', [folder]);
      await giveToServer(folder);
      await psql(server, 'postgres', `CREATE TABLESPACE small LOCATION ${quoteLiteral(folder)};`);
      await createDatabase(server, TARGET, 'TEMPLATE template0 TABLESPACE small');
      await psql(server, TARGET, 'CREATE TABLE mine AS SELECT generate_series(1, 100) AS a;');
      try {
        const door = await coreDoor(server);
        const { host, port, user } = server;
        await door.connect({ id: 'target', host, port, user, database: TARGET });
        const { findings } = await door.preflight({ inputPath, connectionId: 'target' });
        await door.dispose();
        const told = findings.find(({ code }) => code === 'diskSpace');
        assert.deepEqual([told?.severity, told?.objects], ['surprises', [folder]]);
        const before = await tableChecksums(server, TARGET);
        jobs.connect('target', server, TARGET);
        const job = await jobs.restore({ inputPath, connectionId: 'target', singleTransaction });
        assert.equal(job.status, 'failed');
        assert.equal(job.targetState, singleTransaction ? 'rolledBack' : 'partial');
        const problem = jobProblems(job).find(({ kind }) => kind === 'diskFull');
        assert.ok(problem, JSON.stringify([job.errors, job.failure]));
        assert.match(errorProblemText(problem), /^The disk of the server is full: /);
        const after = await tableChecksums(server, TARGET);
        for (const [name, sum] of before) assert.deepEqual(after.get(name), sum, name);
        assert.equal(after.size > before.size, !singleTransaction);
        assert.deepEqual(await jobs.leftovers(), []);
      } finally {
        await dropDatabase(server, TARGET);
        await psql(server, 'postgres', 'DROP TABLESPACE small;');
        await rm(folder, { recursive: true });
      }
    });
  }

  for (const format of ['custom', 'directory', 'tar', 'plain'] as const) {
    it(`of a backup in the ${format} format: nothing is left of it, and the older one stays`, async () => {
      const outputPath = path.join(disk, 'shop');
      const older = format === 'directory' ? null : 'an older backup';
      if (older !== null) await writeFile(outputPath, older);
      const job = await jobs.backup(
        { connectionId: 'source', outputPath, format, compression: 0 },
        true,
      );
      assert.equal(job.status, 'failed');
      assert.equal(job.failure?.code, 'toolFailed');
      const said = JSON.stringify([job.failure, job.errors, jobProblems(job)]);
      assert.match(said, /"cause":"diskFull"/);
      const text = jobProblems(job).map(errorProblemText).join();
      assert.match(text, /^The disk that the backup is written to is full: /);
      assert.deepEqual(await readdir(disk), older === null ? [] : ['shop']);
      if (older !== null) assert.equal(await readFile(outputPath, 'utf8'), older);
      await rm(outputPath, { recursive: true, force: true });
    });
  }
});
