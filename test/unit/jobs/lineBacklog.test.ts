import assert from 'node:assert/strict';
import { LineBacklog, type LineBlock } from '../../../src/core/lineBacklog';

const numbered = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, i) => `line ${from + i}`);

describe('lines that wait to be shown', () => {
  let backlog: LineBacklog;
  beforeEach(() => {
    backlog = new LineBacklog(
      (line) => line.includes('error'),
      ({ count, log }) => `${count} in ${log ?? 'nothing'}`,
    );
  });

  function all(room = Infinity): LineBlock[] {
    const blocks: LineBlock[] = [];
    for (let block = backlog.take(room); block !== null; block = backlog.take(room)) {
      blocks.push(block);
    }
    assert.ok(backlog.isEmpty);
    return blocks;
  }
  const text = (): string[] => all().flatMap(({ lines }) => lines);

  it('come in their order, those of one level together', () => {
    backlog.say('info', 'a job');
    backlog.flow(['one', 'two'], 'log');
    backlog.say('warn', 'a warning');
    backlog.flow([], 'log');
    backlog.flow(['three'], null);
    backlog.say('info', 'the end');
    assert.deepEqual(all(), [
      { level: 'info', lines: ['a job', 'one', 'two'] },
      { level: 'warn', lines: ['a warning'] },
      { level: 'info', lines: ['three', 'the end'] },
    ]);
  });

  it('come in parts of the size that is asked for, a long line as several', () => {
    backlog.flow(['x'.repeat(1000), ...numbered(7)], 'log');
    assert.deepEqual(
      all(3).map(({ lines }) => lines.length),
      [1, 3, 3, 1],
    );
  });

  it('are all shown where no more of them wait than are kept', () => {
    for (let at = 0; at < 20_000; at += 1000) {
      backlog.flow(numbered(1000, at), 'log');
      assert.deepEqual(backlog.take(1000)?.lines, numbered(1000, at));
    }
    backlog.flow(numbered(2000), 'log');
    assert.deepEqual(text(), numbered(2000));
  });

  it('are the newest of a flow that is too fast, with one line that tells of the others', () => {
    backlog.say('info', 'a job');
    for (let at = 0; at < 200_000; at += 1000) backlog.flow(numbered(1000, at), 'log');
    backlog.say('info', 'the end');
    assert.equal(backlog.beginsWithGap, false, 'what was said comes first');
    const shown = text();
    assert.equal(shown[0], 'a job');
    assert.equal(shown.at(-1), 'the end');
    const kept = shown.length - 3;
    assert.ok(kept >= 500 && kept <= 2000, String(kept));
    assert.equal(shown[1], `${200_000 - kept} in log`);
    assert.deepEqual(shown.slice(2, -1), numbered(kept, 200_000 - kept));
  });

  it('are never left out when they tell of trouble, unless there is no end of it', () => {
    backlog.flow([...numbered(2000), 'error 1', ...numbered(2000), 'error 2'], 'log');
    backlog.flow([...numbered(2000), 'error 3', ...numbered(500)], 'log');
    assert.equal(backlog.beginsWithGap, true);
    assert.deepEqual(text(), ['6000 in log', 'error 1', 'error 2', 'error 3', ...numbered(500)]);
    const errors = numbered(200_000).map((line) => `error in ${line}`);
    for (let at = 0; at < errors.length; at += 1000)
      backlog.flow(errors.slice(at, at + 1000), 'log');
    const shown = text();
    assert.ok(shown.length < 2500, String(shown.length));
    assert.deepEqual(shown.slice(1, 4), errors.slice(0, 3), 'the first of them are kept');
    assert.deepEqual(shown.slice(-3), errors.slice(-3));
  });

  it('tell of the gap once, where it is taken in small parts', () => {
    backlog.flow([...numbered(4000), 'error 1', 'error 2', ...numbered(500)], 'log');
    assert.deepEqual(backlog.take(1)?.lines, ['4000 in log']);
    assert.equal(backlog.beginsWithGap, false);
    assert.deepEqual(backlog.take(1)?.lines, ['error 1']);
    backlog.flow(numbered(4000), 'log');
    assert.deepEqual(text(), ['4000 in log', 'error 2', ...numbered(500, 3500)]);
  });

  it('of several jobs are left out each with the place of its own log', () => {
    backlog.flow(numbered(2000), 'a');
    backlog.flow(numbered(2000), null);
    backlog.say('warn', 'a warning between');
    backlog.flow(numbered(400), 'b');
    assert.deepEqual(text(), [
      '2000 in a',
      '1500 in nothing',
      ...numbered(500, 1500),
      'a warning between',
      ...numbered(400),
    ]);
  });
});
