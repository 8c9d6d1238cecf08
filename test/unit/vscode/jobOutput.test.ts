/** What a job says, on its way to the Output channel and to the form that shows it. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Jobs } from '../../../src/core/jobs/manager/jobs';
import type { BackupJob, JobStatus } from '../../../src/core/model/job';
import type { JobUpdate } from '../../../src/protocol/types';
import type * as Feed from '../../../src/vscode/panels/jobFeed';
import type * as Log from '../../../src/vscode/ui/outputLog';
import { until } from '../../support/until';
import { englishText, fakeVscode } from '../../support/workbench/fakeVscode';

describe('what a job says', () => {
  let written: { level: string; text: string }[] = [];
  const channel = {
    info: (text: string) => written.push({ level: 'info', text }),
    warn: (text: string) => written.push({ level: 'warn', text }),
    show: () => undefined,
    dispose: () => undefined,
  };
  let restoreVscode: () => void;
  let OutputLog: typeof Log.OutputLog;
  let JobFeed: typeof Feed.JobFeed;
  before(async () => {
    restoreVscode = fakeVscode({
      l10n: { t: englishText },
      window: { createOutputChannel: () => channel },
    });
    ({ OutputLog } = await import('../../../src/vscode/ui/outputLog'));
    ({ JobFeed } = await import('../../../src/vscode/panels/jobFeed'));
  });
  after(() => restoreVscode());
  beforeEach(() => (written = []));

  const said = (count: number): string[] =>
    Array.from({ length: count }, (_, i) => `pg_dump: flagging indexes of table "app.t${i}"`);

  const shown = (): string[] => written.flatMap(({ text }) => text.split('\n'));

  it('comes to the channel whole, in order and without secrets', async () => {
    const log = new OutputLog();
    log.say('a job');
    const lines = [...said(300), "pg_dump: warning: password='Secret'"];
    for (let at = 0; at < lines.length; at += 100)
      log.lines(lines.slice(at, at + 100), () => 'log');
    log.warn('a warning');
    log.lines(['the last line'], null);
    await until(() => written.at(-1)?.text === 'the last line');
    assert.equal(
      shown().join('\n'),
      ['a job', ...lines, 'a warning', 'the last line'].join('\n').replace('Secret', '********'),
    );
    assert.deepEqual(
      written.filter(({ level }) => level === 'warn').map(({ text }) => text),
      ['a warning'],
    );
    log.dispose();
  });

  it('comes to the channel in parts that hold nobody up, and no more of it than can be read', async () => {
    const log = new OutputLog();
    const trouble = 'pg_dump: warning: typlen of table "app.t5000"';
    const lines = said(20_000);
    lines[5000] = trouble;
    const place = (): string => '/a/log';
    for (let at = 0; at < lines.length; at += 1000) log.lines(lines.slice(at, at + 1000), place);
    await until(() => written.length >= 3);
    for (const { text } of written) assert.ok(text.length < 20_000, String(text.length));
    log.dispose();
    const all = shown();
    const kept = all.length - 2;
    assert.ok(kept < 2001, String(kept));
    assert.match(all[0] ?? '', /left out here: 1\d.?\d{3}\. .* more than 32 MB, .*: \/a\/log$/);
    assert.equal(all[1], trouble);
    assert.deepEqual(all.slice(2), lines.slice(-kept));
  });

  it('tells once in a while what is left out, not at every turn', async () => {
    const log = new OutputLog();
    const gaps = (): number => shown().filter((line) => line.startsWith('…')).length;
    log.lines(said(10_000), null);
    await until(() => gaps() === 1);
    const since = performance.now();
    for (let i = 0; i < 20; i++) {
      log.lines(said(10_000), null);
      await delay(5);
    }
    const told = gaps();
    assert.ok(told <= 2 + (performance.now() - since) / 1000, String(told));
    log.dispose();
    assert.equal(shown().at(-1), said(10_000).at(-1));
  });

  it('is in the channel as far as it goes when somebody asks to see it', async () => {
    const log = new OutputLog();
    log.lines(said(10_000), null);
    await until(() => written.length === 1);
    const lines = said(10_000);
    lines[10] = 'pg_dump: warning: typlen';
    log.lines(lines, null);
    log.say('the end');
    log.show();
    assert.equal(shown().at(-1), 'the end');
    assert.ok(shown().length < 2500, String(shown().length));
    const before = written.length;
    log.say('another job');
    await until(() => written.length > before);
    assert.equal(shown().at(-1), 'another job');
    log.dispose();
  });

  it('tells how much of what is left out was an error or a warning', () => {
    const log = new OutputLog();
    log.lines(Array<string>(3000).fill('pg_dump: warning: typlen'), null);
    log.dispose();
    assert.equal(
      shown()[0],
      `… Lines left out here: ${(2300).toLocaleString()}. Errors and warnings among them: ${(2300).toLocaleString()}.`,
    );
  });

  it('comes to a form as its newest state, and at once where the job begins or ends', async () => {
    let tell = (_job: BackupJob): void => undefined;
    const jobs = {
      onUpdate: (listener: (job: BackupJob) => void) => {
        tell = listener;
        return () => undefined;
      },
      failure: () => null,
    } as unknown as Jobs;
    const sent: JobUpdate[] = [];
    const feed = new JobFeed(jobs, (update) => sent.push(update));
    const job = (status: JobStatus, line: string, id = 'a'): BackupJob =>
      ({ id, type: 'backup', status, errors: [], output: [line] }) as unknown as BackupJob;
    feed.follow('a');
    for (let i = 0; i < 100; i++) tell(job('running', `line ${i}`));
    tell(job('running', 'of another job', 'b'));
    await until(() => sent.length === 2);
    tell(job('running', 'line 100'));
    tell(job('completed', 'the last line'));
    assert.deepEqual(
      sent.map((update) => update.job.output[0]),
      ['line 0', 'line 99', 'the last line'],
    );
    feed.dispose();
  });
});
