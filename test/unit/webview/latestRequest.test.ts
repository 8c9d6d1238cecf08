import assert from 'node:assert/strict';
import { LatestRequest } from '../../../webview/shared/latestRequest';

/** A question that is answered when the test says so. */
function question<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  let signal: AbortSignal | undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  const ask = (given: AbortSignal): Promise<T> => {
    signal = given;
    return promise;
  };
  return { ask, resolve, reject, aborted: () => signal?.aborted };
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Latest', () => {
  it('ignores the answer to a question that was replaced, and aborts it', async () => {
    const latest = new LatestRequest();
    const got: string[] = [];
    const first = question<string>();
    const second = question<string>();
    const take = (value: string): void => void got.push(value);
    const fail = (error: Error): void => void got.push(`failed: ${error.message}`);
    latest.ask(first.ask, take, fail);
    latest.ask(second.ask, take, fail);
    assert.equal(first.aborted(), true);
    second.resolve('second');
    first.resolve('first');
    await settled();
    assert.deepEqual(got, ['second']);
  });

  it('tells of a failure, unless nobody waits for it any more', async () => {
    const latest = new LatestRequest();
    const got: string[] = [];
    const take = (): void => void got.push('answered');
    const fail = (error: Error): void => void got.push(error.message);
    const lost = question<string>();
    latest.ask(lost.ask, take, fail);
    latest.cancel();
    lost.reject(new Error('late'));
    const failing = question<string>();
    latest.ask(failing.ask, take, fail);
    failing.reject(new Error('refused'));
    await settled();
    assert.deepEqual(got, ['refused']);
  });

  it('waits for changes to settle: of several questions the last is asked', async () => {
    const latest = new LatestRequest();
    const asked: number[] = [];
    const answers = await new Promise<number[]>((resolve, reject) => {
      for (const n of [1, 2, 3]) {
        const ask = (): Promise<number> => {
          asked.push(n);
          return Promise.resolve(n);
        };
        latest.ask(ask, (value) => resolve([value]), reject, 5);
      }
    });
    assert.deepEqual(asked, [3]);
    assert.deepEqual(answers, [3]);
  });
});
