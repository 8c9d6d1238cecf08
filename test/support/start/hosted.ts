import { repoPaths } from '../repoPaths';
import { startVscodeProcess } from '../workbench/vscodeProcess';
import { ensureVscode } from '../install/vscodeServer';
import type { SampleWorld } from './sampleWorld';

/** Starts the VS Code that a browser shows; returns the address to open. */
export async function startHosted(world: SampleWorld): Promise<string> {
  const install = await ensureVscode('current');
  const vscode = await startVscodeProcess(install, {
    installedExtension: repoPaths.root,
    settings: world.userSettings,
    env: world.env,
    withToken: true,
  });
  const query = new URLSearchParams({ tkn: vscode.token, folder: world.workspace.dir });
  return `${vscode.origin}/?${query.toString()}`;
}
