import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { note, step } from '../tiers/steps';
import { cachedDirectory } from './cache';
import { ensureLogs } from './plainLogs';
import { run } from '../machine/run';
import { findOnPath, installSystemPackages } from './systemPackages';

/** The oldest VS Code that the extension supports, and a recent one. */
export type VscodeVersion = 'minimum' | 'current';

/** A VS Code server with its web workbench, and the Node that runs it. */
export interface VscodeInstall {
  readonly version: string;
  /** Absolute path of Node. */
  readonly node: string;
  /** Absolute path of the server's entry script. */
  readonly serverMain: string;
}

/** npm's `code-server` carries the unmodified VS Code server below lib/vscode. */
const releases: Readonly<Record<VscodeVersion, { vscode: string; server: string; node: string }>> =
  {
    minimum: { vscode: '1.100.3', server: '4.100.3', node: '20.20.2' },
    current: { vscode: '1.139.1', server: '4.139.1', node: '24.21.0' },
  };

/** Carries the program for every platform. */
const ripgrepPackage = '@vscode/ripgrep-universal@1.18.0';

/**
 * Built-in extensions that start with every window and that nothing here needs: without them a window
 * takes a tenth less of the processor, and a fifth less time.
 */
const unneeded: readonly string[] = [
  ...['copilot', 'github', 'github-authentication', 'microsoft-authentication'],
  ...['git', 'git-base', 'merge-conflict', 'tunnel-forwarding', 'simple-browser'],
  ...['debug-auto-launch', 'debug-server-ready', 'ms-vscode.js-debug'],
  ...['ms-vscode.js-debug-companion', 'ms-vscode.vscode-js-profile-table'],
  ...['npm', 'grunt', 'gulp', 'jake', 'emmet', 'terminal-suggest', 'extension-editing'],
  ...['typescript-language-features', 'php-language-features', 'prompt-basics'],
  ...['ipynb', 'notebook-renderers', 'mermaid-markdown-features'],
];

/** Raised when the steps below change. */
const recipe = 'r4';

/** Downloads a package of npm, of which `only` these paths are taken. */
export async function unpackNpmPackage(
  spec: string,
  into: string,
  only: string[] = [],
): Promise<void> {
  const work = `${into}.pack`;
  await mkdir(work, { recursive: true });
  await mkdir(into, { recursive: true });
  try {
    await run(npmCommand, ['pack', spec, '--silent', '--pack-destination', work]);
    const [file] = await readdir(work);
    if (file === undefined) throw new Error(`npm pack ${spec} wrote nothing`);
    await run('tar', ['-xzf', path.join(work, file), '-C', into, '--strip-components=1', ...only]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const npmCommand = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** npm packs Node for every platform; it brings its headers along. */
export async function ensureNode(version: string, system = process.platform): Promise<string> {
  const platform = system === 'win32' ? 'win' : system;
  const name = `node-${platform}-${process.arch}`;
  const dir = await cachedDirectory(`${name}-${version}`, (temporary) =>
    unpackNpmPackage(`${name}@${version}`, temporary),
  );
  return system === 'win32' ? path.join(dir, 'bin/node.exe') : path.join(dir, 'bin/node');
}

/** Installs (once, in the cache) a VS Code server and the Node that it needs. */
export async function ensureVscode(which: VscodeVersion): Promise<VscodeInstall> {
  const release = releases[which];
  return step(`VS Code ${release.vscode}`, async () => {
    const node = await ensureNode(release.node);
    const dir = await cachedDirectory(
      `vscode-server-${release.vscode}-${process.platform}-${process.arch}-${recipe}`,
      (temporary) => buildServer(temporary, release.server, node),
    );
    return {
      version: release.vscode,
      node,
      serverMain: path.join(dir, 'lib/vscode/out/server-main.js'),
    };
  });
}

async function buildServer(dir: string, version: string, node: string): Promise<void> {
  await unpackNpmPackage(`code-server@${version}`, dir, ['package/lib/vscode']);
  const vscode = path.join(dir, 'lib/vscode');
  await run(
    npmCommand,
    ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'],
    { cwd: vscode },
  );
  await Promise.all([ensureTerminals(vscode, node), ensureSearch(vscode), ensureLogs(vscode)]);
  for (const name of unneeded) {
    await rm(path.join(vscode, 'extensions', name), { recursive: true, force: true });
  }
}

/**
 * File search, and with it activation by the workspace's files, needs ripgrep, which older
 * releases download from elsewhere when they are installed.
 */
async function ensureSearch(vscode: string): Promise<void> {
  const bin = path.join(vscode, 'node_modules/@vscode/ripgrep/bin');
  if (!existsSync(path.dirname(bin)) || existsSync(bin)) return;
  const platform = `bin/${process.platform}-${process.arch}`;
  const unpacked = path.join(vscode, 'ripgrep-universal');
  await unpackNpmPackage(ripgrepPackage, unpacked, [`package/${platform}`]);
  await rename(path.join(unpacked, platform), bin);
  await rm(unpacked, { recursive: true });
}

/**
 * Integrated terminals need one native module. Newer releases bring it built; the others are for
 * logging (see {@link ensureLogs}) and for keyrings, which the server does without.
 */
async function ensureTerminals(vscode: string, node: string): Promise<void> {
  const pty = path.join(vscode, 'node_modules/node-pty');
  if (existsSync(path.join(pty, 'prebuilds', `${process.platform}-${process.arch}`))) return;
  try {
    const tools = { make: 'make', 'g++': 'g++', python3: 'python3' };
    const missing = Object.entries(tools).filter(([name]) => findOnPath(name) === undefined);
    if (missing.length > 0) await installSystemPackages(missing.map(([, name]) => name));
    const nodeHome = path.dirname(path.dirname(node));
    await run(npmCommand, ['rebuild', 'node-pty', '--ignore-scripts=false'], {
      cwd: vscode,
      env: {
        npm_config_nodedir: nodeHome,
        PATH: `${path.dirname(node)}${path.delimiter}${process.env['PATH'] ?? ''}`,
      },
    });
  } catch (error) {
    // The install's last script, which tidies up, may fail although the module was built.
    if (existsSync(path.join(pty, 'build/Release/pty.node'))) return;
    note(`  terminals will not work in this VS Code: ${String(error)}`);
  }
}
