import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { Throttle } from '../../../src/core/throttle';
import { until } from '../../support/until';

/** Longer than any test takes: what comes only when it is over does not come. */
const FOREVER_MS = 3_600_000;

describe('A throttle', () => {
  const made: Throttle[] = [];
  afterEach(() => made.splice(0).forEach((throttle) => throttle.cancel()));

  function counting(intervalMs: number): { throttle: Throttle; runs: () => number } {
    let runs = 0;
    const throttle = new Throttle(() => void runs++, intervalMs);
    made.push(throttle);
    return { throttle, runs: () => runs };
  }

  it('runs once in a turn of its own, however often it was asked', async () => {
    const { throttle, runs } = counting(FOREVER_MS);
    for (let i = 0; i < 100; i++) throttle.request();
    assert.equal(runs(), 0);
    assert.ok(await until(() => runs() > 0));
    assert.equal(runs(), 1);
  });

  it('waits for the interval, and runs once more for what came meanwhile', async () => {
    const { throttle, runs } = counting(30);
    throttle.now();
    const since = performance.now();
    throttle.request();
    throttle.request();
    assert.ok(await until(() => runs() > 1));
    assert.ok(performance.now() - since >= 25);
    assert.equal(runs(), 2);
  });

  it('keeps the interval when what runs asks for the next run', async () => {
    let runs = 0;
    const throttle: Throttle = new Throttle(() => {
      runs++;
      if (runs < 3) throttle.request();
    }, 30);
    made.push(throttle);
    const since = performance.now();
    throttle.now();
    assert.ok(await until(() => runs === 3));
    assert.ok(performance.now() - since >= 55);
    await delay(40);
    assert.equal(runs, 3);
  });

  it('runs at once when it is told to, and with that is done with what was asked', async () => {
    const { throttle, runs } = counting(0);
    throttle.request();
    throttle.now();
    await delay(5);
    assert.equal(runs(), 1);
  });

  it('is flushed only of what was asked for', () => {
    const { throttle, runs } = counting(FOREVER_MS);
    throttle.flush();
    assert.equal(runs(), 0);
    throttle.request();
    throttle.flush();
    throttle.flush();
    assert.equal(runs(), 1);
  });

  it('forgets what was asked for when it is cancelled', async () => {
    const { throttle, runs } = counting(0);
    throttle.request();
    throttle.cancel();
    await delay(5);
    assert.equal(runs(), 0);
  });

  it('keeps its interval when a run fails', () => {
    let runs = 0;
    const throttle = new Throttle(() => {
      runs++;
      throw new Error('no');
    }, FOREVER_MS);
    made.push(throttle);
    assert.throws(() => throttle.now(), /no/);
    throttle.request();
    assert.equal(runs, 1);
  });
});
