import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { WorkInTurns } from '../../../../src/core/jobs/supervisor/window/workInTurns';
import { until } from '../../../support/until';
import { CountedTurns } from '../../../support/measure/countedTurns';

const unexpected = (error: unknown): void => assert.fail(String(error));

describe('work in turns', () => {
  const counted = new CountedTurns();
  beforeEach(() => counted.start());
  afterEach(() => counted.restore());

  it('is done in its order, a slice in each turn, and nothing in the turn in which it came up', async () => {
    const work = new WorkInTurns(unexpected);
    const done: number[] = [];
    let last = (): void => undefined;
    const all = new Promise<void>((resolve) => (last = resolve));
    for (let i = 0; i < 500; i++) {
      work.add(() => {
        counted.step();
        done.push(i);
        if (i === 499) last();
      });
    }
    await Promise.resolve();
    assert.deepEqual(done, []);
    await all;
    assert.deepEqual(
      done,
      [...done].sort((a, b) => a - b),
    );
    assert.equal(done.length, 500);
    // A slice takes 12 ms, and what its last piece takes.
    assert.equal(counted.most, 13);
  });

  it('is done at once before a process ends, and once', async () => {
    const work = new WorkInTurns(unexpected);
    const done: string[] = [];
    work.add(() => done.push('a'));
    work.add(() => done.push('b'));
    work.flush();
    assert.deepEqual(done, ['a', 'b']);
    await nextTurn();
    await nextTurn();
    work.add(() => done.push('c'));
    assert.deepEqual(done, ['a', 'b']);
    await nextTurn();
    await nextTurn();
    assert.deepEqual(done, ['a', 'b', 'c']);
  });

  it('goes on after a piece that throws, in its turn and at once', async () => {
    const failed: unknown[] = [];
    const work = new WorkInTurns((error) => failed.push(error));
    const done: string[] = [];
    const fails = (what: string) => (): void => {
      throw new Error(what);
    };
    work.add(fails('first'));
    work.add(() => done.push('a'));
    await until(() => done.length > 0, 'the next piece is done');
    work.add(fails('second'));
    work.add(() => done.push('b'));
    work.flush();
    work.add(() => done.push('c'));
    await until(() => done.length > 2, 'work that comes up later is done');
    assert.deepEqual(done, ['a', 'b', 'c']);
    assert.deepEqual(failed.map(String), ['Error: first', 'Error: second']);
  });
});
