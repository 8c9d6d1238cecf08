import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stopAtExit } from '../machine/cleanup';
import { freePort } from '../machine/freePort';
import { PATIENCE_MS } from '../until';
import type { VscodeInstall } from '../install/vscodeServer';

/** How the VS Code server is started. */
export interface VscodeProcessOptions {
  /** User settings (settings.json), over quiet defaults. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Where extensions are installed; one of its own by default. */
  readonly extensionsDir?: string;
  /** Absolute path of an extension's folder, which is installed as it is (by a link). */
  readonly installedExtension?: string;
  /**
   * Whether an extension may be run from its source, with tests, through the address. VS Code then
   * behaves differently: no notifications pop up, and the minimum version refuses modal dialogs.
   */
  readonly testDriver?: boolean;
  /** VS Code's user data (state, logs, settings); one of its own, removed at the end, by default. */
  readonly userDataDir?: string;
  /** Workspace Trust asks, and restricts until answered. Default false: everything is trusted. */
  readonly workspaceTrust?: boolean;
  /** Require the token in the address. Default false. */
  readonly withToken?: boolean;
  /**
   * Of VS Code's own extensions only those in `NEEDED_BUILT_INS`: a window takes a tenth less of the
   * processor. Default false: all of them.
   */
  readonly fewBuiltIns?: boolean;
  /** Added to the environment of the server and the extension host; undefined removes. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A running VS Code server. */
export interface VscodeProcess {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  readonly port: number;
  /** Belongs into the address as `tkn`; empty when none is asked for. */
  readonly token: string;
  /** Below it: User/settings.json, logs/. */
  readonly userDataDir: string;
  /** Folder for the temporary files of the server and its children; on Linux one of its own. */
  readonly temporaryDir: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Everything that the server printed so far. */
  output(): string;
  /** Rewrites settings.json; the workbench sees it within a second. */
  writeSettings(settings: Readonly<Record<string, unknown>>): Promise<void>;
  stop(): Promise<void>;
}

/** User settings under which nothing moves, asks or connects by itself. */
export const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  // Animations are drawn by the processor, sixty times a second.
  'workbench.reduceMotion': 'on',
  'editor.cursorBlinking': 'solid',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'window.commandCenter': false,
  'files.simpleDialog.enable': true,
  'explorer.compactFolders': false,
  'explorer.confirmDelete': false,
  'extensions.ignoreRecommendations': true,
  'extensions.autoCheckUpdates': false,
  'update.mode': 'none',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'git.enabled': false,
  'security.workspace.trust.banner': 'always',
};

/** Extensions that come with VS Code: themes and icons, and the languages of what is opened as text. */
const NEEDED_BUILT_INS = [
  'theme-defaults',
  'theme-seti',
  'theme-modern-icons',
  'sql',
  'json',
  'log',
];

/** Starts the server of `install` on a free port and waits until it listens. */
export async function startVscodeProcess(
  install: VscodeInstall,
  options: VscodeProcessOptions = {},
): Promise<VscodeProcess> {
  const dir = await mkdtemp(path.join(tmpdir(), 'vscode-'));
  const port = await freePort();
  const server = new RunningVscode(install, dir, port, options);
  try {
    await server.launch();
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** VS Code takes every folder in there for an installed extension, if its name is the usual one. */
export async function linkExtension(folder: string, extensionsDir: string): Promise<void> {
  const manifest = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as {
    publisher: string;
    name: string;
    version: string;
  };
  const name = `${manifest.publisher}.${manifest.name}-${manifest.version}`;
  await symlink(folder, path.join(extensionsDir, name), 'junction');
}

class RunningVscode implements VscodeProcess {
  readonly origin: string;
  readonly token: string;
  readonly userDataDir: string;
  readonly temporaryDir: string;
  settings: Readonly<Record<string, unknown>>;
  private child: ChildProcess | undefined;
  private printed = '';
  private readonly forget: () => void;

  constructor(
    private readonly install: VscodeInstall,
    private readonly dir: string,
    readonly port: number,
    private readonly options: VscodeProcessOptions,
  ) {
    this.token = options.withToken === true ? randomUUID() : '';
    this.origin = `http://127.0.0.1:${port}`;
    this.userDataDir = options.userDataDir ?? path.join(dir, 'user-data');
    this.temporaryDir = process.platform === 'linux' ? path.join(dir, 'tmp') : tmpdir();
    this.settings = {
      ...quietSettings,
      'security.workspace.trust.enabled': options.workspaceTrust === true,
      ...options.settings,
    };
    this.forget = stopAtExit({
      stop: () => this.stop(),
      stopNow: () => {
        this.signal('SIGKILL');
        rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
      },
    });
  }

  async launch(): Promise<void> {
    await this.writeSettings(this.settings);
    const extensionsDir = this.options.extensionsDir ?? path.join(this.dir, 'extensions');
    await mkdir(extensionsDir, { recursive: true });
    const { installedExtension } = this.options;
    if (installedExtension !== undefined) await linkExtension(installedExtension, extensionsDir);
    const builtIns = this.options.fewBuiltIns === true ? await this.linkBuiltIns() : undefined;
    const node = [
      this.install.node,
      this.install.serverMain,
      ...['--host', '127.0.0.1', '--port', String(this.port)],
      ...(this.token === '' ? ['--without-connection-token'] : ['--connection-token', this.token]),
      '--accept-server-license-terms',
      // Else the user's login shell decides PATH, not `env`.
      '--force-disable-user-env',
      ...['--user-data-dir', this.userDataDir, '--server-data-dir', path.join(this.dir, 'server')],
      ...['--extensions-dir', extensionsDir, '--telemetry-level', 'off'],
      ...(builtIns === undefined ? [] : ['--builtin-extensions-dir', builtIns]),
      ...(this.options.testDriver === true ? ['--enable-smoke-test-driver'] : []),
      ...(this.options.workspaceTrust === true ? [] : ['--disable-workspace-trust']),
    ];
    // Its sockets, and what extensions forget in there, are removed with the rest.
    const temporary =
      process.platform === 'linux' ? { TMPDIR: this.temporaryDir, XDG_RUNTIME_DIR: undefined } : {};
    await mkdir(this.temporaryDir, { recursive: true });
    const setpriv = '/usr/bin/setpriv';
    const tied = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'TERM', '--', ...node] : node;
    const [file = '', ...args] = tied;
    this.child = spawn(file, args, {
      cwd: this.dir,
      // Its own process group, so that extension hosts can be ended with it.
      detached: true,
      env: { ...process.env, ...temporary, ...this.options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.on('error', (error) => (this.printed += String(error)));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.printed = (this.printed + text).slice(-200_000);
      });
    }
    const deadline = Date.now() + PATIENCE_MS;
    while (!this.printed.includes('listening on')) {
      if (!this.isRunning() || Date.now() > deadline) {
        throw new Error(`VS Code ${this.install.version} did not start:\n${this.printed}`);
      }
      await delay(30);
    }
  }

  /** A folder with links to those that are needed. */
  private async linkBuiltIns(): Promise<string> {
    const all = path.join(path.dirname(this.install.serverMain), '../extensions');
    const dir = path.join(this.dir, 'built-in');
    await mkdir(dir);
    for (const name of NEEDED_BUILT_INS) {
      const folder = path.join(all, name);
      // Icons have been moved to an extension of their own since the oldest version.
      if (existsSync(folder)) await symlink(folder, path.join(dir, name), 'junction');
    }
    return dir;
  }

  output(): string {
    return this.printed;
  }

  async writeSettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
    this.settings = settings;
    // Settings of machine scope are read from the remote machine's file only. Connections are in
    // the user's file alone: a second copy would hide them, and would not be updated.
    const machine = { ...settings, 'pgBackup.connections': undefined };
    for (const [scope, stated] of Object.entries({ User: settings, Machine: machine })) {
      await mkdir(path.join(this.userDataDir, scope), { recursive: true });
      const file = path.join(this.userDataDir, scope, 'settings.json');
      await writeFile(file, JSON.stringify(stated, undefined, 2));
    }
  }

  private isRunning(): boolean {
    const child = this.child;
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  }

  private signal(signal: NodeJS.Signals): void {
    const pid = this.child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // All processes of the group have ended already.
    }
  }

  async stop(): Promise<void> {
    this.signal('SIGTERM');
    const deadline = Date.now() + 5000;
    while (this.isRunning() && Date.now() < deadline) await delay(30);
    // Extension hosts may outlive the server that forked them.
    this.signal('SIGKILL');
    await rm(this.dir, { recursive: true, force: true, maxRetries: 5 });
    this.forget();
  }
}
