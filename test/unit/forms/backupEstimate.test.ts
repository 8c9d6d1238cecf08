import assert from 'node:assert/strict';
import {
  estimateBackup,
  howWritten,
  plannedRun,
  type EstimateFacts,
} from '../../../src/core/forms/backup/backupEstimate';
import {
  dumpedDatabases,
  estimateCluster,
  plannedCluster,
} from '../../../src/core/forms/backup/clusterEstimate';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import type { DumpContents } from '../../../src/core/forms/backup/dumpContents';
import { relationKey } from '../../../src/core/forms/selection/catalogIndex';
import { NO_ROW_FACTS, type PastRun } from '../../../src/core/model/estimates/estimate';
import type { BackupOptions } from '../../../src/core/model/options';
import { expectedText, wasExpectedText } from '../../../src/core/text/estimateText';
import { relation } from './sampleCatalog';

const MB = 1 << 20;

const options: BackupOptions = { ...backupDefaults(), connectionId: 'x', outputPath: '/x' };

function contents(...megabytes: number[]): DumpContents {
  const tables = megabytes.map((size, i) =>
    relation(`app.t${i}`, { bytes: size * MB, rows: size * 10_000 }),
  );
  return { tables, largeObjects: 0, relations: tables.length };
}

const known = (more: Partial<EstimateFacts> = {}): EstimateFacts => ({
  rows: NO_ROW_FACTS,
  runs: [],
  database: 'shop',
  ...more,
});

/** A run that took so many times what was planned. */
function run(what: DumpContents, times: { bytes: number; seconds: number }, more = {}): PastRun {
  const planned = plannedRun(options, what);
  return {
    database: 'shop',
    how: howWritten(options),
    planned,
    sampled: null,
    real: { bytes: planned.bytes * times.bytes, seconds: planned.seconds * times.seconds },
    ...more,
  };
}

describe('the estimate of a backup', () => {
  it('grows with the tables, and is smaller where they compress well', () => {
    const all = contents(100, 50);
    const [small, large] = [contents(10), all].map((what) =>
      estimateBackup(options, what, known()),
    );
    assert.ok(small && large);
    assert.equal(large.basis, 'tables');
    assert.ok(large.bytes > 10 * small.bytes && large.milliseconds > 5 * small.milliseconds);
    const samples = new Map(
      all.tables.map((table) => [relationKey(table), { rowBytes: 80, ratio: 0.05 }]),
    );
    const rows = { samples, largeObjectBytes: null };
    const packed = estimateBackup(options, all, known({ rows }));
    assert.ok(packed.bytes < large.bytes / 3 && packed.milliseconds < large.milliseconds);
  });

  // Measured with 17, ten tables: processor time of pg_dump and server, and size, against gzip 6.
  const ways: [how: string, time: number, size: number][] = [
    ['gzip:1', 0.62, 1.27],
    ['gzip:2', 0.65, 1.2],
    ['gzip:4', 0.81, 1.09],
    ['gzip:9', 1.57, 0.99],
    ['lz4', 0.49, 1.77],
    ['lz4:9', 0.94, 1.42],
    ['none', 0.46, 3.98],
    ['zstd:1', 0.51, 0.9],
    ['zstd:3', 0.54, 0.94],
    ['zstd:6', 0.83, 0.93],
    ['zstd:9', 1.2, 0.92],
    ['zstd:12', 4.4, 0.92],
    ['zstd:15', 8.9, 0.91],
    ['zstd:16', 11.7, 0.86],
    ['zstd:19', 37.7, 0.84],
  ];
  for (const [compress, time, size] of ways) {
    it(`is not twice too much or too little for ${compress}`, () => {
      const tables = [relation('app.t', { bytes: 100 * MB, rows: 500_000 })];
      const what = { tables, largeObjects: 0, relations: 1 };
      const sample = { rowBytes: 150, ratio: 0.25 };
      const samples = new Map(tables.map((table) => [relationKey(table), sample]));
      const rows = { samples, largeObjectBytes: null };
      const of = (how: string) =>
        plannedRun({ ...options, toolOptions: { compress: how } }, what, rows);
      const [ours, usual] = [of(compress), of('gzip:6')];
      const off = [ours.seconds / usual.seconds / time, ours.bytes / usual.bytes / size];
      for (const each of off) assert.ok(each > 0.5 && each < 2, String(off));
    });
  }

  // Bytes on the disk, which hold maps and an index of long values, too, and those of COPY's text.
  const small: [what: string, table: { bytes: number; rows: number | null }, text: number][] = [
    ['825 short rows', { bytes: 112 << 10, rows: 825 }, 55_000],
    ['10 short rows', { bytes: 16 << 10, rows: 10 }, 640],
    ['no rows', { bytes: 8 << 10, rows: 0 }, 0],
    ['rows that nobody has counted', { bytes: 120 << 10, rows: null }, 60_000],
  ];
  for (const [what, table, text] of small) {
    it(`does not take the disk for the rows of many small tables: ${what}`, () => {
      const tables = Array.from({ length: 1000 }, (_, i) => relation(`app.t${i}`, table));
      const all = { tables, largeObjects: 0, relations: 0 };
      const { bytes } = plannedRun({ ...options, compression: 0 }, all);
      assert.ok(bytes >= 500 * text && bytes <= 2000 * text, String(bytes / 1000));
    });
  }

  it('takes large objects for as large as they are read, where nothing compresses them', () => {
    const what = { tables: [], largeObjects: 900, relations: 0 };
    const rows = { samples: new Map(), largeObjectBytes: 10 * MB, plainObjectBytes: 30 * MB };
    const bytes = (compression: number, more = rows) =>
      plannedRun({ ...options, compression }, what, more).bytes;
    assert.equal(bytes(0), 30 * MB - 900 * 1024);
    assert.equal(bytes(0, { ...rows, plainObjectBytes: 0 }), 10 * MB);
    assert.ok(bytes(6) < 10 * MB);
  });

  it('takes the middle of the last runs of the same backup, however much the database has grown', () => {
    const then = contents(100, 50);
    const now = contents(200, 100);
    const runs = [
      run(then, { bytes: 9, seconds: 9 }),
      run(then, { bytes: 0.5, seconds: 2 }),
      run(then, { bytes: 0.6, seconds: 30 }),
      run(then, { bytes: 0.5, seconds: 2 }),
    ];
    const planned = plannedRun(options, now);
    assert.deepEqual(estimateBackup(options, now, known({ runs })), {
      bytes: Math.round(planned.bytes * 0.5),
      milliseconds: Math.round(planned.seconds * 2 * 1000),
      basis: 'sameBackup',
    });
  });

  it('takes the speed alone from other backups on the server, of the same kind where there is one', () => {
    const what = contents(100);
    const planned = plannedRun(options, what);
    const cases: [runs: PastRun[], factor: number][] = [
      [[run(what, { bytes: 9, seconds: 3 }, { database: 'other' })], 3],
      [[run(what, { bytes: 9, seconds: 3 }, { how: 'another' })], 3],
      [
        [
          run(what, { bytes: 9, seconds: 3 }, { database: 'other' }),
          run(what, { bytes: 9, seconds: 7 }, { how: 'another' }),
        ],
        3,
      ],
      // What its rows were like was known, and is not to be corrected a second time.
      [
        [
          run(
            what,
            { bytes: 1, seconds: 3 },
            { database: 'other', sampled: { bytes: 1, seconds: planned.seconds * 3 } },
          ),
        ],
        1,
      ],
    ];
    for (const [runs, factor] of cases) {
      const estimate = estimateBackup(options, what, known({ runs }));
      assert.equal(estimate.basis, 'connection');
      assert.equal(estimate.bytes, Math.round(planned.bytes));
      assert.equal(estimate.milliseconds, Math.round(planned.seconds * factor * 1000));
    }
  });

  it('of a whole server follows the sizes of its databases, and the last such backup', () => {
    const server = { ...options, format: 'plain', scope: 'server' } as const;
    const all = ['a', 'b', 'left out'].map((name) => ({ name, bytes: 100 * MB }));
    const left = { excludeDatabases: ['left out'] };
    const dumped = dumpedDatabases({ ...server, ...left }, all) ?? [];
    assert.deepEqual(dumped, all.slice(0, 2));
    const planned = plannedCluster(server, dumped);
    assert.ok(planned.bytes < plannedCluster(server, all).bytes);
    const real = { bytes: planned.bytes * 2, seconds: planned.seconds * 3 };
    const before = { database: 'all', how: howWritten(server), planned, sampled: null, real };
    const known = { runs: [before], database: 'all' };
    assert.deepEqual(estimateCluster(server, dumped, known), {
      ...{ bytes: Math.round(real.bytes), milliseconds: Math.round(real.seconds * 1000) },
      basis: 'sameBackup',
    });
    // Only pg_dumpall knows which databases a pattern leaves out; roles alone are no data.
    const pattern = { toolOptions: { 'exclude-database': ['x*'] } };
    assert.equal(dumpedDatabases({ ...server, ...pattern }, all), null);
    assert.equal(dumpedDatabases({ ...server, scope: 'roles' }, all), null);
  });

  it('believes no run that is impossible', () => {
    const what = contents(10);
    const odd = [0, Infinity, NaN, 1e9].map((seconds) =>
      run(what, { bytes: seconds, seconds }, { database: 'other' }),
    );
    const { milliseconds } = estimateBackup(options, what, known({ runs: odd }));
    assert.ok(milliseconds > 0 && milliseconds <= plannedRun(options, what).seconds * 20_001);
  });

  it('shares the tables among the jobs, but not one table', () => {
    const jobs = (count: number, what: DumpContents): number =>
      plannedRun({ ...options, format: 'directory', jobs: count }, what).seconds;
    assert.ok(jobs(2, contents(100, 100)) < 0.6 * jobs(1, contents(100, 100)));
    assert.equal(jobs(4, contents(200)), jobs(1, contents(200)));
  });

  it('says what it rests on', () => {
    const figures = { bytes: 34 * MB, milliseconds: 12_300 };
    const said = (['sameBackup', 'connection', 'tables'] as const).map((basis) =>
      expectedText({ ...figures, basis }),
    );
    assert.equal(new Set(said).size, 3);
    for (const text of [...said, wasExpectedText({ ...figures, basis: 'tables' })]) {
      assert.match(text, /34 MB in (about )?12 s/);
    }
  });
});
