import type { VscodeVersion } from '../install/vscodeServer';
import { type Workbench, openWorkbench } from './workbench';
import { repoPaths } from '../repoPaths';
import { testServers } from '../servers';
import { type TestWorkspace, connectionsTo, createTestWorkspace } from './testWorkspace';
import { toolsEnv } from './toolsEnv';

/** How the extension is opened for a test that drives its UI. */
export interface OpenExtensionOptions {
  /** Default `current`. */
  readonly version?: VscodeVersion;
  /**
   * In the user settings, where they are used without a question. Default: one to each test server,
   * `pg13`... `production`, database `postgres`.
   */
  readonly connections?: readonly Record<string, unknown>[];
  /** More workspace settings. */
  readonly workspaceSettings?: Readonly<Record<string, unknown>>;
  /** User settings; the only place for `pgBackup.toolsPath`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Ask whether to trust the workspace. Default false. */
  readonly workspaceTrust?: boolean;
  /** Added to the environment; `{ PGPASSFILE: undefined }` makes the extension ask for it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Puts files into the workspace's folder before VS Code opens it. */
  readonly prepare?: (dir: string) => Promise<void>;
}

/** The extension in a real VS Code with a workspace of its own. */
export interface OpenedExtension extends Workbench {
  readonly workspace: TestWorkspace;
}

/** Opens VS Code with the built extension installed and connections to the test servers. */
export async function openExtension(options: OpenExtensionOptions = {}): Promise<OpenedExtension> {
  const servers = testServers();
  const workspace = await createTestWorkspace(options.workspaceSettings ?? {});
  try {
    await options.prepare?.(workspace.dir);
    const workbench = await openWorkbench({
      version: options.version ?? 'current',
      workspace: workspace.dir,
      installedExtension: repoPaths.root,
      workspaceTrust: options.workspaceTrust === true,
      fewBuiltIns: true,
      env: { ...toolsEnv(servers), ...options.env },
      settings: {
        'pgBackup.connections': options.connections ?? connectionsTo(servers),
        ...options.settings,
      },
      ...(options.viewport === undefined ? {} : { viewport: options.viewport }),
    });
    return {
      ...workbench,
      workspace,
      close: async () => {
        await workbench.close();
        await workspace.remove();
      },
    };
  } catch (error) {
    await workspace.remove();
    throw error;
  }
}
