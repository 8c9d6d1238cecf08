import assert from 'node:assert/strict';
import { readToc } from '../../../../src/core/archive/file/tocReader';
import { selectEntries } from '../../../../src/core/archive/selection/restoreList';
import { restorePlan } from '../../../../src/core/archive/selection/restorePlan';
import { fixture } from '../files';
import { name, tables } from './entries';

describe('the plan of a restore', () => {
  it('leaves out what pg_restore is told to', async () => {
    const toc = await readToc(fixture('mini.18.dump'));
    const types = async (parts: Parameters<typeof restorePlan>[2]): Promise<Set<string>> =>
      new Set((await restorePlan(toc, null, parts)).order.map((i) => toc.desc(i)));
    const schema = await restorePlan(toc, null, { schemaOnly: true });
    assert.equal(schema.tablesWithData, 0);
    assert.ok(!(await types({ schemaOnly: true })).has('SEQUENCE SET'));
    assert.deepEqual([...(await types({ dataOnly: true }))].sort(), [
      'ACL',
      'BLOB METADATA',
      'BLOBS',
      'COMMENT',
      'SEQUENCE SET',
      'TABLE DATA',
    ]);
    // Every entry is either.
    const data = await restorePlan(toc, null, { dataOnly: true });
    assert.equal(schema.order.length + data.order.length, 182);
    assert.ok(!(await types({ noPrivileges: true })).has('ACL'));
    assert.ok(!(await types({ noPrivileges: true })).has('DEFAULT ACL'));
    assert.ok(!(await types({ noComments: true })).has('COMMENT'));
    assert.ok(!(await types({ noPublications: true })).has('PUBLICATION TABLE'));
  });

  it('follows a list in its order, with privileges behind', async () => {
    const toc = await readToc(fixture('mini.18.dump'));
    const { indexes } = await selectEntries(toc, tables('app.orders'));
    const { order } = await restorePlan(toc, [...indexes].reverse());
    assert.equal(name(toc, order.at(-1) ?? -1), 'ACL TABLE orders');
    assert.equal(name(toc, order[0] ?? -1), name(toc, indexes.at(-1) ?? -1));
  });
});
