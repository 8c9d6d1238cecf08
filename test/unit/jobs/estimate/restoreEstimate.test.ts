import assert from 'node:assert/strict';
import path from 'node:path';
import { readToc } from '../../../../src/core/archive/file/tocReader';
import { restoreDefaults } from '../../../../src/core/forms/restore/restoreDefaults';
import {
  type ArchiveFacts,
  expectedOfArchive,
} from '../../../../src/core/jobs/restore/expectedRestore';
import {
  expectedOfScript,
  kindOfArchive,
  kindOfScript,
  plannedScript,
} from '../../../../src/core/jobs/progress/restore/restoreEstimate';
import type { PastRun } from '../../../../src/core/model/estimates/estimate';
import type { RestoreOptions } from '../../../../src/core/model/options';
import { expectedText, wasExpectedText } from '../../../../src/core/text/estimateText';
import { repoPaths } from '../../../support/repoPaths';
import { script } from '../../forms/sampleCatalog';

const options = (more: Partial<RestoreOptions> = {}): RestoreOptions => ({
  ...restoreDefaults(),
  ...{ connectionId: 'x', inputPath: '/x' },
  ...more,
});

/** A run that took so many times what was planned. */
function run(kind: { database: string; how: string }, times: number): PastRun {
  const planned = { bytes: 1000, seconds: 2 };
  const real = { bytes: 1000, seconds: 2 * times };
  return { ...kind, planned, sampled: null, real };
}

describe('the estimate of a restore', () => {
  let facts: ArchiveFacts;
  before(async () => {
    const toc = await readToc(path.join(repoPaths.fixtures, 'archives/mini.17.dump'));
    const dataSizes = new Map(toc.withData().map((i) => [toc.dumpId(i), 50e6]));
    facts = { toc, dataSizes, samples: new Map() };
  });

  it('is of what is chosen, by that many jobs', async () => {
    const of = async (more: Partial<RestoreOptions>): Promise<number> =>
      (await expectedOfArchive(facts, options(more), [])).milliseconds;
    const all = await of({});
    assert.ok((await of({ schemaOnly: true })) < all / 10);
    assert.ok((await of({ dataOnly: true })) < all);
    assert.ok((await of({ jobs: 4 })) < all * 0.7);
  });

  it('follows the restores of this database, else the speed of the others', async () => {
    const same = kindOfArchive(facts.toc, options());
    const other = { ...same, database: 'other' };
    const slower = { ...other, how: 'another' };
    const [planned, ...corrected] = await Promise.all(
      [[], [run(same, 3), run(other, 9)], [run(other, 2), run(slower, 9)], [run(slower, 4)]].map(
        (runs) => expectedOfArchive(facts, options(), runs),
      ),
    );
    assert.ok(planned);
    assert.equal(planned.bytes, null);
    assert.deepEqual(
      corrected.map(({ basis, milliseconds }) => [
        basis,
        Number((milliseconds / planned.milliseconds).toFixed(2)),
      ]),
      [
        ['sameBackup', 3],
        ['connection', 2],
        ['connection', 4],
      ],
    );
  });

  it('is of whole scripts alone: nobody knows how much of one a part is', () => {
    const info = script({ sizeBytes: 1e9 });
    const whole = expectedOfScript(info, options(), []);
    assert.ok(whole && whole.milliseconds > 10_000);
    const parts: Partial<RestoreOptions>[] = [
      { schemas: ['app'] },
      { tables: [{ schema: 'app', name: 'a' }] },
      { schemaOnly: true },
      { dataOnly: true },
      { databases: [{ name: 'shop', target: 'shop' }] },
      { withoutRowsOf: [{ schema: 'app', name: 'a' }] },
    ];
    for (const part of parts) assert.equal(plannedScript(info, options(part)), null);
    const kind = kindOfScript(info);
    const known = expectedOfScript(info, options(), [run(kind, 0.5)]);
    assert.equal(known?.milliseconds, whole.milliseconds / 2);
  });

  it('says what it rests on, and no size', () => {
    const figures = { bytes: null, milliseconds: 12_300 };
    const said = (['sameBackup', 'connection', 'tables'] as const).map((basis) =>
      expectedText({ ...figures, basis }),
    );
    assert.equal(new Set(said).size, 3);
    for (const text of [...said, wasExpectedText({ ...figures, basis: 'tables' })]) {
      assert.match(text, /^Expected.* 12 s[.,]/);
    }
  });
});
