import { runExtensionTests } from '../runExtensionTests';
import { testServers } from '../servers';
import { connectionsTo, createTestWorkspace } from '../testWorkspace';
import { toolsEnv } from '../toolsEnv';
import { orderEnv, readOrder } from './tierReport';

/** Runs the order inside VS Code: `node extension.main.js minimum|current trusted|restricted`. */
async function main(): Promise<void> {
  const [version, trust] = process.argv.slice(2);
  if (version !== 'minimum' && version !== 'current') throw new Error('minimum or current first');
  const servers = testServers();
  const workspace = await createTestWorkspace({ 'pgBackup.connections': connectionsTo(servers) });
  try {
    await runExtensionTests({
      version,
      workspace: workspace.dir,
      restricted: trust === 'restricted',
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
