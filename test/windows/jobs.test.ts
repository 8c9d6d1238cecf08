import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { PARALLEL_FORMATS, type BackupFormat } from '../../src/core/model/options';
import { JobHarness } from '../integration/harness/jobHarness';
import { adminQuery } from '../support/machine/adminSession';
import { psql, quoteIdent } from '../support/machine/psql';
import { newestServer } from '../support/servers';

/** In the code page 1252 is only the first of its letters. */
const SOURCE = 'Übung Ω日本';
const TABLES = ['Odd Ü name', '日本 😀', 'plain'];

describe('jobs by Windows’ tools', () => {
  let harness: JobHarness;
  let folder: string;
  const server = newestServer();

  before(async () => {
    harness = await JobHarness.create([server.binDir]);
    folder = harness.path('Sicherung 日本');
    await mkdir(folder);
    await adminQuery(server, `CREATE DATABASE ${quoteIdent(SOURCE)}`);
    harness.connect('source', server, SOURCE);
    await psql(
      server,
      'postgres',
      [
        `\\connect "dbname='${SOURCE}'"`,
        'CREATE SCHEMA app;',
        ...TABLES.map(
          (name) =>
            `CREATE TABLE app.${quoteIdent(name)} AS SELECT g AS id, 'é日😀' || g AS t FROM generate_series(1, 1000) g;`,
        ),
      ].join('\n'),
    );
  });
  after(async () => {
    await harness.dispose();
    for (const name of await databases())
      await adminQuery(server, `DROP DATABASE ${quoteIdent(name)}`);
  });

  async function databases(): Promise<string[]> {
    const sql = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'";
    return (await adminQuery(server, sql)).split('\n').filter((name) => name !== '');
  }

  const contents = (database: string): Promise<string> =>
    psql(
      server,
      'postgres',
      [
        `\\connect "dbname='${database}'"`,
        ...TABLES.map(
          (name) =>
            `SELECT count(*), md5(string_agg(t, ',' ORDER BY id)) FROM app.${quoteIdent(name)};`,
        ),
      ].join('\n'),
    );

  for (const format of ['custom', 'directory', 'plain', 'tar'] as const satisfies BackupFormat[]) {
    it(`back up and restore names beyond the code page: ${format}`, async () => {
      const file = path.join(folder, `Größe 日本.${format}`);
      const jobs = PARALLEL_FORMATS.has(format) ? 2 : 1;
      const made = await harness.backup({
        connectionId: 'source',
        outputPath: file,
        format,
        jobs,
        schemas: ['app'],
      });
      assert.deepEqual([made.status, made.failure], ['completed', null]);
      const database = `zurück Ω ${format}`;
      const restored = await harness.restore({
        connectionId: 'source',
        inputPath: file,
        targetDatabase: database,
        createDatabase: true,
      });
      assert.deepEqual([restored.status, restored.failure], ['completed', null]);
      assert.equal(await contents(database), await contents(SOURCE));
      assert.deepEqual(await harness.leftovers(), []);
      assert.deepEqual(
        (await readdir(folder)).filter((name) => name.startsWith('.')),
        [],
      );
    });
  }

  it('take tables by their names', async () => {
    const file = path.join(folder, 'tables.dump');
    const tables = TABLES.slice(0, 2).map((name) => ({ schema: 'app', name }));
    const made = await harness.backup({ connectionId: 'source', outputPath: file, tables });
    assert.deepEqual([made.status, made.failure], ['completed', null]);
  });

  it('say what they cannot be told, before they run', async () => {
    const made = await harness.backup({
      connectionId: 'source',
      outputPath: harness.path('x.dump'),
      extraArgs: ['--role=Jürgen'],
    });
    assert.equal(made.status, 'failed');
    assert.equal(made.failure?.code, 'argumentUnsayable');
  });

  it('end when they are cancelled, and leave nothing', async () => {
    const file = harness.path('cancelled.dump');
    const { job, finished } = harness.startBackup({ connectionId: 'source', outputPath: file });
    void harness.manager.cancel(job.id);
    assert.equal((await finished).status, 'cancelled');
    assert.deepEqual(await harness.leftovers(), []);
  });
});
