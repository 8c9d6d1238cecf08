import assert from 'node:assert/strict';
import { backupDefaults } from '../../../../src/core/forms/backup/backupDefaults';
import { JobRecord } from '../../../../src/core/jobs/job/jobRecord';
import { ToolOutput } from '../../../../src/core/jobs/tool/toolOutput';
import { ErrorCollector } from '../../../../src/core/pgtools/stderr/errorCollector';

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
});
