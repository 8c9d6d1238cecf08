import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HashFollower } from '../../../../src/core/backups/files/hashFollower';
import type { BackupOptions } from '../../../../src/core/model/options';
import { followHashes } from '../../../../src/core/jobs/backup/backupManifest';
import { finishBackup } from '../../../../src/core/jobs/backup/finishBackup';
import { OutputTarget } from '../../../../src/core/jobs/backup/outputTarget';
import type { JobRun, JobServices } from '../../../../src/core/jobs/job/jobContext';
import { JobRecord } from '../../../../src/core/jobs/job/jobRecord';
import { until } from '../../../support/until';
import { scratch } from '../../archive/files';
import { heldMember } from '../../backups/heldMember';
import { backup } from '../../forms/sampleCatalog';

const runId = '0123456789ab';
const manifest = { workspaceDir: null };

describe('the end of a directory backup', () => {
  const files = scratch();

  /** One that pg_dump has written, of which the hash of a member does not end. */
  async function written(name: string) {
    const outputPath = path.join(files.dir, name);
    const options: BackupOptions = backup({ format: 'directory', outputPath });
    const target = await OutputTarget.prepare(outputPath, 'directory', false, runId);
    const { partialPath } = target;
    mkdirSync(partialPath);
    writeFileSync(path.join(partialPath, 'toc.dat'), 'toc');
    const cancel = new AbortController();
    const watcher = { changed: () => undefined, lines: () => undefined };
    const record = new JobRecord({ id: 'id', type: 'backup', options }, watcher);
    const run: JobRun = {
      record,
      services: {} as JobServices,
      reservations: { take: () => () => undefined },
      runId,
      applicationName: '',
      tunnelStarter: () => Promise.reject(new Error('no tunnel')),
      signal: cancel.signal,
      cleanups: [],
    };
    const follower = followHashes(run, manifest, partialPath, options);
    assert.ok(follower instanceof HashFollower);
    const finish = (): Promise<void> =>
      finishBackup(run, {
        target,
        manifest,
        follower,
        options,
        database: 'shop',
        tool: { name: 'pg_dump', version: '17.6' },
        serverVersion: '17.6',
        objects: null,
        remember: () => Promise.resolve(),
      });
    const end = (): Promise<unknown> => Promise.all(run.cleanups.map((each) => each()));
    return { outputPath, partialPath, cancel, follower, record, finish, end };
  }

  it('gives it its name before its members are hashed, which a cancel ends', async () => {
    const { outputPath, partialPath, cancel, follower, record, finish, end } =
      await written('named');
    try {
      heldMember(partialPath);
      void follower.whenWritten();
      const finished = finish();
      await until(() => existsSync(outputPath), 'it has its name');
      assert.ok(!existsSync(partialPath));
      cancel.abort();
      await finished;
      assert.deepEqual(record.snapshot().warnings ?? [], []);
    } finally {
      cancel.abort();
      await end();
    }
  });

  it('is cancelled while a large member is read on', async () => {
    const { outputPath, partialPath, cancel, follower, finish, end } = await written('followed');
    try {
      heldMember(partialPath, '1.dat');
      await until(() => follower.bytes > 0, 'it is followed');
      const finished = finish();
      finished.catch(() => undefined);
      cancel.abort();
      await assert.rejects(finished, { code: 'cancelled' });
      assert.ok(!existsSync(outputPath));
      assert.ok(existsSync(partialPath));
    } finally {
      cancel.abort();
      await end();
    }
  });

  it('gives no name to what was cancelled before', async () => {
    const { outputPath, cancel, finish, end } = await written('before');
    cancel.abort();
    await assert.rejects(finish(), { code: 'cancelled' });
    assert.ok(!existsSync(outputPath));
    await end();
  });
});
