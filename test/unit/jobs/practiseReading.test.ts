import assert from 'node:assert/strict';
import { practiseReading } from '../../../src/core/jobs/restore/input/practiseReading';

describe('the archive that a waiting process practises on', () => {
  it('is read to its end, as one that pg_dump has written', async () => {
    const { contents, complete, pgDumpVersion, encoding } = await practiseReading(__filename);
    assert.deepEqual([complete, pgDumpVersion, encoding], [true, '17.0', 'UTF8']);
    assert.equal(contents.tables.length, 2);
    assert.equal(contents.indexes, 1);
  });
});
