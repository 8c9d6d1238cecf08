import assert from 'node:assert/strict';
import path from 'node:path';
import { restorePlan } from '../../../src/core/archive/selection/restorePlan';
import type { Toc } from '../../../src/core/archive/toc/toc';
import { readToc } from '../../../src/core/archive/file/tocReader';
import type { CatalogRelation } from '../../../src/core/model/catalog';
import { relationKey } from '../../../src/core/forms/selection/catalogIndex';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import type { BackupOptions } from '../../../src/core/model/options';
import { dumpSeconds } from '../../../src/core/forms/backup/dumpCosts';
import { DumpProgress } from '../../../src/core/jobs/progress/dump/dumpProgress';
import { DumpWorkload } from '../../../src/core/jobs/progress/dump/dumpWorkload';
import type { ProgressTracker } from '../../../src/core/jobs/job/progressTracker';
import { trackerAt } from '../../support/measure/trackerAt';
import { outlineRestore } from '../../../src/core/jobs/progress/restore/restoreOutline';
import { PARSING_GIN } from '../../../src/core/jobs/progress/restore/restoreCosts';
import {
  indexFraction,
  RestoreWorkload,
} from '../../../src/core/jobs/progress/restore/restoreWorkload';
import { repoPaths } from '../../support/repoPaths';

const options = (more: Partial<BackupOptions> = {}): BackupOptions => ({
  ...backupDefaults(),
  connectionId: 'x',
  outputPath: '/x',
  ...more,
});

function table(schema: string, name: string, bytes: number, rows: number | null): CatalogRelation {
  const none = { partitionOf: null, extension: null, ownedBy: null };
  return { schema, name, kind: 'table', bytes, rows, ...none };
}

describe('a dump as work', () => {
  let now = 0;
  const tables = [
    table('app', 'a.b', 100e6, 1000),
    table('app.a', 'b', 50e6, null),
    table('app', 'c', 50e6, 500),
  ];
  const make = (): { tracker: ProgressTracker; work: DumpWorkload; dump: DumpProgress } => {
    now = 0;
    const tracker = trackerAt(() => now * 1000);
    tracker.start();
    const contents = { tables, largeObjects: 0, relations: 3 };
    const work = new DumpWorkload(tracker, options(), contents, 17);
    tracker.setModel(work.model);
    return { tracker, work, dump: new DumpProgress(tracker, 1) };
  };
  const copy = (schema: string, name: string, rows: number, bytes: number) => ({
    copies: [{ pid: 1, schema, table: name, rows, bytes }],
    indexes: [],
    waits: [],
    working: 1,
  });

  it('gets what was said before it was known how much there is, with its times', () => {
    const { dump, work } = make();
    dump.add({ type: 'dumpingTable', table: 'app.a.b' });
    now = 10;
    dump.add({ type: 'dumpingTable', table: 'app.a.b' });
    now = 15;
    dump.add({ type: 'dumpingTable', table: 'app.c' });
    now = 20;
    dump.setWorkload(work);
    const spent = work.model.units.filter(({ done }) => done).map(({ spent: took }) => took);
    // Reading until the first table; the first of two that pg_dump calls the same.
    assert.deepEqual(spent, [0, 15]);
  });

  it('follows the joining of files by those that are left', () => {
    now = 0;
    const tracker = trackerAt(() => now * 1000);
    const contents = { tables: [table('app', 't', 50e6, 1000)], largeObjects: 0, relations: 1 };
    const work = new DumpWorkload(tracker, options({ jobs: 2 }), contents, 17);
    const finish = work.model.units.find(({ plan }) => plan.kind === 'finish');
    work.begin('app.t', 1);
    work.outputGrew(8e6, true);
    work.end('app.t', 2);
    work.finishing();
    now = 5;
    work.outputGrew(6e6, true);
    assert.equal(finish?.fraction?.toFixed(2), '0.25');
    work.outputGrew(2e6, true);
    assert.equal(finish?.fraction?.toFixed(2), '0.75');
  });

  it('counts rows where their number is known, bytes where it is not', () => {
    const { tracker, dump, work } = make();
    dump.setWorkload(work);
    dump.add({ type: 'dumpingTable', table: 'app.c' });
    now = 4;
    work.server(copy('app', 'c', 250, 9e6));
    assert.equal(work.model.units[3]?.fraction, 0.5);
    assert.equal(tracker.snapshot()?.rows, 250);
    dump.add({ type: 'dumpingTable', table: 'app.a.b' });
    now = 8;
    work.server({ copies: [], indexes: [], waits: [], working: 1 });
    assert.equal(tracker.snapshot()?.rows, 500);
    now = 9;
    work.server(copy('nobody', 'knows', 1, 1));
    assert.equal(tracker.snapshot()?.rows, 500);
  });

  it('keeps what was measured before the rows were looked at, unless it was a share of guessed bytes', () => {
    for (const rows of [1000, 0]) {
      now = 0;
      const tracker = trackerAt(() => now * 1000);
      const all = [table('app', 't', 50e6, rows)];
      const contents = { tables: all, largeObjects: 0, relations: 1 };
      const work = new DumpWorkload(tracker, options({}), contents, 17);
      work.begin('app.t', 0);
      now = 1;
      work.server(copy('app', 't', 200, 10e6));
      const before = work.model.units[1]?.fraction ?? NaN;
      assert.ok(before > 0.15 && before < 0.25, String(before));
      work.refine(new Map([['app.t', { rowBytes: 1000, ratio: 0.1 }]]), all);
      assert.equal(work.model.units[1]?.fraction ?? null, rows > 0 ? before : null);
    }
  });

  it('follows the output where the server does not tell', () => {
    const { dump, work } = make();
    dump.setWorkload(work);
    dump.add({ type: 'dumpingTable', table: 'app.c' });
    const unit = work.model.units[3];
    now = 1;
    work.outputGrew(4e6, false);
    const before = unit?.fraction ?? 0;
    now = 2;
    work.outputGrew(8e6, false);
    assert.ok(before > 0.1 && (unit?.fraction ?? 0) > before && (unit?.fraction ?? 0) < 1);
  });

  it('follows large objects by their files, and by the thousand', () => {
    now = 0;
    const tracker = trackerAt(() => now * 1000);
    const contents = { tables, largeObjects: 2500, relations: 3 };
    const work = new DumpWorkload(tracker, options({ format: 'directory', jobs: 2 }), contents, 17);
    const unit = work.model.units[4];
    assert.equal(unit?.plan.kind, 'largeObjects');
    work.begin('LARGE OBJECTS', 0);
    now = 1;
    work.largeObjectFiles(500);
    assert.equal(unit?.fraction, 0.2);
    work.end('LARGE OBJECTS', 2);
    work.end('LARGE OBJECTS', 3);
    assert.equal(unit?.done, false);
    work.end('LARGE OBJECTS', 4);
    assert.equal(unit?.done, true);
    assert.equal(unit?.spent, 4);
  });

  it('does not take what several workers begin with for done', () => {
    now = 0;
    const tracker = trackerAt(() => now * 1000);
    const contents = { tables, largeObjects: 2500, relations: 3 };
    const work = new DumpWorkload(tracker, options({ format: 'directory', jobs: 2 }), contents, 17);
    const unit = work.model.units[4];
    work.begin('LARGE OBJECTS', 0);
    work.begin('LARGE OBJECTS', 0.01);
    const fraction = (): number | null | undefined => unit?.fraction;
    assert.equal(fraction(), null);
    work.end('LARGE OBJECTS', 1);
    assert.equal(fraction()?.toFixed(2), '0.40');
  });

  it('is about to end once the last data are there, though pg_dump says nothing', () => {
    const finishes = (work: DumpWorkload): boolean => work.model.units.at(-1)?.running === true;
    now = 0;
    const tracker = trackerAt(() => now * 1000);
    const contents = { tables, largeObjects: 0, relations: 3 };
    const parallel = options({ format: 'directory', jobs: 2 });
    const workers = new DumpWorkload(tracker, parallel, contents, 17);
    for (const { schema, name } of tables) workers.begin(`${schema}.${name}`, 1);
    workers.end('app.a.b', 2);
    workers.end('app.a.b', 3);
    assert.equal(finishes(workers), false);
    workers.end('app.c', 4);
    assert.equal(finishes(workers), true);

    const { work: alone } = make();
    for (const [at, { schema, name }] of tables.entries()) {
      if (at > 0) alone.end(`${tables[at - 1]?.schema}.${tables[at - 1]?.name}`, at);
      alone.begin(`${schema}.${name}`, at);
    }
    now = 5;
    alone.server(copy('app', 'c', 450, 9e6));
    assert.equal(finishes(alone), false);
    now = 6;
    alone.server({ copies: [], indexes: [], waits: [], working: 1 });
    assert.equal(finishes(alone), true);
  });

  it('weighs by what a look at the rows told, and takes the others for alike', () => {
    const { work } = make();
    const seconds = (): number[] => work.model.units.slice(1, 4).map((unit) => unit.seconds);
    const [large = 0, , small = 0] = seconds();
    assert.ok(large > small * 1.5);
    const sample = { rowBytes: 200_000, ratio: 0.01 };
    work.refine(new Map([[relationKey({ schema: 'app', name: 'a.b' }), sample]]), tables);
    const [refined = 0, other = 0, alike = 0] = seconds();
    // 200 MB of text that packs to nothing.
    assert.ok(refined < large && refined > 0.5, String(refined));
    // Half as large, of twice their size in text that packs to nothing, too.
    assert.ok(Math.abs(alike / (refined / 2) - 1) < 0.1, `${refined} ${alike}`);
    assert.ok(Math.abs(other / alike - 1) < 0.1, `${other} ${alike}`);
  });

  it('knows that packing takes longer than reading', () => {
    const facts = { textBytes: 100e6, rows: 1000, ratio: 0.3 };
    const of = (more: Partial<BackupOptions>): number => dumpSeconds(facts, options(more));
    assert.ok(of({ compression: 0 }) < of({ compression: 1 }));
    assert.ok(of({ compression: 1 }) < of({ compression: 9 }));
    assert.ok(of({ toolOptions: { compress: 'zstd:1' } }) < of({ compression: 6 }) / 3);
    assert.ok(of({ toolOptions: { compress: 'zstd:19' } }) > of({ compression: 9 }));
    assert.ok(of({ compression: 0, toolOptions: { inserts: true } }) > 2 * of({ compression: 0 }));
    assert.equal(of({ format: 'tar' }), of({ compression: 0 }));
  });
});

describe('a restore as work', () => {
  let toc: Toc;
  let order: number[];
  before(async () => {
    toc = await readToc(path.join(repoPaths.fixtures, 'archives/mini.17.dump'));
    ({ order } = await restorePlan(toc, null, {}));
  });
  const of = (desc: string, tag: string): number => {
    return order.find((i) => toc.desc(i) === desc && toc.tag(i) === tag) ?? -1;
  };

  it('weighs indexes by the rows of their tables, which have to be there first', async () => {
    const data = of('TABLE DATA', 'orders');
    const sizes = new Map([[toc.dumpId(data), 50e6]]);
    const sample = {
      textBytes: 200e6,
      rows: 2e6,
      widths: new Map([['note', 40]]),
      looks: new Map([['note', 'text' as const]]),
      words: new Map<string, number>(),
      ratio: 0.3,
    };
    const samples = new Map([[toc.dumpId(data), sample]]);
    const restored = { toc, order, dataSizes: sizes };
    const definitions = new Map<number, string>();
    await outlineRestore(restored, new Map(), definitions);
    // Those that another outline has read are not read again: here they read otherwise.
    const trigram = of('INDEX', 'orders_note_trgm');
    assert.match(definitions.get(trigram) ?? '', /gin_trgm_ops/);
    const plain = new Map([[trigram, 'CREATE INDEX i ON t USING brin (note)']]);
    const other = await outlineRestore(restored, samples, plain);
    const { entries } = await outlineRestore(restored, samples, definitions);
    const secondsIn = (all: typeof entries) =>
      all.find(({ index }) => index === trigram)?.seconds ?? NaN;
    assert.ok(secondsIn(other.entries) < secondsIn(entries) / 10);
    const entryOf = (index: number) => entries.find((entry) => entry.index === index);
    const trigrams = entryOf(of('INDEX', 'orders_note_trgm'));
    const key = entryOf(of('CONSTRAINT', 'orders orders_pkey'));
    const foreign = entryOf(of('FK CONSTRAINT', 'orders orders_customer_id_fkey'));
    const view = entryOf(of('MATERIALIZED VIEW DATA', 'mv_totals'));
    for (const entry of [trigrams, key, foreign]) assert.equal(entry?.afterIndex, data);
    assert.ok((trigrams?.seconds ?? 0) > 10 * (key?.seconds ?? Infinity));
    assert.ok((foreign?.seconds ?? 0) > 0.5 && (view?.seconds ?? 0) > 0.5);
    const small = entryOf(of('INDEX', 'Idx Space Name'));
    assert.ok((small?.seconds ?? 1) < 0.01);
    assert.deepEqual(
      entries.filter(({ stage }) => stage === 3).map(({ index }) => toc.desc(index)),
      ['MATERIALIZED VIEW DATA'],
    );
  });

  it('is done when all of its entries are, with what the server counted', async () => {
    let now = 0;
    const tracker = trackerAt(() => now * 1000);
    tracker.start();
    const data = of('TABLE DATA', 'orders');
    const sizes = new Map([[toc.dumpId(data), 50e6]]);
    const outline = await outlineRestore({ toc, order, dataSizes: sizes }, new Map());
    const work = new RestoreWorkload(tracker, toc, outline, 1);
    tracker.setModel(work.model);
    for (const index of order) {
      work.begin(index);
      now += 1;
      if (index === data) {
        const copies = [{ pid: 1, schema: 'app', table: 'orders', rows: 700, bytes: 100e6 }];
        work.server({ copies, indexes: [], waits: [], working: 1 }, true);
        assert.ok((tracker.snapshot()?.bytesWritten ?? 0) > 10e6);
        assert.equal(tracker.snapshot()?.rows, 700);
        now += 1;
      }
      work.end(index);
    }
    assert.equal(tracker.snapshot()?.bytesWritten, 50e6);
    assert.ok(work.model.units.every(({ done }) => done));
    assert.ok(work.model.remaining(now) < 1e-6);
    const total = work.times().reduce((sum, { seconds }) => sum + seconds, 0);
    assert.ok(Math.abs(total - (order.length + 1)) < 1e-6, `${total} of ${order.length + 1}`);
  });

  for (const format of ['custom', 'directory'] as const) {
    it(`knows how far it is by how far a ${format} archive has been read`, async () => {
      const name = { custom: 'mini.17.dump', directory: 'mini.17.dir' }[format];
      const archive = await readToc(path.join(repoPaths.fixtures, 'archives', name));
      const { order } = await restorePlan(archive, null, {});
      const data = order.find(
        (i) => archive.desc(i) === 'TABLE DATA' && archive.tag(i) === 'orders',
      );
      assert.ok(data !== undefined);
      let now = 0;
      const tracker = trackerAt(() => now * 1000);
      tracker.start();
      const sizes = new Map([[archive.dumpId(data), 50e6]]);
      const outline = await outlineRestore({ toc: archive, order, dataSizes: sizes }, new Map());
      const work = new RestoreWorkload(tracker, archive, outline, 2);
      const unit = work.model.units.find(({ plan }) => plan.kind === 'data' && plan.size === 50e6);
      const directory = format === 'directory';
      const file = directory ? `/x/${archive.fileName(data)}` : '/x/y.dump';
      const start = directory ? 0 : (archive.dataOffset(data) ?? NaN);
      work.begin(data);
      now = 1;
      work.read([{ file, position: start + 10e6 }]);
      assert.equal(unit?.fraction?.toFixed(3), '0.200');
      // What the text is guessed to be is worse than that.
      const copies = [{ pid: 1, schema: 'app', table: 'orders', rows: 7, bytes: 1e12 }];
      work.server({ copies, indexes: [], waits: [], working: 1 }, true);
      assert.equal(unit?.fraction?.toFixed(3), '0.200');
      now = 2;
      work.read([{ file: directory ? '/x/1.dat.gz' : file, position: directory ? 40e6 : 1 }]);
      assert.equal(unit?.fraction?.toFixed(3), '0.200');
      // The leader rests at the end of the file, which is that of the last data.
      if (!directory) work.read([{ file, position: start + 50e6 + 1000 }]);
      assert.equal(unit?.fraction?.toFixed(3), '0.200');
    });
  }

  it('follows large objects by their number and by what was read of them, the lesser of both', async () => {
    const blobs = order.find((i) => toc.desc(i) === 'BLOBS');
    assert.ok(blobs !== undefined);
    let now = 0;
    const tracker = trackerAt(() => now * 1000);
    tracker.start();
    const dataSizes = new Map([[toc.dumpId(blobs), 50e6]]);
    const outline = await outlineRestore({ toc, order, dataSizes }, new Map());
    const entry = outline.entries.find(({ index }) => index === blobs);
    assert.ok(entry);
    entry.objects = 4;
    const work = new RestoreWorkload(tracker, toc, outline, 1);
    const unit = work.model.units.find(({ plan }) => plan.kind === 'largeObjects');
    const start = toc.dataOffset(blobs) ?? NaN;
    const share = (): number => Number(unit?.fraction?.toFixed(2) ?? 0);
    work.begin(blobs);
    now = 1;
    work.read([{ file: '/x', position: start + 25e6 }]);
    assert.equal(share(), 0.5, 'workers say nothing of single ones');
    work.largeObject();
    now = 2;
    work.read([{ file: '/x', position: start + 40e6 }]);
    assert.equal(share(), 0.5, 'small ones may follow a large one');
    for (let i = 0; i < 3; i++) work.largeObject();
    assert.equal(share(), 0.8);
  });

  it('knows the phases of an index', () => {
    const at = (phase: string, blocksDone = 0, rowsDone = 0, method?: string) =>
      indexFraction(
        {
          ...{ pid: 1, schema: null, table: null, phase, blocksDone, rowsDone },
          ...{ blocksTotal: 100, rowsTotal: 100 },
        },
        method,
      );
    assert.equal(at('initializing'), null);
    const phases = [
      at('building index: scanning table', 10),
      at('building index: scanning table', 90),
      at('building index: sorting live tuples', 100),
      at('building index: loading tuples in tree', 100, 10),
      at('building index: loading tuples in tree', 100, 90),
    ].map((fraction) => fraction ?? -1);
    phases.forEach((fraction, i) => {
      assert.ok(fraction > (phases[i - 1] ?? 0) && fraction < 1, phases.join(' '));
    });
    // Of a GIN index that took 3.6 s, half of the table was read after 1.84 s (measured).
    assert.ok(Math.abs((at('building index', 50) ?? 0) - 0.4) < 0.1);
    assert.ok((at('building index', 100) ?? 1) < 1);
    // Where text is taken apart while the table is read, hardly anything is left then.
    assert.equal(at('building index', 100, 0, PARSING_GIN), 0.95);
  });
});
