import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { AppError, type ErrorCode } from '../../../src/core/errors';
import type { BackupJob } from '../../../src/core/model/job';
import type { BackupOptions } from '../../../src/core/model/options';
import type { JobHarness } from '../harness/jobHarness';

/** Runs a backup that has to fail before pg_dump is started, and leaves nothing. */
export async function refusedBackup<C extends ErrorCode>(
  harness: JobHarness,
  code: C,
  options: Partial<BackupOptions>,
  password: string,
): Promise<AppError<C>['details']> {
  const before = await readdir(harness.dir);
  const job = await harness.backup({
    connectionId: 'main',
    outputPath: harness.path('refused'),
    ...options,
  });
  const failure = harness.manager.failure(job.id);
  assert.ok(AppError.is(failure, code), `${failure?.message ?? job.status}`);
  assert.equal(job.status, 'failed');
  assert.equal(job.exitCode, null);
  assert.equal(job.errors.length, 1);
  assert.ok(!JSON.stringify([job, failure]).includes(password));
  assert.deepEqual(await readdir(harness.dir), before);
  return failure.details;
}

/** Runs a backup over an older file that has to fail while pg_dump runs. */
export async function failedBackup(
  harness: JobHarness,
  cause: AppError<'toolFailed'>['details']['cause'] | null,
  handle: { finished: Promise<BackupJob>; job: BackupJob },
): Promise<BackupJob> {
  const job = await handle.finished;
  const failure = harness.manager.failure(job.id);
  assert.ok(AppError.is(failure, 'toolFailed'), failure?.message ?? job.status);
  if (cause !== null) assert.equal(failure.details.cause, cause, failure.details.text);
  assert.equal(job.status, 'failed');
  assert.ok(job.errors.length > 0);
  assert.ok(failure.details.text !== '');
  assert.deepEqual(await harness.leftovers(), []);
  return job;
}
