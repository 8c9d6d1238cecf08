import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { PgServer } from '../../machine/server';
import { repoPaths } from '../../repoPaths';
import { runExtensionTests } from '../../workbench/runExtensionTests';
import { connectionTo, createTestWorkspace } from '../../workbench/testWorkspace';
import { toolsEnv } from '../../workbench/toolsEnv';

/** What a bench runs in VS Code's extension host. */
export interface HostSide {
  /** Name of the script beside this file, without its ending. */
  readonly script: string;
  /** Where the connection `bench` leads to. */
  readonly server: PgServer;
  readonly database: string;
  readonly env: Readonly<Record<string, string>>;
  /** Folder of an extension that is there, too. */
  readonly otherExtension?: string;
}

/** Runs it in a window of its own; returns what it has written as JSON to PGBR_BENCH_RESULT. */
export async function inWindow<R>({ script, server, database, ...more }: HostSide): Promise<R> {
  const workspace = await createTestWorkspace({});
  const result = path.join(workspace.dir, 'result.json');
  try {
    await runExtensionTests({
      ...more,
      version: 'current',
      workspace: workspace.dir,
      tests: path.join(repoPaths.builtTests, `support/measure/host/${script}.js`),
      settings: {
        'pgBackup.connections': [connectionTo(server, 'bench', database)],
        // Where VS Code takes its host for a remote one it looks for open ports all the time.
        'remote.autoForwardPorts': false,
      },
      env: { ...toolsEnv([server]), ...more.env, PGBR_BENCH_RESULT: result },
    });
    return JSON.parse(readFileSync(result, 'utf8')) as R;
  } finally {
    await workspace.remove();
  }
}
