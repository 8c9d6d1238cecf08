import assert from 'node:assert/strict';
import { lostExtensions, selectionTotals } from '../../../src/core/forms/backup/backupSummary';
import { evaluateBackup } from '../../../src/core/forms/backup/backupForm';
import type { BackupOptions, RestoreOptions } from '../../../src/core/model/options';
import type { RestoreContext } from '../../../src/core/forms/form/context';
import { evaluateRestore } from '../../../src/core/forms/restore/restoreForm';
import { formatBytes } from '../../../src/core/text/formatBytes';
import {
  archive,
  backup,
  backupContext,
  ref,
  restore,
  restoreContext,
  sampleCatalog,
  script,
} from './sampleCatalog';
import { select } from './selection/treeSteps';

function backupText(options: Partial<BackupOptions>): string {
  return evaluateBackup(backup(options), backupContext()).summary.join('\n');
}

function restoreText(
  options: Partial<RestoreOptions>,
  context: Partial<RestoreContext> = {},
): string {
  return evaluateRestore(restore(options), restoreContext(context)).summary.join('\n');
}

describe('the summary of a backup', () => {
  const cases: [string, Partial<BackupOptions>, RegExp[], RegExp[]?][] = [
    ['everything', {}, [/^The whole database shop: all 9 tables, 11 kB\.$/]],
    [
      'a schema',
      { schemas: ['app'] },
      [
        /^2 of 9 tables, 5\.9 kB\./,
        /Left out: large objects \(3\); extensions \(pg_trgm, pg_cron\); publications/,
      ],
    ],
    [
      'a schema with what is offered',
      { schemas: ['app'], largeObjects: true, extensions: ['pg_trgm', 'pg_cron'] },
      [/Left out: publications/],
      [/large objects/],
    ],
    [
      'an exclusion',
      { excludeTables: [ref('app.orders')] },
      [/^8 of 9 tables/, /Left out: app\.orders\.$/],
    ],
    [
      'rows left out',
      { excludeTableData: [ref('log.events')] },
      [/Left out: the rows of log\.events_2023, archive\.events_2022, log\.events_2024_a\./],
    ],
    ['no large objects', { largeObjects: false }, [/Left out: large objects \(3\)\./]],
    ['schema only', { includeData: false }, [/no rows/, /Definitions only/], [/Left out/]],
    ['data only', { includeSchema: false }, [/Rows only/]],
    [
      'single tables',
      { tables: [ref('app.orders')] },
      [/^1 of 9 tables/, /Their schemas, and the types/],
    ],
    [
      'a partition',
      { tables: [ref('log.events_2023')] },
      [/Partitions without the table .*: log\.events_2023\./],
    ],
    [
      'a schema and a table',
      { schemas: ['app'], tables: [ref('archive.notes')] },
      [/are included \(archive\)/],
    ],
    [
      'no extensions are missed with data only',
      { schemas: ['app'], includeSchema: false },
      [/large objects/],
      [/extensions/],
    ],
  ];
  for (const [name, options, there, absent = []] of cases) {
    it(`tells of ${name}`, () => {
      const text = backupText(options);
      for (const wanted of there) assert.match(text, new RegExp(wanted.source, 'm'));
      for (const unwanted of absent) assert.doesNotMatch(text, unwanted);
    });
  }

  it('says little before the catalog is there', () => {
    const summary = evaluateBackup(backup(), backupContext({ catalog: null })).summary;
    assert.deepEqual(summary, ['The whole database shop.']);
  });

  const lostBy = (options: BackupOptions): string[] =>
    lostExtensions(options, sampleCatalog(), select(options, sampleCatalog()).filtered);
  const totalsOf = (options: BackupOptions) =>
    selectionTotals(options, select(options, sampleCatalog()));

  it('counts partitions and leaves out extension tables', () => {
    const totals = totalsOf(backup({ tables: [ref('log.events')] }));
    assert.deepEqual(totals, { tables: 5, tablesTotal: 9, bytes: 3000, bytesTotal: 11000 });
    const without = backup({ excludeTableData: [ref('app.orders')] });
    assert.equal(totalsOf(without).bytes, 6000);
  });

  it('offers the extensions that a filter would lose', () => {
    assert.deepEqual(lostBy(backup()), []);
    const some = backup({ schemas: ['app'], extensions: ['pg_cron'] });
    assert.deepEqual(lostBy(some), ['pg_trgm']);
  });
});

describe('the summary of a restore', () => {
  it('tells where everything goes and what happens at errors', () => {
    const text = restoreText({});
    assert.match(text, /Restores everything \(3 tables\) into database shop on Dev\./);
    assert.match(text, /Stops at the first error/);
    assert.match(restoreText({ exitOnError: false }), /Continues after errors/);
    assert.match(restoreText({ singleTransaction: true }), /All or nothing/);
  });
  it('tells what is dropped and created first', () => {
    assert.match(restoreText({ clean: true }), /^Drops from database shop on Dev/m);
    const info = archive({ locale: { collate: 'de_DE.UTF-8', ctype: 'C' } });
    const created = restoreText({ createDatabase: true, targetDatabase: 'new' }, { info });
    assert.match(
      created,
      /^Creates database new \(UTF8, de_DE\.UTF-8\)\.\nRestores .* into database new/,
    );
  });
  it('names a selection', () => {
    const text = restoreText({ schemas: ['app'], tables: [ref('log.events')], dataOnly: true });
    assert.match(text, /Restores the rows of schema app; log\.events into/);
  });
  it('does not promise that a script with large objects is undone', () => {
    const info = script({ contents: { ...script().contents, hasBlobs: true } });
    assert.doesNotMatch(restoreText({ singleTransaction: true }, { info }), /All or nothing/);
    assert.match(restoreText({}, { info }), /run by psql as it is/);
  });
});

describe('formatBytes', () => {
  const cases: [number, string][] = [
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1024, '1.0 kB'],
    [10_240, '10 kB'],
    [1_048_575, '1.0 MB'],
    [1.15 * 1024 ** 3, '1.1 GB'],
    [3 * 1024 ** 4, '3.0 TB'],
    [5000 * 1024 ** 4, '5000 TB'],
  ];
  for (const [bytes, text] of cases) it(text, () => assert.equal(formatBytes(bytes), text));
});
