import assert from 'node:assert/strict';
import { evaluateBackup } from '../../../../src/core/forms/backup/backupForm';
import type { BackupContext } from '../../../../src/core/forms/form/context';
import { deriveBackup } from '../../../../src/core/forms/selection/derivedBackup';
import { assertAllowed } from '../../../../src/core/jobs/backup/checkOptions';
import type { BackupOptions } from '../../../../src/core/model/options';
import type { ToolAbilities } from '../../../../src/core/model/tools';
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

/** What may be known of a tool beyond its version: each may make a difference. */
const ABILITIES: Readonly<Record<keyof ToolAbilities, readonly ToolAbilities[]>> = {
  unknownOptions: [
    {
      unknownOptions: [
        { flag: '--new', short: null, also: [], argument: null, description: 'does it' },
      ],
    },
  ],
  missingOptions: [{ missingOptions: ['compress'] }, { missingOptions: ['jobs'] }],
  compressionMethods: [{ compressionMethods: ['none', 'zstd'] }, { compressionMethods: ['gzip'] }],
  utf8Arguments: [{ utf8Arguments: true }, { utf8Arguments: false }],
};

/** Does a job refuse what the form refuses, for the same reason, and nothing else? */
async function judgedAlike(
  given: Partial<BackupOptions>,
  known?: Partial<BackupContext>,
): Promise<void> {
  const options = backup(given);
  const context = backupContext(known);
  const { problems } = evaluateBackup(options, context);
  const error = problems.find(({ severity }) => severity === 'error');
  const allowed = assertAllowed(options, context, deriveBackup(options, context));
  if (error === undefined) return allowed;
  const details = { field: error.field, problem: error.message };
  return assert.rejects(allowed, { code: 'optionInvalid', details });
}

describe('a method of compression', () => {
  for (const known of Object.values(ABILITIES).flat()) {
    it(`is judged by a job as by the form for a tool with ${JSON.stringify(known)}`, () =>
      judgedAlike(
        { toolOptions: { compress: 'zstd:3' } },
        { tool: { ...tool('17.6'), ...known } },
      ));
  }

  for (const [what, method, more, known] of METHODS) {
    it(`is judged by a job as by the form: ${what}`, () =>
      judgedAlike({ ...more, toolOptions: { compress: method } }, known));
  }

  it('beside another option is judged by all rules', async () => {
    const options = backup({ toolOptions: { compress: 'zstd:3', nosuch: true } });
    const context = backupContext();
    await assert.rejects(assertAllowed(options, context, deriveBackup(options, context)), {
      code: 'optionInvalid',
    });
  });
});
