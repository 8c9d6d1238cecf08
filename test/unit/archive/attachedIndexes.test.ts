import assert from 'node:assert/strict';
import path from 'node:path';
import { attachedIndexIds } from '../../../src/core/archive/toc/attachedIndexes';
import { readToc } from '../../../src/core/archive/file/tocReader';

describe('indexes of partitions', () => {
  for (const version of [12, 17]) {
    it(`are found by what attaches them, in an archive of pg_dump ${version}`, async () => {
      const toc = await readToc(path.resolve(`test/fixtures/archives/mini.${version}.dump`));
      const names = [...attachedIndexIds(toc)].map((id) => {
        const index = toc.indexOf(id);
        return `${toc.desc(index)} ${toc.tag(index)}`;
      });
      assert.deepEqual(names.sort(), [
        'CONSTRAINT log default log default_pkey',
        'CONSTRAINT log_2023 log_2023_pkey',
        'CONSTRAINT log_2024 log_2024_pkey',
        'INDEX log default_who_idx',
        'INDEX log_2023_who_idx',
        'INDEX log_2024_who_idx',
      ]);
    });
  }
});
