import assert from 'node:assert/strict';
import { ANSWER_TRIPS } from '../../../../src/core/catalog/psqlSession';
import { backupDefaults } from '../../../../src/core/forms/backup/backupDefaults';
import { relationKey } from '../../../../src/core/forms/selection/catalogIndex';
import { DumpWorkload } from '../../../../src/core/jobs/progress/dump/dumpWorkload';
import type { CatalogRelation } from '../../../../src/core/model/catalog';
import { trackerAt } from '../../../support/measure/trackerAt';

function table(schema: string, name: string, bytes: number, rows: number | null): CatalogRelation {
  const none = { partitionOf: null, extension: null, ownedBy: null };
  return { schema, name, kind: 'table', bytes, rows, ...none };
}

describe('the plan of a dump', () => {
  const tables = [
    table('app', 'a.b', 100e6, 1000),
    table('app.a', 'b', 50e6, null),
    table('app', 'c', 50e6, 500),
  ];
  const make = (largeObjects: number): DumpWorkload => {
    const options = { ...backupDefaults(), connectionId: 'x', outputPath: '/x' };
    const contents = { tables, largeObjects, relations: 3 };
    return new DumpWorkload(
      trackerAt(() => 0),
      options,
      contents,
      17,
    );
  };

  it('takes a better plan and the distance of the server in any order', () => {
    const plan = (steps: ((work: DumpWorkload) => void)[]): number[] => {
      const work = make(2500);
      for (const step of steps) step(work);
      return work.model.units.map(({ seconds }) => seconds);
    };
    const answers = (seconds: number) => (work: DumpWorkload) =>
      work.model.setAnswerSeconds(seconds, 0);
    const refined = (work: DumpWorkload): void => {
      const sample = { rowBytes: 200, ratio: 0.01 };
      work.setLargeObjectBytes(1e6);
      work.refine(new Map([[relationKey({ schema: 'app', name: 'a.b' }), sample]]), tables);
    };
    const near = plan([refined]);
    assert.deepEqual(plan([answers(0.5), refined, answers(0.005)]), near);
    assert.ok(Math.min(...near) > 0, String(near));
    // Each of 2,500 large objects waits three times for 70 ms, before and after the better plan.
    const answer = 0.01 + ANSWER_TRIPS * 0.07;
    const far = plan([refined, answers(answer)]);
    assert.deepEqual(plan([answers(answer), refined]), far);
    assert.deepEqual(plan([answers(answer), refined, answers(answer + 0.001)]), far);
    const waits = far.reduce((sum, seconds, i) => sum + seconds - (near[i] ?? 0), 0);
    assert.ok(Math.abs(waits - 0.07 * (3 * 2500 + 2 * 3)) < 0.01, String(waits));
  });

  it('finds its tables in the times that an earlier version has kept', () => {
    const work = make(0);
    // The form of the keys on users' disks.
    const kept = ['["app","a.b"]', '["app.a","b"]', '["app","c"]'];
    const times = kept.map((key, i) => ({ key, seconds: i + 1, size: tables[i]?.bytes ?? 0 }));
    assert.equal(work.remember(times), true);
    assert.deepEqual(
      work.model.units.slice(1, 4).map(({ seconds }) => seconds),
      [1, 2, 3],
    );
    for (const [i, key] of kept.entries()) assert.equal(work.model.units[i + 1]?.plan.key, key);
  });
});
