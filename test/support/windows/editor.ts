import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cachedDirectory } from '../install/cache';
import { ensureNode, ensureVscode } from '../install/vscodeServer';
import { startWine, type Wine } from '../install/wine';
import { stopAtExit } from '../machine/cleanup';
import { freePort } from '../machine/freePort';
import { run } from '../machine/run';
import { repoPaths } from '../repoPaths';
import { until } from '../until';
import { linkExtension, quietSettings, type VscodeProcess } from '../workbench/vscodeProcess';
import { windowsPath } from './windowsPath';

/** Raised when the steps below change. */
const recipe = 'r1';
const NODE = '20.20.2';

/** VS Code's oldest release, whose server runs under Windows' Node, with the extension installed. */
export class WindowsEditor implements VscodeProcess {
  readonly origin: string;
  readonly token = '';
  readonly userDataDir: string;
  private child: ChildProcess | undefined;
  private readonly forget: () => void;

  private constructor(
    private readonly wine: Wine,
    private readonly dir: string,
    readonly port: number,
    readonly settings: Readonly<Record<string, unknown>>,
  ) {
    this.origin = `http://127.0.0.1:${port}`;
    this.userDataDir = path.join(dir, 'user-data');
    this.forget = stopAtExit({ stop: () => this.stop(), stopNow: () => wine.stopNow() });
  }

  /** `env`: of Windows' programs; `WINEPATH` begins their PATH. */
  static async start(
    settings: Readonly<Record<string, unknown>>,
    env: Readonly<Record<string, string>>,
  ): Promise<WindowsEditor> {
    const [node, serverMain] = [await ensureNode(NODE, 'win32'), await ensureServer()];
    const dir = await mkdtemp(path.join(tmpdir(), 'vscode-windows-'));
    const editor = new WindowsEditor(await startWine(), dir, await freePort(), {
      ...quietSettings,
      'security.workspace.trust.enabled': false,
      ...settings,
    });
    try {
      await editor.launch([node, windowsPath(serverMain)], env);
      return editor;
    } catch (error) {
      const said = editor.output();
      await editor.stop();
      throw new Error(`VS Code did not start on Windows:\n${said}`, { cause: error });
    }
  }

  get temporaryDir(): string {
    return path.join(this.wine.prefix, 'drive_c/users');
  }

  private async launch(program: string[], env: Readonly<Record<string, string>>): Promise<void> {
    const extensionsDir = path.join(this.dir, 'extensions');
    await mkdir(extensionsDir);
    await linkExtension(repoPaths.root, extensionsDir);
    await this.writeSettings(this.settings);
    const at = (name: string): string => windowsPath(path.join(this.dir, name));
    const output = openSync(path.join(this.dir, 'output'), 'a');
    this.child = spawn(
      this.wine.file,
      [
        ...program,
        ...['--host', '127.0.0.1', '--port', String(this.port), '--without-connection-token'],
        ...['--accept-server-license-terms', '--force-disable-user-env'],
        ...['--user-data-dir', at('user-data'), '--server-data-dir', at('server')],
        ...['--extensions-dir', at('extensions'), '--telemetry-level', 'off'],
        '--disable-workspace-trust',
      ],
      {
        cwd: this.dir,
        env: { PATH: process.env['PATH'], HOME: this.dir, ...this.wine.env, ...env },
        // A file, because Windows' Node cannot write to pipes of this system.
        stdio: ['ignore', output, output],
      },
    );
    closeSync(output);
    this.child.on('error', () => undefined);
    await until(() => this.output().includes('listening on') || this.hasEnded(), 'it listens');
    if (this.hasEnded()) throw new Error('it ended');
  }

  private hasEnded(): boolean {
    return this.child?.exitCode !== null || this.child.signalCode !== null;
  }

  output(): string {
    try {
      return readFileSync(path.join(this.dir, 'output'), 'utf8');
    } catch {
      return '';
    }
  }

  async writeSettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
    const machine = { ...settings, 'pgBackup.connections': undefined };
    for (const [scope, stated] of Object.entries({ User: settings, Machine: machine })) {
      await mkdir(path.join(this.userDataDir, scope), { recursive: true });
      const file = path.join(this.userDataDir, scope, 'settings.json');
      await writeFile(file, JSON.stringify(stated, undefined, 2));
    }
  }

  async stop(): Promise<void> {
    this.forget();
    await this.wine.stop();
    await rm(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Absolute path of the server's entry script, in a copy that runs on Windows. */
async function ensureServer(): Promise<string> {
  const { serverMain, version } = await ensureVscode('minimum');
  const dir = await cachedDirectory(
    `vscode-server-${version}-win32-x64-${recipe}`,
    async (temporary) => {
      const original = path.dirname(path.dirname(serverMain));
      const copy = path.join(temporary, 'vscode');
      await run('cp', ['-al', original, copy]);
      // It needs a program of its own for each system; all that it is asked for is not there.
      const registry = path.join(copy, 'node_modules/@vscode/windows-registry/dist/index.js');
      await rm(registry, { force: true });
      await writeFile(registry, 'exports.GetStringRegKey = () => undefined;\n');
    },
  );
  return path.join(dir, 'vscode/out/server-main.js');
}
