import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import type { BackupContext } from '../../../src/core/forms/form/context';
import { joinDirectory } from '../../../src/core/archive/join/joinDirectory';
import {
  isJoined,
  membersPath,
  type BackupFormat,
  type BackupOptions,
} from '../../../src/core/model/options';
import { backupCommand } from '../../../src/core/plans/preview';
import { psql } from '../../support/machine/psql';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import type { ToolName } from '../../../src/core/model/tools';
import { liveBackupContext, runTool, type ToolResult } from '../harness/formsHarness';

/** Objects of every kind that an option of the forms concerns, with few rows. */
const schema = `
  CREATE SCHEMA app; CREATE SCHEMA log;
  CREATE EXTENSION pg_trgm;
  CREATE TYPE app.status AS ENUM ('new', 'done');
  CREATE TABLE app.customers (id serial PRIMARY KEY, name text);
  CREATE TABLE app.orders (id int PRIMARY KEY, customer int REFERENCES app.customers,
    state app.status DEFAULT 'new');
  CREATE VIEW app.totals AS SELECT count(*) FROM app.orders;
  CREATE TABLE log.events (at date) PARTITION BY RANGE (at);
  CREATE TABLE log.events_2023 PARTITION OF log.events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
  INSERT INTO app.customers (name) SELECT 'c' || n FROM generate_series(1, 5) n;
  INSERT INTO app.orders SELECT n, n FROM generate_series(1, 5) n;
  INSERT INTO log.events SELECT '2023-05-05';
  SELECT lo_from_bytea(424242, 'large');
  GRANT SELECT ON app.orders TO PUBLIC;
  COMMENT ON TABLE app.orders IS 'what was ordered';
  CREATE PUBLICATION pub FOR TABLE app.orders;
`;

/** A backup's options without what the harness knows itself. */
export type BackupFields = Omit<BackupOptions, 'connectionId' | 'outputPath'>;

/** A small database with all that the forms' options are about, its dumps, and databases beside it. */
export class FormsDatabase {
  readonly name = 'forms pairs';
  /** Another one with nothing in it. */
  readonly empty = 'forms pairs empty';
  private readonly made: string[] = [];
  private readonly archives = new Map<BackupFormat, string>();
  private live: BackupContext | undefined;
  private taken = 0;

  private constructor(
    readonly server: ServerCoordinates,
    private readonly dir: string,
  ) {}

  static async create(server: ServerCoordinates): Promise<FormsDatabase> {
    const made = new FormsDatabase(server, await mkdtemp(path.join(os.tmpdir(), 'forms-')));
    try {
      await made.createDatabase(made.name);
      await psql(server, made.name, schema);
      await made.createDatabase(made.empty);
      made.live = await liveBackupContext(server, made.name);
      return made;
    } catch (error) {
      await made.dispose();
      throw error;
    }
  }

  /** What the backup form knows of it. */
  get context(): BackupContext {
    assert.ok(this.live);
    return this.live;
  }

  path(name: string): string {
    return path.join(this.dir, name);
  }

  /** One more database, dropped at the end. */
  async createDatabase(name: string, options = 'TEMPLATE template0'): Promise<string> {
    await createDatabase(this.server, name, options);
    this.made.push(name);
    return name;
  }

  run(
    tool: 'pg_dump' | 'pg_restore' | 'psql',
    args: readonly string[],
    into = this.name,
  ): Promise<ToolResult> {
    return runTool(this.server, into, tool, ['--no-password', ...args]);
  }

  /** Backs up by the command that the form shows. */
  async backup(fields: BackupFields, name: string): Promise<[ToolResult, string]> {
    const outputPath = this.path(name);
    const options = { ...fields, connectionId: 'test', outputPath };
    const command = { file: 'pg_dump', connectionArgs: [] };
    const [, ...args] = backupCommand(options, this.context, command).argv;
    const result = await runTool(this.server, this.name, 'pg_dump', args);
    if (isJoined(options) && result.code === 0) {
      await joinDirectory(membersPath(outputPath), outputPath);
    }
    return [result, outputPath];
  }

  /** Holds that the tool takes such a command: it refuses before it looks for a server. */
  async assertTaken(tool: ToolName, args: readonly string[], what: string): Promise<void> {
    const { stderr } = await runTool(this.server, this.name, tool, args);
    assert.match(stderr, /connection to server|could not connect/, `${what}: ${stderr}`);
  }

  /** Holds that pg_dump takes the command that the form shows. */
  async assertBackupTaken(fields: BackupFields, what: string): Promise<void> {
    // pg_dump makes a directory before it connects.
    const outputPath = this.path(`taken${this.taken++}`);
    const options = { ...fields, connectionId: 'test', outputPath };
    const connectionArgs = ['--host=/nowhere'];
    const [, ...args] = backupCommand(options, this.context, {
      file: 'pg_dump',
      connectionArgs,
    }).argv;
    await this.assertTaken('pg_dump', args, what);
  }

  /** A dump of everything, made once. */
  async archive(format: BackupFormat): Promise<string> {
    const before = this.archives.get(format);
    if (before !== undefined) return before;
    const [result, file] = await this.backup(backupDefaults(format), `full-${format}`);
    assert.equal(result.code, 0, result.stderr);
    this.archives.set(format, file);
    return file;
  }

  /** The dump as SQL, whatever its format. */
  async sqlOf(file: string, format: BackupFormat): Promise<string> {
    if (format !== 'plain') {
      const result = await this.run('pg_restore', ['--file=-', file]);
      assert.equal(result.code, 0, result.stderr);
      return result.stdout;
    }
    const bytes = await readFile(file);
    return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('latin1');
  }

  async dispose(): Promise<void> {
    for (const name of this.made) await dropDatabase(this.server, name);
    await rm(this.dir, { recursive: true, force: true });
  }
}
