import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { firstUnsayable, withAsciiPatterns } from '../../../src/core/pgtools/args/codePage';
import { buildDumpArgs, type DumpOptions } from '../../../src/core/pgtools/args/dumpArgs';
import { buildRestoreArgs } from '../../../src/core/pgtools/args/restoreArgs';
import type { DumpSelection, ToolName } from '../../../src/core/model/tools';
import { adminQuery } from '../../support/machine/adminSession';
import { libpqEnv, quoteIdent } from '../../support/machine/psql';
import { createDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { toolVersion } from '../harness/formsHarness';

const options: DumpOptions = {
  format: 'custom',
  compression: 1,
  includeSchema: true,
  includeData: true,
  includePrivileges: true,
  includeOwnership: true,
  jobs: 1,
  lockWaitTimeout: 0,
  noSync: true,
  encoding: null,
  toolOptions: {},
  extraArgs: [],
};

const everything: DumpSelection = {
  schemas: [],
  tables: [],
  excludeSchemas: [],
  excludeTables: [],
  excludeTableData: [],
  largeObjects: null,
  extensions: null,
};

export const restoreOptions = {
  schemaOnly: false,
  dataOnly: false,
  clean: false,
  ifExists: false,
  noOwner: false,
  noPrivileges: false,
  exitOnError: false,
  singleTransaction: false,
  jobs: 1,
  disableTriggers: false,
  toolOptions: {},
  extraArgs: [],
};

/** Runs a tool of the server's own version. */
export async function run(
  server: ServerCoordinates,
  tool: ToolName,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ exitCode: number | undefined; stderr: string; stdout: string }> {
  const result = await execa(path.join(server.binDir, tool), args, {
    reject: false,
    stdin: 'ignore',
    // libpq and patterns take the client encoding from the arguments alone.
    env: { ...libpqEnv(server, 'postgres'), PGCLIENTENCODING: undefined, LC_ALL: 'C', ...env },
    timeout: 60_000,
  });
  return { exitCode: result.exitCode, stderr: result.stderr, stdout: result.stdout };
}

/** Dumps by the arguments that are built for it. */
export async function dump(
  server: ServerCoordinates,
  database: string,
  file: string,
  selection: Partial<DumpSelection> = {},
  changes: Partial<DumpOptions> = {},
  databaseEncoding: string | null = 'UTF8',
): Promise<{ exitCode: number | undefined; stderr: string }> {
  const args = buildDumpArgs(
    {
      options: { ...options, ...changes },
      selection: { ...everything, ...selection },
      file,
      connectionArgs: [`--dbname=${database}`],
      databaseEncoding,
    },
    toolVersion(server),
  );
  return run(server, 'pg_dump', args);
}

/**
 * Dumps by the arguments that tools on Windows would get: in ASCII, without an encoding for other
 * characters.
 */
export async function dumpInAscii(
  server: ServerCoordinates,
  database: string,
  file: string,
  tables: DumpSelection['tables'],
): Promise<{ exitCode: number | undefined; stderr: string }> {
  const args = buildDumpArgs(
    {
      options,
      selection: { ...everything, tables },
      file,
      connectionArgs: [`--dbname=${database}`],
      databaseEncoding: 'UTF8',
    },
    toolVersion(server),
  );
  const said = withAsciiPatterns(args).filter((arg) => arg !== '--encoding=UTF8');
  assert.equal(firstUnsayable(said), null);
  return run(server, 'pg_dump', said);
}

/** Restores by the arguments that are built for it. */
export async function restore(
  server: ServerCoordinates,
  database: string,
  archive: string,
  changes: Partial<typeof restoreOptions> = {},
): Promise<{ exitCode: number | undefined; stderr: string }> {
  const args = buildRestoreArgs(
    {
      options: { ...restoreOptions, ...changes },
      listFile: null,
      archive,
      connectionArgs: [`--dbname=${database}`],
    },
    toolVersion(server),
  );
  return run(server, 'pg_restore', args);
}

/** Databases and files of some tests, to be removed together. */
export class Scratch {
  private readonly created: [ServerCoordinates, string][] = [];

  private constructor(private readonly dir: string) {}

  static async create(): Promise<Scratch> {
    return new Scratch(await mkdtemp(path.join(os.tmpdir(), 'pgtools-')));
  }

  path(name: string): string {
    return path.join(this.dir, name);
  }

  async createDatabase(server: ServerCoordinates, name: string, more?: string): Promise<string> {
    this.created.push([server, name]);
    await createDatabase(server, name, more);
    return name;
  }

  async dispose(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
    for (const [server, name] of this.created) {
      await adminQuery(server, `DROP DATABASE IF EXISTS ${quoteIdent(name)}`);
    }
  }
}
