import { runExtensionTests } from '../workbench/runExtensionTests';
import { testServers } from '../servers';
import { connectionsTo, createTestWorkspace } from '../workbench/testWorkspace';
import { toolsEnv } from '../workbench/toolsEnv';
import { orderEnv, readOrder } from './tierReport';

/** Runs the order inside VS Code: `node extension.main.js minimum|current trusted|restricted`. */
async function main(): Promise<void> {
  const [version, trust] = process.argv.slice(2);
  if (version !== 'minimum' && version !== 'current') throw new Error('minimum or current first');
  const servers = testServers();
  // The user's own are used without a question; in Restricted Mode the workspace's must not be.
  const connections = { 'pgBackup.connections': connectionsTo(servers) };
  const restricted = trust === 'restricted';
  const workspace = await createTestWorkspace(restricted ? connections : {});
  try {
    await runExtensionTests({
      version,
      workspace: workspace.dir,
      restricted,
      settings: restricted ? {} : connections,
      env: { ...toolsEnv(servers), ...orderEnv(readOrder()) },
    });
  } finally {
    await workspace.remove();
  }
}

void main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(String(error));
    process.exit(1);
  },
);
