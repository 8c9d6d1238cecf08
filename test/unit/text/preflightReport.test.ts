/** What a pre-flight has found, as a document. */
import assert from 'node:assert/strict';
import type { Preflight } from '../../../src/core/model/findings/findings';
import { findingOf } from '../../../src/core/preflight/rule';
import { reportLines } from '../../../src/core/text/findings/preflightReport';

const verdict: Preflight['verdict'] = {
  ...{ worst: 'loses', target: 'full', adds: 2, drops: 2, dropsRows: 1240, exactRows: true },
  ...{ replaces: 0, replacesRows: 0, fills: 0 },
  ...{ largeObjects: null, keeps: 'safetyBackup', partial: true },
};
const report = (findings: Preflight['findings'], maxLength?: number) =>
  reportLines(
    {
      preflight: { verdict, findings },
      file: '/backups/sh\u202eop.dump',
      target: 'Live (shop)',
      at: 'just now',
    },
    maxLength,
  );

describe('The document of a pre-flight', () => {
  it('has file, target, verdict, and every finding with its objects, one in a line', () => {
    const { lines, lineOf } = report([
      findingOf('drops', {
        severity: 'loses',
        objects: ['app.orders', 'app.li\nnes'],
        rows: [
          { rows: 1234, exact: true },
          { rows: 6, exact: true },
        ],
        details: { rows: 1240, exact: 1 },
      }),
      findingOf('circularKeys', { severity: 'surprises', count: 3 }),
      findingOf('options', { severity: 'stops', objects: ['Choose another name.'] }),
    ]);
    assert.deepEqual(lines, [
      'What this restore will do',
      '',
      'File: /backups/sh<U+202E>op.dump',
      'Target: Live (shop)',
      'Looked at: just now',
      'Verdict: Drops 2 tables with exactly 1,240 rows. The safety backup keeps them.',
      '',
      'Loses data: Drops 2 tables with exactly 1,240 rows: app.orders, app.li↵nes.',
      '  app.orders: exactly 1,234 rows',
      '  app.li↵nes: exactly 6 rows',
      '',
      'Look twice: 3 foreign keys can refuse rows that come before those they refer to.',
      '',
      'Will not go through: Choose another name.',
    ]);
    assert.deepEqual(
      [...lineOf],
      [
        ['drops', 7],
        ['circularKeys', 11],
        ['options', 13],
      ],
    );
  });

  it('names all of many thousand objects', () => {
    const objects = Array.from({ length: 20_000 }, (_, n) => `app.t${n}`);
    const { lines } = report([findingOf('exists', { severity: 'stops', objects })]);
    assert.deepEqual(
      lines.slice(-20_000),
      objects.map((name) => `  ${name}`),
    );
  });

  it('says what it does not name, where that is too long or nobody knows the names', () => {
    const objects = Array.from({ length: 10 }, (_, n) => `app.t${n}`);
    const { lines, lineOf } = report(
      [
        findingOf('exists', { severity: 'stops', objects }),
        findingOf('stays', { severity: 'note', objects, count: 12 }),
      ],
      // Twelve names of six letters each.
      12 * 6 + 5,
    );
    const second = lines.indexOf('', lineOf.get('exists'));
    assert.deepEqual(lines.slice((lineOf.get('exists') ?? 0) + 1, second), [
      ...objects.map((name) => `  ${name}`),
    ]);
    assert.deepEqual(lines.slice((lineOf.get('stays') ?? 0) + 1), [
      '  app.t0',
      '  app.t1',
      '  … and 10 more that are not named here',
    ]);
  });

  it('says that nothing was found', () => {
    assert.deepEqual(report([]).lines.slice(-2), ['', 'Nothing was found.']);
  });
});
