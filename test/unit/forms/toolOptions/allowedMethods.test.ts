import assert from 'node:assert/strict';
import { evaluateBackup } from '../../../../src/core/forms/backup/backupForm';
import type { BackupContext } from '../../../../src/core/forms/form/context';
import { deriveBackup } from '../../../../src/core/forms/selection/derivedBackup';
import { assertAllowed } from '../../../../src/core/jobs/backup/checkOptions';
import type { BackupOptions } from '../../../../src/core/model/options';
import { backup, backupContext, tool } from '../sampleCatalog';

/** Values of `--compress`, which a job judges without the rules of all other options where it can. */
const METHODS: [string, string | number, Partial<BackupOptions>?, Partial<BackupContext>?][] = [
  ['a method with its level', 'zstd:3'],
  ['a method alone', 'lz4'],
  ['no compression', 'none'],
  ['a method that is written beside the level of the field', 'gzip:9', { compression: 3 }],
  ['a method for tar', 'zstd:3', { format: 'tar', compression: 0 }],
  ['no compression for tar', 'none', { format: 'tar', compression: 0 }],
  ['a level that the method has not', 'gzip:10'],
  ['a method that no tool has', 'brotli'],
  ['a level without a method', '6'],
  ['a number', 6],
  ['a mode that the method has not', 'gzip:level=6,long'],
  ['a method of newer tools', 'zstd:3', {}, { tool: tool('15.14') }],
  [
    'a method that the tool was not built with',
    'zstd:3',
    {},
    { tool: { ...tool('17.6'), compressionMethods: ['none', 'gzip'] } },
  ],
  ['a method with an argument that is wrong', 'zstd:3', { extraArgs: ['--nosuch'] }],
];

describe('a method of compression', () => {
  for (const [what, method, more, known] of METHODS) {
    it(`is judged by a job as by the form: ${what}`, async () => {
      const options = backup({ ...more, toolOptions: { compress: method } });
      const context = backupContext(known);
      const { problems } = evaluateBackup(options, context);
      const error = problems.find(({ severity }) => severity === 'error');
      const allowed = assertAllowed(options, context, deriveBackup(options, context));
      if (error === undefined) return allowed;
      const details = { field: error.field, problem: error.message };
      return assert.rejects(allowed, { code: 'optionInvalid', details });
    });
  }

  it('beside another option is judged by all rules', async () => {
    const options = backup({ toolOptions: { compress: 'zstd:3', nosuch: true } });
    const context = backupContext();
    await assert.rejects(assertAllowed(options, context, deriveBackup(options, context)), {
      code: 'optionInvalid',
    });
  });
});
