import assert from 'node:assert/strict';
import { backupDefaults } from '../../../../src/core/forms/backup/backupDefaults';
import { JobRecord } from '../../../../src/core/jobs/job/jobRecord';
import { ToolOutput } from '../../../../src/core/jobs/tool/toolOutput';
import { ErrorCollector } from '../../../../src/core/pgtools/stderr/errorCollector';
import { seededRandom } from '../../../support/seededRandom';
import { until } from '../../../support/until';

describe('ToolOutput', () => {
  it('tells why a tool failed before the long statement that it was about', () => {
    const lines: string[] = [];
    const options = { ...backupDefaults('custom'), connectionId: 'a', outputPath: '/a' };
    const record = new JobRecord(
      { id: 'id', type: 'backup', options },
      {
        changed: () => undefined,
        lines: (_record, added) => lines.push(...added),
      },
    );
    const output = new ToolOutput(record, new ErrorCollector(), { onEvent: () => undefined });
    const names = Array.from({ length: 20_000 }, (_, i) => `public.table_${i}`).join(', ');
    output.write(
      Buffer.from(
        'pg_dump: reading schemas\n' +
          'pg_dump: error: query failed: ERROR:  out of shared memory\n' +
          'HINT:  You might need to increase "max_locks_per_transaction".\n' +
          `pg_dump: detail: Query was: LOCK TABLE ${names} IN ACCESS SHARE MODE\n`,
      ),
      'stderr',
    );
    output.end();
    const [error, hint, statement] = output.text.split('\n');
    assert.equal(error, 'pg_dump: error: query failed: ERROR:  out of shared memory');
    assert.match(hint ?? '', /^HINT: .*max_locks_per_transaction/);
    assert.match(statement ?? '', /^pg_dump: detail: Query was: LOCK TABLE public\.table_0, .*…$/);
    assert.ok(output.text.length < 600, String(output.text.length));
    assert.equal(lines.length, 4);
  });

  /** An output whose lines come to `lines`. */
  function outputTo(lines: string[], bytes?: (count: number) => void): ToolOutput {
    const options = { ...backupDefaults('custom'), connectionId: 'a', outputPath: '/a' };
    const watcher = {
      changed: () => undefined,
      lines: (_record: JobRecord, added: string[]) => lines.push(...added),
    };
    const record = new JobRecord({ id: 'id', type: 'backup', options }, watcher);
    return new ToolOutput(record, new ErrorCollector(), {
      onEvent: () => undefined,
      ...(bytes && { onStdoutBytes: bytes }),
    });
  }

  const said = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, i) => `pg_dump: reading part ${from + i}`);
  const chunk = (lines: string[]): Buffer => Buffer.from(`${lines.join('\n')}\n`);

  it('reads on before it has understood what came at once, and keeps the order', async () => {
    const lines: string[] = [];
    const output = outputTo(lines);
    output.write(chunk(said(0, 10_000)), 'stderr');
    output.write(Buffer.from('on stdout\n'), 'stdout');
    output.write(chunk(said(10_000, 20_000)), 'stderr');
    assert.deepEqual(lines, [], 'the tool does not wait');
    let inBetween = 0;
    const others = setInterval(() => {
      if (lines.length > 0 && lines.length < 20_001) inBetween++;
    }, 0);
    await until(() => lines.length === 20_001);
    clearInterval(others);
    assert.ok(inBetween > 0, 'others have their turn in between');
    output.end();
    assert.deepEqual(lines, [...said(0, 10_000), 'on stdout', ...said(10_000, 20_000)]);
  });

  it('has the tool wait when more than a megabyte waits, and leaves nothing out at the end', () => {
    const lines: string[] = [];
    const output = outputTo(lines);
    const all = said(0, 100_000);
    for (let at = 0; at < all.length; at += 1000) {
      output.write(chunk(all.slice(at, at + 1000)), 'stderr');
    }
    output.end();
    assert.deepEqual(lines, all);
  });

  it('says the same lines without secrets, wherever the pipe has cut them', () => {
    const seed = 20261127;
    const random = seededRandom(seed);
    const parts = [
      'pg_dump: flagging indexes of table "app.t"\n',
      'pg_dump: reading table "app.πασσ" in postgresql://bob:Secret@db/x\r\n',
      'pg_dump: dumping contents of table "app.password_resets"\n',
      'pg_restore: error: could not execute query: ERROR:  syntax error at or near "Secret"\n' +
        "Command was: ALTER ROLE bob PASSWORD\n'Secret';\n",
      "pg_dump: warning: option password='Secret' is ignored\n",
      `pg_dump: detail: Query was: ${'x'.repeat(9000)} PASSWORD 'Secret'\n`,
    ];
    const all = Buffer.concat([
      ...Array.from({ length: 400 }, () =>
        Buffer.from(parts[Math.floor(random() * parts.length)] ?? ''),
      ),
      Buffer.from('pg_dump: reading "app.stra\xdfe" password=Secret\n', 'latin1'),
      Buffer.from('pg_dump: last built-in OID is 16383'),
    ]);
    const linesOf = (sizes: () => number): string[] => {
      const lines: string[] = [];
      const output = outputTo(lines);
      for (let at = 0; at < all.length;) {
        const size = sizes();
        output.write(all.subarray(at, at + size), 'stderr');
        at += size;
      }
      output.end();
      return lines;
    };
    const whole = linesOf(() => all.length);
    assert.equal(whole.at(-1), 'pg_dump: last built-in OID is 16383');
    const shown = whole.filter((line) => line.includes('Secret'));
    assert.deepEqual(shown, []);
    assert.ok(whole.some((line) => line.includes('"app.straße"')));
    assert.deepEqual(
      linesOf(() => 1 + Math.floor(random() * 300)),
      whole,
      `seed ${seed}`,
    );
  });

  it('counts the bytes of data at once', () => {
    let bytes = 0;
    const output = outputTo([], (count) => (bytes += count));
    output.write(Buffer.from('data'), 'stdout');
    assert.equal(bytes, 4);
    output.end();
  });
});
