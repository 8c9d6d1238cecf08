import assert from 'node:assert/strict';
import path from 'node:path';
import { readToc } from '../../../../src/core/archive/file/tocReader';
import { restorePlan } from '../../../../src/core/archive/selection/restorePlan';
import type { Toc } from '../../../../src/core/archive/toc/toc';
import {
  farRatio,
  lookOf,
  wholeRows,
} from '../../../../src/core/jobs/progress/restore/archiveSamples';
import {
  dataSeconds,
  indexMethod,
  indexSeconds,
  PARSING_GIN,
  usualTable,
} from '../../../../src/core/jobs/progress/restore/restoreCosts';
import { outlineRestore } from '../../../../src/core/jobs/progress/restore/restoreOutline';
import { RestoreProgress } from '../../../../src/core/jobs/progress/restore/restoreProgress';
import { RestoreWorkload } from '../../../../src/core/jobs/progress/restore/restoreWorkload';
import { deflateRatio } from '../../../../src/core/jobs/progress/server/tableSamples';
import { trackerAt } from '../../../support/measure/trackerAt';
import { repoPaths } from '../../../support/repoPaths';
import { seededRandom } from '../../../support/seededRandom';

describe('what entries of a restore cost', () => {
  let toc: Toc;
  before(async () => {
    toc = await readToc(path.join(repoPaths.fixtures, 'archives/mini.17.dump'));
  });

  it('learns how many rows a table has while they are loaded, and what its indexes take', async () => {
    const { order } = await restorePlan(toc, null, {});
    const data = order.find((i) => toc.desc(i) === 'TABLE DATA' && toc.tag(i) === 'orders') ?? -1;
    let now = 0;
    const tracker = trackerAt(() => now * 1000);
    tracker.start();
    const dataSizes = new Map([[toc.dumpId(data), 50e6]]);
    const outline = await outlineRestore({ toc, order, dataSizes }, new Map());
    const planned = usualTable(
      outline.entries.find(({ index }) => index === data)?.textBytes ?? NaN,
    );
    const seconds = (work: RestoreWorkload, desc: string, tag: string): number => {
      const key = `${desc} ${JSON.stringify(['app', tag])}`;
      return work.model.units.find(({ plan }) => plan.key === key)?.seconds ?? NaN;
    };
    const start = toc.dataOffset(data) ?? NaN;
    for (const remembered of [false, true]) {
      const work = new RestoreWorkload(tracker, toc, outline, 1);
      if (remembered) work.model.remember(work.model.units.map(({ plan }) => ({ ...plan })));
      const all: [desc: string, tag: string, grows: boolean][] = [
        ['TABLE DATA', 'orders', true],
        ['INDEX', 'orders_note_trgm', true],
        ['FK CONSTRAINT', 'orders orders_customer_id_fkey', true],
        ['TABLE DATA', 'wide', false],
      ];
      const before = all.map(([desc, tag]) => seconds(work, desc, tag));
      const opened = now;
      work.begin(data);
      // [share that was read, rows by then, times as many rows as planned]
      for (const [share, rows, times] of [
        [0.05, 0.5, 1],
        [0.25, 0.75, 3],
        [0.5, 1, 2],
      ] as const) {
        now += 1;
        work.read([{ file: '/x', position: start + share * 50e6 }]);
        const copy = {
          pid: 1,
          schema: 'app',
          table: 'orders',
          bytes: rows * planned.textBytes,
          rows: rows * planned.rows,
        };
        work.server({ copies: [copy], indexes: [], waits: [], working: 1 }, true);
        all.forEach(([desc, tag, grows], i) => {
          const expected = grows && !remembered ? times : 1;
          const ratio = seconds(work, desc, tag) / (before[i] ?? NaN);
          if (Number.isNaN(before[i])) return;
          assert.ok(
            Math.abs(ratio / expected - 1) < 0.01,
            `${desc} ${tag} after ${share}: ${ratio}`,
          );
        });
      }
      assert.ok(now > opened && before.slice(0, 3).every((each) => each > 0));
    }
  });

  it('does not take rows that are on their way to the server for missing ones', async () => {
    const { order } = await restorePlan(toc, null, {});
    const data = order.find((i) => toc.desc(i) === 'TABLE DATA' && toc.tag(i) === 'orders') ?? -1;
    let now = 0;
    const tracker = trackerAt(() => now * 1000);
    tracker.start();
    // Text that packs so well that what is read at once is megabytes of it.
    const size = 50e3;
    const outline = await outlineRestore(
      { toc, order, dataSizes: new Map([[toc.dumpId(data), size]]) },
      new Map(),
    );
    const entry = outline.entries.find(({ index }) => index === data);
    assert.ok(entry);
    Object.assign(entry, { textBytes: 15e6, rows: 15_000, seconds: 1 });
    const work = new RestoreWorkload(tracker, toc, outline, 1);
    const unit = work.model.units.find(({ plan }) => plan.kind === 'data' && plan.size === size);
    assert.ok(unit);
    const start = toc.dataOffset(data) ?? NaN;
    const see = (share: number, rows: number): number => {
      now += 1;
      work.read([{ file: '/x', position: start + share * size }]);
      const copy = { pid: 1, schema: 'app', table: 'orders', bytes: rows * 1000, rows };
      work.server({ copies: [copy], indexes: [], waits: [], working: 1 }, true);
      return unit.seconds;
    };
    work.begin(data);
    assert.equal(see(0.3, 2500), 1, '2 of 4.5 MB are read, or on their way');
    const fewer = see(0.6, 3000);
    assert.ok(fewer > 0.45 && fewer < 0.6, `not a third of the rows is there: ${fewer}`);
  });

  it('are slow on a slow link, though each table is small', async () => {
    const { order } = await restorePlan(toc, null, {});
    const all = order.filter((i) => toc.desc(i) === 'TABLE DATA').map((i) => toc.dumpId(i));
    const dataSizes = new Map(all.map((dumpId) => [dumpId, 2000]));
    const outline = await outlineRestore({ toc, order, dataSizes }, new Map());
    const { model } = new RestoreWorkload(
      trackerAt(() => 0),
      toc,
      outline,
      1,
    );
    const rows = model.units.find(({ plan }) => plan.key === 'small rows 2');
    const text = outline.entries.reduce(
      (sum, { kind, textBytes }) => sum + (kind === 'data' ? textBytes : 0),
      0,
    );
    assert.ok(text > 2000 * all.length);
    assert.equal(rows?.carried, text);
  });

  it('begin when the tool said so, though what they cost was known later', async () => {
    const { order } = await restorePlan(toc, null, {});
    const data = order.find((i) => toc.desc(i) === 'TABLE DATA' && toc.tag(i) === 'orders') ?? -1;
    const dataSizes = new Map([[toc.dumpId(data), 50e6]]);
    const outline = await outlineRestore({ toc, order, dataSizes }, new Map());
    const tracker = trackerAt(() => 10_000);
    tracker.start();
    for (const parallel of [false, true]) {
      const work = new RestoreWorkload(tracker, toc, outline, parallel ? 2 : 1);
      work.connecting(1);
      const progress = new RestoreProgress(tracker, { toc, order, dataSizes }, parallel);
      progress.setWorkload(work);
      order.forEach((index, i) => {
        const dumpId = toc.dumpId(index);
        if (!parallel) progress.add({ type: 'creating', desc: 'TABLE', name: '' }, 2 + i / 10);
        else progress.add({ type: 'item', action: 'launching', dumpId, label: '' }, 2 + i / 10);
        if (parallel)
          progress.add({ type: 'item', action: 'finished', dumpId, label: '' }, 2.1 + i / 10);
      });
      const took = new Map(work.times().map(({ key, seconds }) => [key, seconds]));
      assert.equal(took.get('connect'), 1);
      const rows = took.get('TABLE DATA ["app","orders"]') ?? NaN;
      assert.ok(Math.abs(rows - 0.1) < 1e-6, String(rows));
    }
  });

  it('are pieces of work of their own as they were in an earlier run', async () => {
    const { order } = await restorePlan(toc, null, {});
    const data = order.find((i) => toc.desc(i) === 'TABLE DATA' && toc.tag(i) === 'orders') ?? -1;
    const tracker = trackerAt(() => 0);
    const piecesAt = async (bytes: number, remembered?: ReadonlySet<string>): Promise<string[]> => {
      const dataSizes = new Map([[toc.dumpId(data), bytes]]);
      const outline = await outlineRestore({ toc, order, dataSizes }, new Map());
      const { model } = new RestoreWorkload(
        tracker,
        toc,
        remembered ? { ...outline, remembered } : outline,
        1,
      );
      return model.units.map(({ plan }) => plan.key).sort();
    };
    const [few, many] = [await piecesAt(1000), await piecesAt(50e6)];
    assert.ok(few.length < many.length, `${few.length} ${many.length}`);
    // What was worth a piece by its rows then is worth one by its stored bytes now, and the other way.
    const asThen = await piecesAt(1000, new Set(many));
    assert.deepEqual(asThen, many);
    const unknown = await piecesAt(100_000, new Set(few));
    assert.deepEqual(unknown, few);
    const grown = await piecesAt(50e6, new Set(few));
    assert.ok(grown.length > few.length, 'what has become large counts by itself');
  });

  it('tells by a value what a column holds', () => {
    for (const [field, look] of [
      ['17', null],
      ['2024-01-01 00:00:00+00', null],
      ['\\N', null],
      ['a b', 'text'],
      ["it's", 'text'],
      ["'quoted' text", 'text'],
      ["'a':1 'it''s':2,7A", 'words'],
      ["'a' 'b'", 'words'],
      ['{1,2,3}', 'list'],
      ['{a,"b c"}', 'list'],
      ['(1.5,-2e3)', 'point'],
      ['(3,4),(1,2)', 'text'],
      ['{"a": 1}', 'text'],
      ['["a"]', 'text'],
    ] as const) {
      assert.equal(lookOf(field), look, field);
    }
  });

  it('finds again what stood far before, as zstd does', async () => {
    const row = (i: number): string => `${`${i % 100} is ${(i % 100) ** 9} `.repeat(60)}\n`;
    const far = Buffer.from(Array.from({ length: 800 }, (_, i) => row(i)).join(''));
    const near = deflateRatio(far.subarray(0, 96 << 10));
    const ratio = await farRatio(far);
    assert.ok(ratio < near / 2, `${ratio} ${near}`);
    const random = seededRandom(14);
    const noise = Buffer.from(Array.from({ length: 1 << 16 }, () => Math.floor(random() * 256)));
    assert.ok((await farRatio(noise)) > 0.95);
    for (const odd of ['', 'x']) assert.equal(await farRatio(Buffer.from(odd)), 1);
  });

  it('takes whole rows of both ends of a longer look', () => {
    const rows = Array.from({ length: 30 }, (_, i) => `row ${i}\n`).join('');
    for (const [text, most, taken] of [
      ['a\nb\nc', 10, 'a\nb\n'],
      ['a', 10, ''],
      ['', 10, ''],
      [rows, 30, 'row 0\nrow 1\nrow 28\nrow 29\n'],
      [`${rows}row`, 30, 'row 0\nrow 1\nrow 29\n'],
      ['x'.repeat(100), 30, ''],
    ] as const) {
      assert.equal(wholeRows(Buffer.from(text), most).toString(), taken);
    }
  });

  it('takes less for long values, the more they repeat themselves', () => {
    const table = { ...usualTable(100e6), rows: 1e4, widths: new Map([['body', 9900]]) };
    const [noise, prose, repeated, short] = [
      dataSeconds({ ...table, ratio: 0.9 }),
      dataSeconds({ ...table, ratio: 0.3 }),
      dataSeconds({ ...table, ratio: 0.01 }),
      dataSeconds({ ...table, widths: new Map([['body', 900]]) }),
    ];
    assert.ok(prose > 3 * repeated && short > noise && repeated > noise, String(prose));
  });

  it('reads what an index is made of', () => {
    const rows = {
      textBytes: 1e6,
      rows: 1e5,
      widths: new Map([
        ['a b', 30],
        ['x', 5],
      ]),
      looks: new Map([['a b', 'text' as const]]),
      words: new Map<string, number>(),
      ratio: 0.3,
    };
    const of2 = (sql: string): number => indexSeconds(sql, rows);
    const btree = of2('CREATE INDEX i ON s.t USING btree (x)');
    assert.ok(of2('CREATE INDEX i ON s.t USING btree ("a b", x)') > btree);
    // Text is compared by the rules of a language, which takes several times as long.
    assert.ok(of2('CREATE INDEX i ON s.t USING btree ("a b")') > 3 * btree);
    assert.ok(of2('CREATE INDEX i ON s.t USING gin ("a b" public.gin_trgm_ops)') > 10 * btree);
    assert.ok(of2('CREATE INDEX i ON s.t USING gist (lower(x), (a || b))') > btree);
    assert.ok(of2('CREATE INDEX i ON s.t USING brin (x)') < btree);
    // Long values are stored beside their table, which a key of other columns does not read.
    const toasted = indexSeconds('CREATE INDEX i ON s.t USING btree (x)', {
      ...{
        textBytes: 1e9,
        rows: 1000,
        widths: new Map([['x', 5]]),
        looks: new Map(),
        words: new Map(),
      },
      ratio: 0.3,
    });
    assert.ok(toasted < 0.01, String(toasted));
    // An expression is as wide as the columns that it names, not as its function's name.
    const long = { ...rows, widths: new Map([['Long text', 5000]]) };
    const parsed = `to_tsvector('x y'::regconfig, "Long text")`;
    const search = indexSeconds(`CREATE INDEX i ON s.t USING gin (${parsed})`, long);
    const plain = indexSeconds('CREATE INDEX i ON s.t USING gin (x)', long);
    assert.ok(search > 100 * plain, `${search} ${plain}`);
    // What is taken apart already is inserted sooner.
    const gin = (['words', 'list', 'text'] as const).map((look) =>
      indexSeconds('CREATE INDEX i ON s.t USING gin ("Long text")', {
        ...long,
        looks: new Map([['Long text', look]]),
        words: new Map(look === 'words' ? [['Long text', 100]] : []),
      }),
    );
    assert.ok(gin[0]! < gin[1]! && gin[1]! < gin[2]!, gin.join());
    const spot = { ...rows, looks: new Map([['x', 'point' as const]]) };
    const gist = 'CREATE INDEX i ON s.t USING gist (x)';
    assert.ok(indexSeconds(gist, spot) < indexSeconds(gist, rows) / 2, 'points are sorted first');
    for (const [sql, method] of [
      [gist, 'gist'],
      ['CREATE INDEX i ON s.t USING gin (a, b)', 'gin'],
      ['CREATE INDEX i ON s.t USING gin (to_tsvector(a))', PARSING_GIN],
      ['ALTER TABLE ONLY s.t ADD CONSTRAINT k PRIMARY KEY (x)', 'btree'],
    ] as const) {
      assert.equal(indexMethod(sql), method, sql);
    }
    const key = of2('ALTER TABLE ONLY s.t ADD CONSTRAINT k PRIMARY KEY (x)');
    assert.ok(Math.abs(key / btree - 1) < 0.01);
    for (const odd of ['', '(', 'USING', 'CREATE INDEX i ON t USING hnsw (v', '"']) {
      assert.ok(of2(odd) > 0, odd);
    }
  });
});
