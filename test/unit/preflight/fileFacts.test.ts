import assert from 'node:assert/strict';
import path from 'node:path';
import { readFileFacts } from '../../../src/core/archive/facts/fileFacts';
import { readToc } from '../../../src/core/archive/file/tocReader';
import { repoPaths } from '../../support/repoPaths';

describe('The facts about an archive', () => {
  for (const major of [12, 15, 18]) {
    it(`have the tables of publications, of pg_dump ${major}`, async () => {
      const toc = await readToc(path.join(repoPaths.fixtures, `archives/mini.${major}.dump`));
      const indexes = toc.listed().filter((i) => toc.desc(i).startsWith('PUBLICATION'));
      const { published } = await readFileFacts(toc, { indexes, alongside: new Set() });
      const names = published.map(({ schema, name }) => `${schema}.${name ?? ''}`);
      assert.deepEqual(names.sort(), ['app.customer', 'app.orders']);
    });
  }
});
