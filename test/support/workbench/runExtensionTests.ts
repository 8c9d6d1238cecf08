import { rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runTests } from '@vscode/test-electron';
import { stopAtExit } from '../machine/cleanup';
import type { VscodeVersion } from '../install/vscodeServer';
import { linkExtension } from './vscodeProcess';
import { launcherPidVariable } from './launcherPid';
import { repoPaths } from '../repoPaths';

/** What to run inside VS Code. */
export interface ExtensionTestRun {
  readonly version: VscodeVersion;
  /** Folder to open. */
  readonly workspace: string;
  /** Open the folder without trusting it. Needs the hosted VS Code. */
  readonly restricted?: boolean;
  /** User settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** A module with `run`, as VS Code calls it; default: all of test/extension. */
  readonly tests?: string;
  /** A folder with an extension that is installed as well. */
  readonly otherExtension?: string;
  /** Passed on to the extension host. */
  readonly env: Readonly<Record<string, string>>;
}

/** An executable that behaves to test-electron like VS Code's own, for one version. */
async function launcherFor(version: VscodeVersion): Promise<string> {
  const script = path.join(repoPaths.builtTests, 'support/vscodeLauncher.main.js');
  const windows = process.platform === 'win32';
  const file = path.join(repoPaths.out, `vscode-${version}${windows ? '.cmd' : ''}`);
  await mkdir(repoPaths.out, { recursive: true });
  await writeFile(
    file,
    windows
      ? `@"${process.execPath}" "${script}" ${version} %*\r\n`
      : `#!/bin/sh\nexec '${process.execPath}' --enable-source-maps '${script}' ${version} "$@"\n`,
  );
  await chmod(file, 0o755);
  return file;
}

const launcherPidFile = 'launcher.pid';

/** Ends the launcher and waits for it: it stops VS Code, which would go on writing its files. */
async function endLauncher(pidFile: string): Promise<void> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  if (!(pid > 0)) return;
  const deadline = Date.now() + 10_000;
  try {
    process.kill(pid, 'SIGTERM');
    for (; Date.now() < deadline; await delay(50)) process.kill(pid, 0);
  } catch {
    // The process has ended.
  }
}

/**
 * Runs test/extension inside VS Code by @vscode/test-electron. `VSCODE_EXECUTABLE` names a desktop
 * build to use instead of the hosted one. Resolves when all passed, rejects otherwise.
 */
export async function runExtensionTests(run: ExtensionTestRun): Promise<void> {
  const vscodeExecutablePath = process.env['VSCODE_EXECUTABLE'] ?? (await launcherFor(run.version));
  // Short: VS Code puts a socket in there.
  const dir = await mkdtemp(path.join(tmpdir(), 'vst-'));
  const forget = stopAtExit({
    stop: async () => {
      await endLauncher(path.join(dir, launcherPidFile));
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
    stopNow: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }),
  });
  const userData = path.join(dir, 'user-data');
  const extensions = path.join(dir, 'extensions');
  try {
    await mkdir(path.join(userData, 'User'), { recursive: true });
    if (run.otherExtension !== undefined) {
      await mkdir(extensions, { recursive: true });
      await linkExtension(run.otherExtension, extensions);
    }
    await writeFile(path.join(userData, 'User/settings.json'), JSON.stringify(run.settings ?? {}));
    await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: repoPaths.root,
      extensionTestsPath: run.tests ?? path.join(repoPaths.builtTests, 'extension/index.main.js'),
      launchArgs: [run.workspace, `--user-data-dir=${userData}`, `--extensions-dir=${extensions}`],
      extensionTestsEnv: {
        ...run.env,
        [launcherPidVariable]: path.join(dir, launcherPidFile),
        PGBR_USER_DATA: userData,
        PGBR_WORKSPACE_TRUST: run.restricted === true ? '1' : '0',
      },
    });
  } finally {
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    forget();
  }
}
