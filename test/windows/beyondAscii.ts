import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { conninfoString } from '../../src/core/connections/conninfo';
import { PARALLEL_FORMATS, type BackupFormat } from '../../src/core/model/options';
import { JobHarness } from '../integration/harness/jobHarness';
import { adminQuery } from '../support/machine/adminSession';
import { psql, quoteIdent, quoteLiteral } from '../support/machine/psql';
import { dropDatabase } from '../support/machine/sampleDatabase';
import { newestServer } from '../support/servers';

/** In the code page 1252 is only the first of its letters. */
const SOURCE = 'Übung Ω日本';
const TABLES = ['Odd Ü name', '日本 😀', 'plain'];

/** Names of new databases. A file of services would lose the ends of the second and third. */
const COPIES: Readonly<Record<BackupFormat, string>> = {
  custom: 'zurück Ω',
  directory: 'zurück Città',
  plain: 'zurück Ende Ω ',
  tar: "zurück l'ü=%20\\&x=",
};

/** A database whose names the code page cannot say, with jobs by Windows' tools in such a folder. */
export class BeyondAscii {
  /** Its tables that ASCII cannot say. */
  readonly tables = TABLES.slice(0, 2).map((name) => ({ schema: 'app', name }));

  private constructor(
    readonly harness: JobHarness,
    readonly folder: string,
  ) {}

  static async create(): Promise<BeyondAscii> {
    const server = newestServer();
    const harness = await JobHarness.create([server.binDir]);
    const folder = harness.path('Sicherung 日本');
    await mkdir(folder);
    await adminQuery(server, `CREATE DATABASE ${quoteIdent(SOURCE)}`);
    harness.connect('source', server, SOURCE);
    const rows = "SELECT g AS id, 'é日😀' || g AS t FROM generate_series(1, 1000) g";
    await inDatabase(SOURCE, [
      'CREATE SCHEMA app;',
      ...TABLES.map((name) => `CREATE TABLE app.${quoteIdent(name)} AS ${rows};`),
    ]);
    return new BeyondAscii(harness, folder);
  }

  /** A connection `id` to the database, as a user of its own. */
  async connectAs(id: string, password: string): Promise<void> {
    const server = newestServer();
    const user = `user of ${id}`;
    await adminQuery(server, `DROP ROLE IF EXISTS ${quoteIdent(user)}`);
    await adminQuery(
      server,
      `CREATE ROLE ${quoteIdent(user)} LOGIN SUPERUSER PASSWORD ${quoteLiteral(password)}`,
    );
    this.harness.connect(id, { ...server, user, password }, SOURCE);
  }

  /** Backs up, restores into a new database, and compares. */
  async roundTrip(format: BackupFormat, folder = this.folder): Promise<void> {
    const { harness } = this;
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
    const database = COPIES[format];
    const restored = await harness.restore({
      connectionId: 'source',
      inputPath: file,
      targetDatabase: database,
      createDatabase: true,
    });
    assert.deepEqual([restored.status, restored.failure], ['completed', null]);
    assert.equal(await contents(database), await contents(SOURCE));
    assert.deepEqual(await harness.leftovers(), []);
    await dropDatabase(newestServer(), database);
    const hidden = (await readdir(folder)).filter((name) => name.startsWith('.'));
    assert.deepEqual(hidden, []);
  }

  async dispose(): Promise<void> {
    await this.harness.dispose();
    const server = newestServer();
    const sql = "SELECT datname FROM pg_database WHERE datname ~ '^(Übung|zurück) '";
    const names = (await adminQuery(server, sql)).split('\n').filter((name) => name !== '');
    for (const name of names) await dropDatabase(server, name);
  }
}

/** `psql` connects by its own command: its arguments could not say the name of the database. */
function inDatabase(name: string, statements: readonly string[]): Promise<string> {
  const info = conninfoString([['dbname', name]]).replaceAll('"', '""');
  const sql = [`\\connect "${info}"`, ...statements].join('\n');
  return psql(newestServer(), 'postgres', sql);
}

function contents(database: string): Promise<string> {
  const sums = "count(*), md5(string_agg(t, ',' ORDER BY id))";
  const queries = TABLES.map((name) => `SELECT ${sums} FROM app.${quoteIdent(name)};`);
  return inDatabase(database, queries);
}
