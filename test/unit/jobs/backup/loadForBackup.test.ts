import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import {
  neededAtOnce,
  neededSoon,
  type BackupPart,
} from '../../../../src/core/jobs/backup/loadForBackup';
import type { BackupOptions } from '../../../../src/core/model/options';
import { itNeeds } from '../../../support/needs';
import { scratch } from '../../archive/files';
import { backup } from '../../forms/sampleCatalog';

/** Windows' own rules are always needed there. */
const own: readonly BackupPart[] = process.platform === 'win32' ? ['backupForm'] : [];

describe('what the process of a backup loads before an update of the extension may remove it', () => {
  const files = scratch();
  const cases: readonly [
    what: string,
    options: Partial<BackupOptions>,
    overwrite: boolean,
    atOnce: readonly BackupPart[],
    soon: readonly BackupPart[],
  ][] = [
    ['a custom archive', {}, false, own, ['checkStructure']],
    ['one of a schema', { schemas: ['app'] }, false, [...own, 'chosenChecks'], ['checkStructure']],
    [
      'one in another encoding',
      { encoding: 'LATIN1' },
      false,
      [...own, 'chosenChecks'],
      ['checkStructure'],
    ],
    ['a directory', { format: 'directory' }, false, [...own, 'checkStructure'], ['checkStructure']],
    ['one that replaces another', {}, true, [...own, 'detectFile'], ['checkStructure']],
    [
      'one with a method of compression',
      { toolOptions: { compress: 'zstd:3' } },
      false,
      [...own, 'toolHelp'],
      ['checkStructure', 'backupForm'],
    ],
    [
      'one with an option of the tool',
      { toolOptions: { 'no-comments': true } },
      false,
      ['backupForm', 'toolHelp'],
      ['checkStructure'],
    ],
  ];
  for (const [what, more, overwrite, atOnce, soon] of cases) {
    it(`for ${what}`, async () => {
      const options = backup({ outputPath: path.join(files.dir, 'new'), ...more });
      assert.deepEqual(await neededAtOnce({ options, overwrite }), atOnce);
      assert.deepEqual(neededSoon({ options }), soon);
    });
  }

  itNeeds('links', 'for an output that is a link: does it lead to a backup?', async () => {
    const outputPath = path.join(files.dir, 'link');
    symlinkSync(path.join(files.dir, 'nowhere'), outputPath);
    const options = backup({ outputPath });
    const parts = await neededAtOnce({ options, overwrite: false });
    assert.deepEqual(parts, [...own, 'detectFile', 'tellNote']);
  });
});
