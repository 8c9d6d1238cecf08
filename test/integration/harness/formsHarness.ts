import path from 'node:path';
import { Readable } from 'node:stream';
import { execa } from 'execa';
import { getBackupInfo } from '../../../src/core/archive/inspect/backupInfo';
import type { BackupInfo } from '../../../src/core/model/archive';
import { decompressed } from '../../../src/core/archive/compression/decompress';
import { inOneDatabase } from '../../../src/core/archive/script/edit/scriptParts';
import { editedScript } from '../../../src/core/archive/script/edit/editScript';
import { rulesOf } from '../../../src/core/archive/script/edit/statementRules';
import type { ScriptInput } from '../../../src/core/plans/commandPlan';
import type { ShownCommand } from '../../../src/core/plans/preview';
import { readCatalog } from '../../../src/core/catalog/readCatalog';
import { readServerInfo } from '../../../src/core/catalog/serverInfo';
import { buildConnection } from '../../../src/core/connections/libpq';
import type { BackupContext, RestoreContext } from '../../../src/core/forms/form/context';
import { parseVersion } from '../../../src/core/pgtools/choose/parseVersion';
import type { ToolName, ToolVersion } from '../../../src/core/model/tools';
import { libpqEnv } from '../../support/machine/psql';
import type { ServerCoordinates } from '../../support/machine/server';

export interface ToolResult {
  code: number | undefined;
  stdout: string;
  stderr: string;
}

const connection = { id: 'test', label: 'Test', environment: null, readOnly: false } as const;

/** The version of a server's own tools. */
export function toolVersion(server: ServerCoordinates): ToolVersion {
  const parsed = parseVersion(`pg_dump (PostgreSQL) ${server.version}`);
  if (parsed === null) throw new Error(`not a version: ${server.version}`);
  return parsed.version;
}

/** Runs a tool of `tools` against a database of `server`; never waits for a prompt. */
export function runTool(
  server: ServerCoordinates,
  database: string,
  tool: ToolName,
  args: readonly string[],
  tools: ServerCoordinates = server,
): Promise<ToolResult> {
  return start(path.join(tools.binDir, tool), args, libpqEnv(server, database), null);
}

/** Runs a command as a form shows it, with what it reads on its standard input. */
export function runShown(
  server: ServerCoordinates,
  database: string,
  tool: ToolName,
  { argv: [, ...args], stdin }: ShownCommand,
  tools: ServerCoordinates = server,
): Promise<ToolResult> {
  const bytes = stdin && scriptBytes(stdin);
  return start(path.join(tools.binDir, tool), args, libpqEnv(server, database), bytes);
}

/** The bytes of a script that psql gets, as in jobs. */
function scriptBytes({ path: file, compression, encoding, edits }: ScriptInput) {
  const bytes = decompressed(file, compression, { encoding });
  const given = edits ? inOneDatabase(editedScript(bytes, rulesOf(edits))) : bytes;
  return Readable.from(given, { objectMode: false });
}

async function start(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  input: Readable | null,
): Promise<ToolResult> {
  const result = await execa(file, args, {
    env: { ...env, PGCLIENTENCODING: undefined },
    ...(input === null ? { stdin: 'ignore' } : { input }),
    reject: false,
    timeout: 60_000,
    killSignal: 'SIGKILL',
    stripFinalNewline: false,
  });
  if (result.timedOut) throw new Error(`${file} ${args.join(' ')} did not end`);
  return { code: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}

/** What a backup form knows of a database once the server has answered. */
export async function liveBackupContext(
  server: ServerCoordinates,
  database: string,
): Promise<BackupContext> {
  const psql = path.join(server.binDir, 'psql');
  const target = buildConnection(
    { id: 'test', host: server.host, port: server.port, user: server.user },
    {
      password: server.password,
      applicationName: 'forms-test',
      inherited: { PATH: process.env['PATH'] },
      connectTimeoutSeconds: 20,
      database,
    },
  );
  const options = { timeoutMs: 60_000 };
  const info = await readServerInfo(psql, target, options);
  const catalog = await readCatalog(psql, target, info, options);
  return { connection, server: info, catalog, tool: { version: toolVersion(server) } };
}

/** What a restore form knows of a file and its target. */
export async function liveRestoreContext(
  server: ServerCoordinates,
  database: string,
  file: string,
  tools: ServerCoordinates = server,
): Promise<RestoreContext & { info: BackupInfo }> {
  const live = await liveBackupContext(server, database);
  const info = await getBackupInfo(file);
  return { connection, server: live.server, info, tool: { version: toolVersion(tools) } };
}
