import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newJob } from '../../../../src/core/jobs/supervisor/window/newJob';
import { JobFolder, type StoredJob } from '../../../../src/core/jobs/supervisor/store/jobFolder';
import { makeJobFolder } from '../../../../src/core/jobs/supervisor/store/newJobFolder';
import { identify } from '../../../../src/core/jobs/supervisor/store/processIdentity';

const id = '00000000-0000-4000-8000-000000000001';

describe('the folder of a new job', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(path.join(tmpdir(), 'pgbackup-unit-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const record = (): StoredJob => ({
    ...{ version: 1, beat: 0, ticket: 1, owner: identify(), runId: '0123456789ab', tools: [] },
    job: newJob(id, 'backup', { outputPath: '/backups/shop.dump' } as never),
  });
  const held = (): never => {
    throw Object.assign(new Error('held'), { code: 'EPERM' });
  };

  it('is there where Windows does not rename it, because an antivirus reads the record', async () => {
    const folder = JobFolder.of(dir, id);
    makeJobFolder(dir, folder, record(), { move: held, platform: 'win32' });
    assert.equal((await folder.read())?.job.id, id);
    assert.deepEqual(readdirSync(dir), [path.basename(folder.dir)]);
  });

  it('does not stay where the record cannot be written', () => {
    const folder = Object.assign(JobFolder.of(dir, id), { write: held });
    const make = (): void =>
      makeJobFolder(dir, folder, record(), { move: held, platform: 'win32' });
    assert.throws(make, { code: 'EPERM' });
    assert.deepEqual(readdirSync(dir), []);
  });

  it('is made in one step elsewhere: what prevents that is an error', () => {
    const folder = JobFolder.of(dir, id);
    const make = (): void =>
      makeJobFolder(dir, folder, record(), { move: held, platform: 'linux' });
    assert.throws(make, { code: 'EPERM' });
    assert.deepEqual(readdirSync(dir), []);
  });

  for (const platform of ['win32', 'linux'] as const) {
    it(`never takes another job’s place: ${platform}`, () => {
      const folder = JobFolder.of(dir, id);
      makeJobFolder(dir, folder, record());
      const again = (): void => makeJobFolder(dir, folder, record(), { move: held, platform });
      assert.throws(again, { code: 'jobIdTaken' });
      assert.deepEqual(readdirSync(dir), [path.basename(folder.dir)]);
    });
  }
});
