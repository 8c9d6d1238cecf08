import assert from 'node:assert/strict';
import { JobRecord } from '../../../src/core/jobs/job/jobRecord';
import { takeErrors } from '../../../src/core/jobs/tool/toolFailure';
import { errorCountOf } from '../../../src/core/model/job';
import { ErrorCollector } from '../../../src/core/pgtools/stderr/errorCollector';
import { outcomeTitle } from '../../../src/core/text/jobOutcome';
import { restore } from '../forms/sampleCatalog';

const watcher = { changed: () => undefined, lines: () => undefined };

/** A restore that went through with so many errors. */
function finished(errors: number): JobRecord {
  const record = new JobRecord({ id: 'one', type: 'restore', options: restore() }, watcher);
  const collector = new ErrorCollector();
  for (let i = 1; i <= errors; i++) {
    collector.add({ type: 'error', text: `ERROR:  relation "t${i}" already exists`, line: i });
  }
  collector.end();
  record.start();
  takeErrors(record, { collector });
  record.end('completedWithErrors');
  return record;
}

describe('The count of errors', () => {
  for (const [count, listed, words] of [
    [1, 1, /with 1 error\.$/],
    [500, 500, /with 500 errors\.$/],
    [501, 500, /with 501 errors\.$/],
    [200_000, 500, /with 200.?000 errors\.$/],
  ] as const) {
    it(`is true of ${count}, of which ${listed} are listed`, () => {
      const record = finished(count);
      const job = record.snapshot();
      assert.equal(job.errors.length, listed);
      assert.equal(job.errors[0]?.message, 'relation "t1" already exists');
      assert.equal(errorCountOf(job), count);
      assert.equal(job.errorCount, count);
      assert.equal(record.errorCount, count);
      assert.match(outcomeTitle(job), words);
    });
  }
});
