import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  databaseKey,
  runsKey,
  scriptKey,
  serverKey,
} from '../../../../src/core/jobs/progress/estimate/sameRun';
import { expectedSpeeds } from '../../../../src/core/jobs/progress/estimate/serverSpeeds';
import {
  addRun,
  addSpeeds,
  historyKey,
  readRuns,
  readSpeeds,
  readTimes,
  writeTimes,
} from '../../../../src/core/jobs/progress/estimate/runHistory';

describe('what runs took', () => {
  let dir: string;
  beforeEach(async () => (dir = await mkdtemp(path.join(tmpdir(), 'pg-backup-history-'))));
  afterEach(() => rm(dir, { recursive: true, force: true }));
  const key = historyKey(['backup', '--host=secret.example', 'shop']);
  const times = [
    { key: '["app","orders"]', seconds: 1.5, size: 1000 },
    { key: '["app","wide"]', seconds: 20, size: 500_000 },
  ];

  it('comes back, the longest first, and belongs to one job', async () => {
    const inside = path.join(dir, 'made', 'on demand');
    await writeTimes(inside, key, times);
    assert.deepEqual(await readTimes(inside, key), [times[1], times[0]]);
    assert.deepEqual(await readTimes(inside, historyKey(['another'])), []);
    const [name = ''] = await readdir(inside);
    assert.ok(!name.includes('secret') && !name.includes('shop'), name);
    if (process.platform !== 'win32') {
      assert.equal((await stat(path.join(inside, name))).mode & 0o777, 0o600);
    }
  });

  it('is not kept without a directory, and where there can be none', async () => {
    await writeTimes(undefined, key, times);
    assert.deepEqual(await readTimes(undefined, key), []);
    await writeFile(path.join(dir, 'a file'), '');
    await writeTimes(path.join(dir, 'a file'), key, times);
    assert.deepEqual(await readTimes(path.join(dir, 'a file'), key), []);
  });

  it('is as if there were none when the file is damaged', async () => {
    await writeTimes(dir, key, times);
    const [name = ''] = await readdir(dir);
    const file = path.join(dir, name);
    const text = await readFile(file, 'utf8');
    const damages = [
      '',
      'null',
      '[]',
      text.slice(0, -3),
      text.replace('"version":1', '"version":2'),
      text.replace('20', '-20'),
      text.replace('20', '"20"'),
      text.replace('20', '1e999'),
      `${text}${' '.repeat(2 << 20)}`,
      '\0'.repeat(100),
    ];
    for (const damage of damages) {
      await writeFile(file, damage);
      assert.deepEqual(await readTimes(dir, key), [], damage.slice(0, 80));
    }
    await writeFile(file, text);
    assert.equal((await readTimes(dir, key)).length, 2);
    await writeFile(file, 'damaged');
    await writeTimes(dir, key, times);
    assert.equal((await readTimes(dir, key)).length, 2);
  });

  it('stays small: the longest pieces, the newest jobs, no unfinished files', async () => {
    const many = Array.from({ length: 5000 }, (_, i) => ({
      key: `${'x'.repeat(i % 400)}${i}`,
      seconds: i / 100,
      size: i,
    }));
    await writeTimes(dir, key, many);
    const [name = ''] = await readdir(dir);
    assert.ok((await stat(path.join(dir, name))).size < 1 << 20);
    const read = await readTimes(dir, key);
    assert.ok(read.length > 500 && read.length <= 2000, String(read.length));
    assert.equal(read[0]?.seconds, 49.99);

    for (let i = 0; i < 205; i++) {
      const file = path.join(dir, `${historyKey([i])}.times.json`);
      await writeFile(file, '{}');
      await utimes(file, 1000 + i, 1000 + i);
    }
    const stale = path.join(dir, 'abc.0123.part');
    await writeFile(stale, '');
    await utimes(stale, 1000, 1000);
    await writeFile(path.join(dir, 'not ours.txt'), '');
    await writeTimes(dir, key, times);
    const left = await readdir(dir);
    assert.equal(left.filter((file) => file.endsWith('.times.json')).length, 200);
    assert.ok(!left.includes('abc.0123.part') && left.includes('not ours.txt'));
    assert.ok(!left.includes(`${historyKey([0])}.times.json`));
    assert.ok(left.includes(`${historyKey([204])}.times.json`));
    assert.equal((await readTimes(dir, key)).length, 2);
  });
});

describe('the backups that went through on a server', () => {
  let dir: string;
  beforeEach(async () => (dir = await mkdtemp(path.join(tmpdir(), 'pg-backup-history-'))));
  afterEach(() => rm(dir, { recursive: true, force: true }));
  const key = runsKey({ id: 'a', host: 'secret.example' }, 'databases');
  const run = (seconds: number) => ({
    database: databaseKey('secret shop'),
    how: 'custom',
    planned: { bytes: 10, seconds: 1 },
    sampled: null,
    real: { bytes: 20, seconds },
  });

  it('come back in their order, the newest of many, and tell no name', async () => {
    assert.deepEqual(await readRuns(dir, key), []);
    for (let i = 0; i < 45; i++) await addRun(dir, key, run(i));
    const runs = await readRuns(dir, key);
    assert.equal(runs.length, 40);
    assert.deepEqual(runs.at(-1), run(44));
    const [name = '', ...others] = await readdir(dir);
    assert.deepEqual(others, []);
    const text = name + (await readFile(path.join(dir, name), 'utf8'));
    assert.ok(!text.includes('secret'), text);
    assert.deepEqual(await readRuns(dir, runsKey({ id: 'a', host: 'another' }, 'databases')), []);
  });

  it('are none where the file is damaged, and are begun anew', async () => {
    await addRun(dir, key, run(1));
    const [name = ''] = await readdir(dir);
    const file = path.join(dir, name);
    const text = await readFile(file, 'utf8');
    for (const damage of ['', 'null', text.slice(0, -3), text.replace('20', '-20')]) {
      await writeFile(file, damage);
      assert.deepEqual(await readRuns(dir, key), [], damage);
    }
    await addRun(dir, key, run(2));
    assert.deepEqual(await readRuns(dir, key), [run(2)]);
    await addRun(undefined, key, run(3));
    assert.deepEqual(await readRuns(undefined, key), []);
  });
});

describe('the speeds that jobs on a server have shown', () => {
  let dir: string;
  beforeEach(async () => (dir = await mkdtemp(path.join(tmpdir(), 'pg-backup-history-'))));
  afterEach(() => rm(dir, { recursive: true, force: true }));
  const key = runsKey({ id: 'a', host: 'secret.example' }, 'speeds');
  const seen = (speed: string, ratio: number, perByte: number | null = null) => ({
    ...{ speed, ratio, perByte },
    seconds: 2,
  });

  it('are kept by their kinds, the mean of old and new', async () => {
    await addSpeeds(dir, key, [seen('restore index', 1), seen('restore data', 0, 1e-7)]);
    await addSpeeds(dir, key, [seen('restore data', 1, 3e-7), seen('backup data', 0.5)]);
    assert.deepEqual(await readSpeeds(dir, key), [
      seen('restore index', 1),
      seen('restore data', 0.5, 2e-7),
      seen('backup data', 0.5),
    ]);
    const jobs = { historyDir: dir, profile: { id: 'b', host: 'secret.example' } };
    const expected = await expectedSpeeds({ ...jobs, of: 'restore' });
    assert.deepEqual(
      [...(expected?.byKind ?? [])],
      [
        ['index', 1],
        ['data', 0.5],
      ],
    );
    const [name = ''] = await readdir(dir);
    assert.ok(!name.includes('secret'), name);
    const elsewhere = { ...jobs, profile: { id: 'a', host: 'another' } };
    assert.equal(await expectedSpeeds({ ...elsewhere, of: 'restore' }), null);
  });

  it('keep what is known of the link when a job has carried too little to tell', async () => {
    await addSpeeds(dir, key, [seen('restore data', 0, 1e-7)]);
    await addSpeeds(dir, key, [seen('restore data', 0)]);
    assert.deepEqual(await readSpeeds(dir, key), [seen('restore data', 0, 1e-7)]);
  });

  it('are kept without one that is out of all bounds', async () => {
    const wrong = [
      seen('restore data', NaN),
      seen('restore data', 99),
      seen('restore data', 0, NaN),
      seen('restore data', 0, -1),
      { ...seen('restore data', 0), seconds: -1 },
      { ...seen('restore data', 0), seconds: NaN },
    ];
    await addSpeeds(dir, key, [seen('restore index', 1), ...wrong]);
    await addSpeeds(dir, key, wrong);
    assert.deepEqual(await readSpeeds(dir, key), [seen('restore index', 1)]);
  });

  it('tell of the machine whatever kind of job saw them, small statements excepted', async () => {
    const jobs = { historyDir: dir, profile: { id: 'b', host: 'secret.example' } };
    for (const kind of ['definition', 'finish', 'connect']) {
      await addSpeeds(dir, key, [seen(`backup ${kind} 0`, 3), seen(`restore ${kind} 1`, 3)]);
    }
    assert.equal((await expectedSpeeds({ ...jobs, of: 'restore' }))?.machine, 0);
    await addSpeeds(dir, key, [seen('backup data 2', 3)]);
    const expected = await expectedSpeeds({ ...jobs, of: 'restore' });
    assert.ok((expected?.machine ?? 0) > 0.3);
    assert.deepEqual(
      [...(expected?.byKind.keys() ?? [])],
      ['definition 1', 'finish 1', 'connect 1'],
    );
  });

  it('are none where the file is damaged, and without a directory', async () => {
    await addSpeeds(dir, key, [seen('restore index', 1)]);
    const [name = ''] = await readdir(dir);
    const file = path.join(dir, name);
    const text = await readFile(file, 'utf8');
    for (const damage of ['', 'null', text.slice(0, -3), text.replace('"ratio":1', '"ratio":99')]) {
      await writeFile(file, damage);
      assert.deepEqual(await readSpeeds(dir, key), [], damage);
    }
    await addSpeeds(undefined, key, [seen('restore index', 1)]);
    assert.deepEqual(await readSpeeds(undefined, key), []);
  });
});

describe('the key of a run', () => {
  const direct = { tunnel: null, env: {}, args: ['--host=db', '--port=5432'] };
  const key = ({
    profile = {},
    tunnel,
    args,
    env,
  }: {
    profile?: object;
    tunnel: object | null;
    args: string[];
    env: Record<string, string>;
  }): string =>
    JSON.stringify(
      serverKey({
        profile: { id: 'a', ...profile },
        tunnel,
        to: () => ({ args, env }),
      } as unknown as Parameters<typeof serverKey>[0]),
    );

  it('is that of one server, however it is reached', () => {
    const socket = { ...direct, args: ['--host=/run/postgresql'] };
    const ssh = { ssh: { host: 'bastion' }, host: 'db' };
    const through = (port: number) => ({ ...direct, tunnel: {}, args: [`--port=${port}`] });
    const different = [
      direct,
      { ...direct, args: ['--host=other'] },
      { ...direct, args: [], env: { PGHOST: 'one' } },
      { ...direct, args: [], env: { PGHOST: 'two' } },
      { ...socket, profile: { tools: { container: 'one' } } },
      { ...socket, profile: { tools: { container: 'two' } } },
      { ...through(1), profile: ssh },
      { ...through(1), profile: { ...ssh, host: 'db2' } },
    ];
    assert.equal(new Set(different.map(key)).size, different.length);
    assert.equal(
      key({ ...through(1), profile: ssh }),
      key({ ...through(2), profile: ssh }),
      'a tunnel ends at another port each time',
    );
  });

  it('is that of one database where a script does not name it', () => {
    const of = (path: string, database = ''): string =>
      JSON.stringify(scriptKey({ path, database, compression: 'none' }));
    assert.equal(of('/b/shop_2026-11-26_0400.sql'), of('/b/shop_2026-11-27_0412.sql'));
    assert.notEqual(of('/b/shop_20261126.sql'), of('/b/news_20261126.sql'));
    assert.equal(of('/b/x.sql', 'shop'), of('/b/y.sql', 'shop'));
  });
});
