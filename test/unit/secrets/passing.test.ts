import assert from 'node:assert/strict';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { AppError } from '../../../src/core/errors';
import { JobRecord } from '../../../src/core/jobs/job/jobRecord';
import { maskSql } from '../../../src/core/secrets/mask';

describe('what passes into a job’s record and documents', () => {
  const statement = "ALTER ROLE bob PASSWORD 'Secret';";

  it('has no secret, whichever way it came', () => {
    const lines: string[] = [];
    const options = { ...backupDefaults('custom'), connectionId: 'a', outputPath: '/a' };
    const record = new JobRecord(
      { id: 'id', type: 'backup', options },
      {
        changed: () => undefined,
        lines: (_record, added) => lines.push(...added),
      },
    );
    record.start();
    record.addLines([statement]);
    record.addError({ message: 'password=Secret', sql: statement });
    record.addWarning(new AppError('queryFailed', { text: statement }));
    record.end('failed', new AppError('queryFailed', { text: 'postgresql://u:Secret@h/d' }));
    const told = JSON.stringify([lines, record.snapshot(), record.failure]);
    assert.ok(!told.includes('Secret'), told);
    assert.equal(record.failure?.code, 'queryFailed');
    record.replaceErrors([{ message: 'x', sql: statement }]);
    assert.ok(!JSON.stringify(record.snapshot()).includes('Secret'));
  });

  it('tells two secrets apart only by what the one who shows them makes of them', () => {
    const seen: string[] = [];
    const masked = maskSql(statement, (secret) => {
      seen.push(secret);
      return `#${seen.length}`;
    });
    assert.deepEqual(seen, ['Secret']);
    assert.equal(masked, "ALTER ROLE bob PASSWORD '#1';");
  });
});
