import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { detectFile } from '../../../src/core/archive/file/detectFile';
import { readToc } from '../../../src/core/archive/file/tocReader';
import { VerifyProblems } from '../../../src/core/backups/manifest/problems';
import type { DataCounts } from '../../../src/core/backups/verify/dataCounts';
import { readArchiveData } from '../../../src/core/backups/verify/readArchiveData';
import { readScriptData } from '../../../src/core/backups/verify/readScriptData';
import { tableKey } from '../../../src/core/backups/manifest/tableKey';
import { fixture, fixtureNames } from '../archive/files';

async function read(file: string): Promise<{ counts: DataCounts; problems: VerifyProblems }> {
  const problems = new VerifyProblems();
  const kind = await detectFile(file);
  const counts =
    kind.kind === 'plain'
      ? await readScriptData(file, kind, problems, {})
      : await readArchiveData(await readToc(file), problems, {});
  return { counts, problems };
}

describe('reading all data of a backup', () => {
  let expected: DataCounts;

  before(async () => {
    expected = (await read(fixture('mini.17.sql'))).counts;
    const orders = expected.rows.get(tableKey('app', 'orders'));
    const script = readFileSync(fixture('mini.17.sql'), 'utf8');
    const rows = /\nCOPY app\.orders .*?;\n(.*?)\\\.\n/s.exec(script)?.[1] ?? '';
    assert.equal(orders, rows.split('\n').length - 1);
  });

  for (const name of fixtureNames(/\.(dump|dir|tar|sql|gz|lz4|zst)$/)) {
    if (name === 'sample-schema.sql') continue;
    it(`finds ${name} whole, with the rows of its script`, async () => {
      const { counts, problems } = await read(fixture(name));
      assert.deepEqual(problems.items, []);
      assert.ok(counts.rowBytes > 0);
      if (name.startsWith('plain')) return;
      // Comments in scripts are lines: there a newline in a name is a space.
      const rows = [...counts.rows].map(([key, count]) => [key.replaceAll('\\n', ' '), count]);
      assert.deepEqual(rows.sort(), [...expected.rows].sort());
      assert.equal(counts.largeObjects, expected.largeObjects);
    });
  }
});
