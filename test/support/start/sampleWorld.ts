import { ensurePostgres, testedMajors } from '../install/postgres';
import { type PgServer, startServer } from '../machine/server';
import { createSampleDatabase } from '../machine/sampleDatabase';
import { step } from '../tiers/steps';
import { type TestWorkspace, connectionTo, createTestWorkspace } from '../workbench/testWorkspace';
import { toolsEnv } from '../workbench/toolsEnv';

/** A server with the sample shop, and a workspace that knows it. */
export interface SampleWorld {
  readonly server: PgServer;
  readonly database: string;
  readonly workspace: TestWorkspace;
  /** User settings: `pgBackup.toolsPath` has machine scope, connections are used without a question. */
  readonly userSettings: Readonly<Record<string, unknown>>;
  /** For VS Code: the server's password comes by environment, so nothing has to be typed. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** Starts the newest server with a database of tens of MB and writes the sample workspace. */
export async function createSampleWorld(): Promise<SampleWorld> {
  const [install] = await ensurePostgres(testedMajors.slice(-1));
  if (install === undefined) throw new Error('no PostgreSQL');
  const server = await step(`starting PostgreSQL ${install.version}`, () => startServer(install));
  const database = 'shop';
  await step('filling the sample database', () => createSampleDatabase(server, database, 'medium'));
  const workspace = await createTestWorkspace({});
  const connections = [
    {
      ...connectionTo(server, 'sample', database),
      name: 'Sample shop',
      environment: 'development',
    },
    {
      ...connectionTo(server, 'production', database),
      name: 'Production shop',
      environment: 'production',
      readOnly: true,
    },
  ];
  return {
    server,
    database,
    workspace,
    userSettings: { 'pgBackup.toolsPath': server.binDir, 'pgBackup.connections': connections },
    env: toolsEnv([server]),
    remove: async () => {
      await workspace.remove();
      await server.stop();
    },
  };
}
