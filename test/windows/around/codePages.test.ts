import assert from 'node:assert/strict';
import { CODE_PAGES } from '../../support/install/wine';
import { newestServer } from '../../support/servers';
import { runInWine } from '../../support/tiers/windowsTier';

/** What depends on the code page: names in commands, and paths of their files. */
const FILES = ['windows/jobs.test', 'windows/whole/formats.test'];

describe('Windows with another code page', () => {
  for (const codePage of CODE_PAGES.filter((page) => page !== 1252)) {
    it(`${codePage}: jobs by Windows’ tools`, async () => {
      const result = await runInWine({ files: FILES, servers: [newestServer()] }, codePage);
      assert.deepEqual([result.failed, result.failures], [0, []]);
      for (const file of FILES) assert.ok((result.loaded[file] ?? 0) > 3, file);
    });
  }
});
