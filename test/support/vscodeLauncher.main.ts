// Takes the command line that @vscode/test-electron gives to VS Code's executable, and runs the
// tests in the VS Code that is hosted by its server and shown by a headless browser.
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import { launcherPidVariable } from './workbench/launcherPid';
import { type Workbench, openWorkbench } from './workbench/workbench';
import type { VscodeVersion } from './install/vscodeServer';
import { repoPaths } from './repoPaths';
import { testOutputMark } from './workbench/testOutputMark';

/** Set to `1` to have Workspace Trust on, though test-electron always passes a switch against it. */
const trustVariable = 'PGBR_WORKSPACE_TRUST';
const limitMs = 15 * 60_000;

interface CommandLine {
  readonly version: VscodeVersion;
  readonly flags: ReadonlyMap<string, string>;
  readonly workspace: string;
}

function parse(argv: readonly string[]): CommandLine {
  const [version, ...rest] = argv;
  if (version !== 'minimum' && version !== 'current') throw new Error('minimum or current first');
  const flags = new Map<string, string>();
  let workspace = process.cwd();
  for (const arg of rest) {
    const match = /^--([^=]+)=?(.*)$/s.exec(arg);
    if (match) flags.set(match[1] ?? '', match[2] ?? '');
    else workspace = path.resolve(arg);
  }
  return { version, flags, workspace };
}

function existingSettings(userDataDir: string | undefined): Record<string, unknown> {
  if (userDataDir === undefined) return {};
  try {
    const file = path.join(userDataDir, 'User/settings.json');
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Shows what the tests print. VS Code's own log goes to a file beside the reports. */
function log(version: VscodeVersion, level: string, text: string): void {
  if (text.startsWith(testOutputMark)) {
    process.stdout.write(`${text.slice(testOutputMark.length)}\n`);
    return;
  }
  const dir = path.join(repoPaths.out, 'reports');
  mkdirSync(dir, { recursive: true });
  appendFileSync(path.join(dir, `vscode-${version}.log`), `[${level}] ${text}\n`);
}

async function main(): Promise<number> {
  const { version, flags, workspace } = parse(process.argv.slice(2));
  const extensionTestsPath = flags.get('extensionTestsPath');
  const extensionDevelopmentPath = flags.get('extensionDevelopmentPath');
  if (extensionTestsPath === undefined || extensionDevelopmentPath === undefined) {
    throw new Error('--extensionTestsPath= and --extensionDevelopmentPath= are needed');
  }
  const userDataDir = flags.get('user-data-dir');
  const extensionsDir = flags.get('extensions-dir');
  let workbench: Workbench | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<number>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error('the tests did not end in time')), limitMs);
      openWorkbench({
        version,
        workspace,
        tests: { extensionDevelopmentPath, extensionTestsPath },
        settings: existingSettings(userDataDir),
        workspaceTrust: process.env[trustVariable] === '1',
        fewBuiltIns: true,
        ...(userDataDir === undefined ? {} : { userDataDir }),
        ...(extensionsDir === undefined ? {} : { extensionsDir }),
        onTestsEnd: resolve,
        onLog: (level, args) => log(version, level, format(...args)),
      }).then((opened) => {
        workbench = opened;
        opened.page.on('crash', () => reject(new Error('the browser page crashed')));
      }, reject);
    });
  } finally {
    clearTimeout(timer);
    await workbench?.close();
  }
}

/** test-electron does not end us when it is ended itself. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, 500).unref();
}

endWithParent();
const pidFile = process.env[launcherPidVariable];
if (pidFile !== undefined) writeFileSync(pidFile, String(process.pid));
void main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
