import assert from 'node:assert/strict';
import { AppError, asAppError, traceOf } from '../../../src/core/errors';
import { fromJobFailure, toJobFailure } from '../../../src/core/jobs/job/jobFailure';

describe('asAppError', () => {
  for (const code of ['EMFILE', 'ENFILE'] as const) {
    it(`tells a lack of file handles: ${code}`, () => {
      const cause = Object.assign(new Error(`${code}: too many open files`), { code });
      const error = asAppError(cause, traceOf);
      assert.deepEqual([error.code, error.details], ['handlesExhausted', { code }]);
      assert.equal(error.cause, cause);
    });
  }

  it('leaves an error of core as it is', () => {
    const error = new AppError('outputBusy', { path: '/a' });
    assert.equal(asAppError(error), error);
  });

  it('takes anything else for a fault of our own, with what it says', () => {
    const cause = new TypeError('x is not a function');
    const error = asAppError(cause);
    assert.deepEqual(toJobFailure(error), {
      code: 'internal',
      details: { text: 'x is not a function' },
    });
    assert.equal(error.cause, cause);
    assert.match(JSON.stringify(asAppError(cause, traceOf).details), /TypeError.*jobFailure\.test/);
    assert.deepEqual(asAppError('thrown text').details, { text: 'thrown text' });
  });
});

describe('the failure of a job', () => {
  it('is the same error after a way through JSON', () => {
    const error = new AppError('archiveDamaged', { path: '/a', offset: 7, reading: 'header' });
    const failure = toJobFailure(error);
    const read = fromJobFailure(JSON.parse(JSON.stringify(failure)) as typeof failure);
    assert.ok(AppError.is(read, 'archiveDamaged'));
    assert.deepEqual(read.details, error.details);
    assert.notEqual(failure.details, error.details);
  });
});
