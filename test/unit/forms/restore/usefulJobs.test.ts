import assert from 'node:assert/strict';
import { applyContextDefaults } from '../../../../src/core/forms/restore/restoreForm';
import type { BackupInfo } from '../../../../src/core/model/archive';
import type { RestoreOptions } from '../../../../src/core/model/options';
import { usefulJobs } from '../../../../src/core/forms/restore/profiles/usefulJobs';
import { archive, ref, restore, restoreContext, script, tool } from '../sampleCatalog';

const GB = 1024 ** 3;

/** An archive of four tables. */
function large(more: Partial<BackupInfo> = {}): BackupInfo {
  const tables = ['app.a', 'app.b', 'app.c', 'app.d'].map(ref);
  const { contents } = archive();
  return archive({ sizeBytes: GB, contents: { ...contents, tables }, ...more });
}

describe('The jobs that a restore proposes', () => {
  const cases: [string, BackupInfo, Partial<RestoreOptions>, number | undefined, number][] = [
    ['as many as there are cores', large(), {}, 2, 2],
    ['no more than help', large(), {}, 64, 4],
    ['of a directory too', large({ format: 'directory' }), {}, 4, 4],
    ['one while the cores are unknown', large(), {}, undefined, 1],
    ['several from 8 MB on', large({ sizeBytes: 9e6 }), {}, 2, 2],
    ['one for a small archive', large({ sizeBytes: 1e6 }), {}, 8, 1],
    ['one for a tar archive', large({ format: 'tar' }), {}, 8, 1],
    ['one for a script', script({ sizeBytes: GB }), {}, 8, 1],
    ['one in a single transaction', large(), { singleTransaction: true }, 8, 1],
    ['one for rows that follow foreign keys', large(), { dataOnly: true }, 8, 1],
    ['one for rows alone', large({ rowsAlone: true }), {}, 8, 1],
    ['one for definitions', large(), { schemaOnly: true }, 8, 1],
    ['one for what is salvaged', large(), { salvage: true }, 8, 1],
  ];
  for (const [what, info, options, cores, jobs] of cases) {
    it(what, () => {
      const context = restoreContext({ info, cores });
      assert.equal(applyContextDefaults(restore(options), [], context).jobs, jobs);
    });
  }

  const view = ref('app.v');
  const withView = large({ contents: { ...large().contents, otherRelations: [view] } });
  const parts: [what: string, Partial<RestoreOptions>, jobs: number, reason: RegExp][] = [
    ['everything', {}, 4, /^4 jobs: they load tables/],
    ['one table', { tables: [ref('app.a')] }, 1, /loaded by one/],
    ['two tables', { tables: [ref('app.a'), ref('app.b')] }, 2, /^2 jobs: .*what is chosen/],
    ['a table and a view', { tables: [ref('app.a'), view] }, 1, /loaded by one/],
    ['a view', { tables: [view] }, 1, /too little/],
    ['a schema of four tables', { schemas: ['app'] }, 4, /^4 jobs: .*what is chosen/],
    ['a schema without a table', { schemas: ['log'] }, 1, /too little/],
    ['a schema, and one of its tables', { schemas: ['app'], tables: [ref('app.a')] }, 4, /^4 jobs/],
    ['one entry', { dumpIds: [7] }, 1, /loaded by one/],
    ['some entries', { dumpIds: [7, 8, 9] }, 3, /^3 jobs: .*what is chosen/],
    ['many entries', { dumpIds: [1, 2, 3, 4, 5, 6] }, 4, /^4 jobs: .*what is chosen/],
  ];
  for (const [what, options, jobs, reason] of parts) {
    it(`suit what is chosen of a large archive: ${what}`, () => {
      const proposed = usefulJobs(restore(options), restoreContext({ info: withView, cores: 8 }));
      assert.equal(proposed.jobs, jobs);
      assert.match(proposed.reason, reason);
    });
  }

  const parted = large({
    contents: {
      ...large().contents,
      tables: ['app.log', 'app.log_1', 'old.log_2', 'old.log_2a', 'app.alone', 'app.alone_1'].map(
        ref,
      ),
    },
    partitions: [
      [1, 0],
      [2, 0],
      [3, 2],
      [5, 4],
    ],
  });
  const partitions: [what: string, Partial<RestoreOptions>, jobs: number][] = [
    ['everything', {}, 3],
    ['a partitioned table, which brings its partitions', { tables: [ref('app.log')] }, 2],
    ['a table with one partition', { tables: [ref('app.alone')] }, 1],
    ['a partition', { tables: [ref('app.log_1')] }, 1],
    ['a partition that has one itself', { tables: [ref('old.log_2')] }, 1],
    ['a table and its partition', { tables: [ref('app.log'), ref('app.log_1')] }, 2],
    ['a schema, without partitions in another one', { schemas: ['old'] }, 1],
    ['many entries', { dumpIds: [1, 2, 3, 4, 5, 6] }, 3],
  ];
  for (const [what, options, jobs] of partitions) {
    it(`count tables with rows: ${what}`, () => {
      const context = restoreContext({ info: parted, cores: 8 });
      assert.equal(usefulJobs(restore(options), context).jobs, jobs);
    });
  }

  it('come to an end where partitions go round in a circle', () => {
    const round = {
      ...parted,
      partitions: [
        [0, 1],
        [1, 0],
      ] satisfies [number, number][],
    };
    const context = restoreContext({ info: round, cores: 8 });
    assert.equal(usefulJobs(restore({ tables: [ref('app.log')] }), context).jobs, 1);
  });

  it('are one where the tool reads a stream, also where more were begun with', () => {
    const streaming = { ...tool('17.6'), streams: true };
    const context = restoreContext({ info: large(), cores: 8, tool: streaming });
    assert.equal(applyContextDefaults(restore({ jobs: 3 }), [], context).jobs, 1);
    assert.match(usefulJobs(restore(), context).reason, /container/);
  });

  it('leave alone what was asked for', () => {
    const context = restoreContext({ info: large(), cores: 8 });
    assert.equal(applyContextDefaults(restore({ jobs: 1 }), ['jobs'], context).jobs, 1);
    assert.equal(applyContextDefaults(restore({ jobs: 6 }), [], context).jobs, 6);
  });
});
