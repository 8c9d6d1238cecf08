import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { BackupJob } from '../../../src/core/model/job';
import { compareDatabases } from '../../support/machine/compareDatabases';
import { psql } from '../../support/machine/psql';
import { dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { packedCases } from '../../support/packed/corpus';
import { repoPaths } from '../../support/repoPaths';
import { newestServer } from '../../support/servers';
import { JobHarness } from '../harness/jobHarness';

/** Of each way to be packed, and of those that pg_restore and psql read, one. */
const RESTORED = [
  'a custom archive in bzip2',
  'a tar archive in xz',
  'a script in zstd in gzip',
  'a zip with a directory archive',
  'a tar.gz with a directory archive',
  'files of split, by one in the middle',
  'parts of a script',
  'an unpacked tar archive with lists of large objects',
  'an unpacked tar archive in a zip',
];

describe('restoring what is packed', function () {
  this.timeout(180_000);
  let server: ServerCoordinates;
  let jobs: JobHarness;
  const made = new Set<string>();

  before(async () => {
    server = newestServer();
    jobs = await JobHarness.create([server.binDir]);
    jobs.connect('main', server, 'postgres');
  });
  after(async () => {
    for (const name of made) await dropDatabase(server, name);
    await jobs?.dispose();
  });

  /** Restores into a new database of this name, which has to go through. */
  async function restore(
    inputPath: string,
    targetDatabase: string,
    isScript: boolean,
  ): Promise<BackupJob> {
    made.add(targetDatabase);
    const job = await jobs.restore({
      connectionId: 'main',
      inputPath,
      targetDatabase,
      createDatabase: true,
      noOwner: !isScript,
      noPrivileges: !isScript,
      exitOnError: false,
    });
    assert.ok(job.status.startsWith('completed'), JSON.stringify(job.errors));
    assert.deepEqual(await jobs.leftovers(), []);
    return job;
  }

  /** The database that the fixture itself makes. */
  async function directly(fixture: string): Promise<string> {
    const name = `packed_${fixture.replaceAll(/\W/g, '_')}`;
    if (!made.has(name)) {
      const file = path.join(repoPaths.fixtures, 'archives', fixture);
      await restore(file, name, fixture.includes('.sql'));
    }
    return name;
  }

  for (const name of RESTORED) {
    it(name, async () => {
      const found = packedCases.find((each) => each.name === name);
      assert.ok(found && 'opens' in found.verdict);
      const dir = jobs.path(name.replaceAll(/\W/g, '_'));
      mkdirSync(dir);
      const { opens } = found.verdict;
      const job = await restore(found.make(dir), 'packed_restored', opens.includes('.sql'));
      const expected = await directly(opens);
      assert.deepEqual(await compareDatabases(server, expected, server, 'packed_restored'), []);
      const largeObjects = await psql(
        server,
        'packed_restored',
        'SELECT count(*) FROM pg_largeobject_metadata;',
      );
      assert.equal(Number(largeObjects), 4);
      assert.equal(
        job.notes?.some(({ code }) => code === 'unpacked'),
        true,
      );
      await dropDatabase(server, 'packed_restored');
    });
  }

  it('is verified to the trial restore', async () => {
    const archive = readFileSync(path.join(repoPaths.fixtures, 'archives', 'mini.18.dump'));
    writeFileSync(jobs.path('v.dump.gz'), gzipSync(archive));
    for (const level of ['structure', 'fullRead', 'trialRestore'] as const) {
      const options = { inputPath: jobs.path('v.dump.gz'), level, connectionId: 'main' };
      const job = await jobs.verify({ options, manifest: false }).finished;
      assert.ok(job.status.startsWith('completed'), `${level} ${JSON.stringify(job.errors)}`);
      assert.deepEqual(await jobs.leftovers(), [], level);
    }
  });

  it('is found damaged, outside and inside', async () => {
    const archive = readFileSync(path.join(repoPaths.fixtures, 'archives', 'mini.18.dump'));
    for (const damaged of [
      gzipSync(archive).subarray(0, -50),
      gzipSync(archive.subarray(0, -50)),
    ]) {
      writeFileSync(jobs.path('d.dump.gz'), damaged);
      const options = { inputPath: jobs.path('d.dump.gz'), level: 'fullRead' } as const;
      const handle = jobs.manager.startVerify({ options, manifest: false });
      assert.equal((await handle.finished).status, 'failed');
      assert.equal(jobs.manager.failure(handle.job.id)?.code, 'backupDamaged');
      assert.deepEqual(await jobs.leftovers(), []);
    }
  });
});
