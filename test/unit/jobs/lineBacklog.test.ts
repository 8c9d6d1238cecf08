import assert from 'node:assert/strict';
import { LineBacklog, type LineBlock, type LineWorth } from '../../../src/core/lineBacklog';

const numbered = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, i) => `line ${from + i}`);

const log = (): string => 'log';
const logOfA = (): string => 'a';
const logOfB = (): string => 'b';

function worthOf(line: string): LineWorth {
  if (line.includes('error')) return 'trouble';
  if (line.startsWith('DETAIL')) return 'more';
  return line.includes('line') ? 'usual' : 'other';
}

describe('lines that wait to be shown', () => {
  let backlog: LineBacklog;
  beforeEach(() => {
    backlog = new LineBacklog(
      worthOf,
      ({ count, trouble, log: file }) =>
        `${count}${trouble === 0 ? '' : ` (${trouble} errors)`} in ${file ?? 'nothing'}`,
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
    backlog.flow(['one', 'two'], log);
    backlog.say('warn', 'a warning');
    backlog.flow([], log);
    backlog.flow(['three'], null);
    backlog.say('info', 'the end');
    assert.deepEqual(all(), [
      { level: 'info', lines: ['a job', 'one', 'two'] },
      { level: 'warn', lines: ['a warning'] },
      { level: 'info', lines: ['three', 'the end'] },
    ]);
  });

  it('come in parts of the size that is asked for, a long line as several', () => {
    backlog.flow(['x'.repeat(1000), ...numbered(7)], log);
    assert.deepEqual(
      all(3).map(({ lines }) => lines.length),
      [1, 3, 3, 1],
    );
  });

  it('are all shown where no more of them wait than are kept', () => {
    for (let at = 0; at < 20_000; at += 1000) {
      backlog.flow(numbered(1000, at), log);
      assert.deepEqual(backlog.take(1000)?.lines, numbered(1000, at));
    }
    backlog.flow(numbered(2000), log);
    assert.deepEqual(text(), numbered(2000));
  });

  it('are the newest of a flow that is too fast, with one line that tells of the others', () => {
    backlog.say('info', 'a job');
    for (let at = 0; at < 200_000; at += 1000) backlog.flow(numbered(1000, at), log);
    backlog.say('info', 'the end');
    assert.equal(backlog.beginsWithOpenGap, false, 'what was said comes first');
    const shown = text();
    assert.equal(shown[0], 'a job');
    assert.equal(shown.at(-1), 'the end');
    const kept = shown.length - 3;
    assert.ok(kept >= 500 && kept <= 2000, String(kept));
    assert.equal(shown[1], `${200_000 - kept} in log`);
    assert.deepEqual(shown.slice(2, -1), numbered(kept, 200_000 - kept));
  });

  it('are never left out when they tell of trouble, unless there is no end of it', () => {
    backlog.flow([...numbered(2000), 'error 1', ...numbered(2000), 'error 2'], log);
    backlog.flow([...numbered(2000), 'error 3', ...numbered(500)], log);
    assert.equal(backlog.beginsWithOpenGap, true);
    assert.deepEqual(text(), ['6000 in log', 'error 1', 'error 2', 'error 3', ...numbered(500)]);
    const errors = numbered(200_000).map((line) => `error in ${line}`);
    for (let at = 0; at < errors.length; at += 1000) backlog.flow(errors.slice(at, at + 1000), log);
    const shown = text();
    assert.ok(shown.length < 2500, String(shown.length));
    assert.deepEqual(shown.slice(-3), errors.slice(-3));
    const rest = shown.slice(201);
    assert.deepEqual(rest, errors.slice(-rest.length));
    const left = 200_000 - 200 - rest.length;
    assert.equal(shown[0], `${left} (${left} errors) in log`);
    assert.deepEqual(shown.slice(1, 151), errors.slice(0, 150), 'the first of them are kept');
    const end = errors.length - rest.length;
    assert.deepEqual(shown.slice(151, 201), errors.slice(end - 50, end), 'and the last');
  });

  it('are not left out with what explains an error, nor what the job itself says', () => {
    const details = Array.from({ length: 9 }, (_, i) => `DETAIL ${i}`);
    backlog.flow([...numbered(2000), 'error 1'], log);
    backlog.flow([...details, ...numbered(1500), 'DETAIL of a line', 'waits for a lock'], log);
    backlog.flow([...numbered(200), ...Array<string>(9).fill('a name'), ...numbered(2200)], log);
    const shown = text();
    assert.deepEqual(
      shown.slice(1, shown.indexOf('line 0')).slice(0, 12),
      [
        'error 1',
        ...details.slice(0, 5),
        'waits for a lock',
        ...Array<string>(5).fill('a name'),
      ].slice(0, 12),
    );
  });

  it('tell of the gap once, where it is taken in small parts', () => {
    backlog.flow([...numbered(4000), 'error 1', 'error 2', ...numbered(500)], log);
    assert.deepEqual(backlog.take(1)?.lines, ['4000 in log']);
    assert.equal(backlog.beginsWithOpenGap, false);
    assert.deepEqual(backlog.take(1)?.lines, ['error 1']);
    backlog.flow(numbered(4000), log);
    assert.deepEqual(text(), ['4000 in log', 'error 2', ...numbered(500, 3500)]);
  });

  it('of several jobs are left out each with the place of its own log', () => {
    backlog.flow(numbered(2000), logOfA);
    backlog.flow(numbered(2000), null);
    backlog.say('warn', 'a warning between');
    backlog.flow(numbered(400), logOfB);
    assert.deepEqual(text(), [
      '2000 in a',
      '1500 in nothing',
      ...numbered(500, 1500),
      'a warning between',
      ...numbered(400),
    ]);
  });

  it('of two jobs that pour at once leave one gap each, and few lines of trouble', () => {
    const errors = (job: string, from: number): string[] =>
      numbered(30, from).map((line) => `${job}: error in ${line}`);
    const asked: string[] = [];
    const counted = (name: string) => (): string => {
      asked.push(name);
      return name;
    };
    const [a, b] = [counted('a'), counted('b')];
    for (let at = 0; at < 100_000; at += 100) {
      backlog.flow([...numbered(70, at), ...errors('a', at)], a);
      backlog.flow([...numbered(70, at), ...errors('b', at)], b);
    }
    assert.deepEqual(asked, [], 'nobody looks for a log before it is told');
    const shown = text();
    assert.equal(shown.filter((line) => / in [ab]$/.test(line)).length, 2);
    assert.deepEqual(asked.sort(), ['a', 'b']);
    assert.ok(shown.length <= 2000 + 200 + 2, String(shown.length));
    for (const job of ['a', 'b']) {
      const all = Array.from({ length: 1000 }, (_, i) => errors(job, i * 100)).flat();
      const kept = shown.filter((line) => line.startsWith(`${job}: `));
      assert.deepEqual(kept.slice(0, 75), all.slice(0, 75));
      assert.deepEqual(kept.at(-1), all.at(-1));
    }
  });

  it('of which one job says little keep that, whatever the other says', () => {
    const errors = numbered(100_000).map((line) => `error in ${line}`);
    backlog.flow([...numbered(3000), 'the only error of a', ...numbered(2000)], logOfA);
    for (let at = 0; at < errors.length; at += 1000) {
      backlog.flow(errors.slice(at, at + 1000), logOfB);
    }
    assert.ok(text().includes('the only error of a'));
  });

  it('that nothing can be added to are not waited for', () => {
    backlog.flow(numbered(2500), logOfA);
    assert.equal(backlog.beginsWithOpenGap, true);
    backlog.say('info', 'the end of a');
    assert.equal(backlog.beginsWithOpenGap, true, 'the lines that are kept may be left out, too');
    backlog.flow(numbered(2500), logOfB);
    assert.equal(backlog.beginsWithOpenGap, false);
    assert.deepEqual(text().slice(0, 3), ['2500 in a', 'the end of a', '2000 in b']);
  });
});
