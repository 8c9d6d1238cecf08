import assert from 'node:assert/strict';
import { backupDefaults } from '../../../../src/core/forms/backup/backupDefaults';
import { DumpProgress } from '../../../../src/core/jobs/progress/dump/dumpProgress';
import { DumpWorkload } from '../../../../src/core/jobs/progress/dump/dumpWorkload';
import type { CatalogRelation } from '../../../../src/core/model/catalog';
import type { BackupOptions } from '../../../../src/core/model/options';
import { trackerAt } from '../../../support/measure/trackerAt';

const options: BackupOptions = {
  ...backupDefaults('directory'),
  ...{ connectionId: 'x', outputPath: '/x', jobs: 2 },
};

const table = (name: string, bytes: number): CatalogRelation => ({
  ...{ schema: 'app', name, kind: 'table', bytes, rows: 1000 },
  ...{ partitionOf: null, extension: null, ownedBy: null },
});

describe('a dump by several workers', () => {
  it('is written when the workers have said so of all tables, and of each thousand large objects', () => {
    const tracker = trackerAt(() => 0);
    const some = [table('a.b', 100e6), table('c', 50e6)];
    const contents = { tables: some, largeObjects: 1500, relations: 2 };
    const work = new DumpWorkload(tracker, options, contents, 17);
    const dump = new DumpProgress(tracker, 2);
    dump.setWorkload(work);
    const isWritten = (): boolean => work.isWritten && dump.saidAll(contents);
    const done = (dumpId: number, label: string): void =>
      dump.add({ type: 'item', action: 'finished', dumpId, label });
    dump.add({ type: 'dumpingTable', table: 'app.a.b' });
    dump.add({ type: 'savingLargeObjects' });
    done(1, 'TABLE DATA a.b');
    done(7, 'BLOBS 16400..17400');
    assert.equal(dump.saidAll(contents), false);
    dump.add({ type: 'dumpingTable', table: 'app.c' });
    done(2, 'TABLE DATA c');
    assert.equal(dump.saidAll(contents), true);
    assert.equal(isWritten(), false);
    done(8, 'BLOBS 17401..17900');
    assert.equal(isWritten(), true);
  });
});
