import assert from 'node:assert/strict';
import { evaluateBackup } from '../../../src/core/forms/backup/backupForm';
import type { BackupOptions } from '../../../src/core/model/options';
import { backup, backupContext, ref, sampleCatalog } from './sampleCatalog';

describe('what is left out of a backup and needed by the rest', () => {
  const references = [
    { from: ref('app.orders'), to: ref('app.customers') },
    { from: ref('app.totals'), to: ref('app.orders') },
    { from: ref('archive.notes'), to: ref('audit.trail') },
    { from: ref('app.totals'), to: ref('app.geo') },
  ];
  const context = backupContext({ catalog: { ...sampleCatalog(), references } });
  const cases: [what: string, more: Partial<BackupOptions>, named: string[] | null][] = [
    ['nothing is left out', {}, null],
    [
      'a schema that another one needs',
      { excludeSchemas: ['audit'] },
      ['audit.trail', 'archive.notes'],
    ],
    ['a schema with all that needs it', { excludeSchemas: ['audit', 'archive'] }, null],
    ['a table', { excludeTables: [ref('app.customers')] }, ['app.customers', 'app.orders']],
    ['all but a table', { tables: [ref('app.totals')] }, ['app.orders', 'app.totals']],
    ['the rows of a table', { excludeTableData: [ref('app.customers')] }, ['app.customers']],
    ['the rows of both', { excludeTableData: [ref('app.customers'), ref('app.orders')] }, null],
    [
      'a table, of a backup of rows',
      { excludeTables: [ref('app.customers')], includeSchema: false },
      null,
    ],
  ];
  for (const [what, more, named] of cases) {
    it(`is told: ${what}`, () => {
      const { problems } = evaluateBackup(backup(more), context);
      const told = problems.filter(({ severity }) => severity === 'warning');
      assert.equal(told.length, named === null ? 0 : 1, JSON.stringify(problems));
      for (const name of named ?? []) assert.ok(told[0]?.message.includes(name), told[0]?.message);
    });
  }
});
