// The one script that runs before anything is installed: it needs Node and npm, nothing else.
// It installs the npm packages when they differ from the lock file, builds, and hands over to
// out/test/support/<verb>.main.js.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const verbs = ['start', 'test', 'bench'];
const oldestNode = [20, 0];

/** Forwarded to the child in front, so that it can stop its servers. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Runs a command with our terminal; resolves with its exit code (128 + n after a signal). */
function run(file, args, { ipc = false } = {}) {
  return new Promise((resolve) => {
    const windowsScript = process.platform === 'win32' && file.endsWith('.cmd');
    const child = spawn(file, args, {
      cwd: root,
      // The channel tells the child that we are gone, even after SIGKILL.
      stdio: ['inherit', 'inherit', 'inherit', ...(ipc ? ['ipc'] : [])],
      shell: windowsScript,
    });
    const forward = (signal) => child.kill(signal);
    for (const signal of signals) process.on(signal, forward);
    child.on('error', (error) => fail(`${file} could not be started: ${error.message}`));
    child.on('exit', (code, signal) => {
      for (const name of signals) process.off(name, forward);
      resolve(code ?? 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 1));
    });
  });
}

/** The packages a lock file names: path -> version. */
function lockedPackages(file) {
  if (!existsSync(file)) return new Map();
  const packages = JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  return new Map(Object.entries(packages).filter(([name]) => name !== ''));
}

/** Compared by content: a fresh clone's file times say nothing about what is installed. */
function packagesAreInstalled() {
  const installed = lockedPackages(path.join(root, 'node_modules/.package-lock.json'));
  for (const [name, wanted] of lockedPackages(path.join(root, 'package-lock.json'))) {
    if (wanted.optional || wanted.devOptional) continue;
    if (installed.get(name)?.version !== wanted.version) return false;
  }
  return installed.size > 0;
}

const [verb, ...args] = process.argv.slice(2);
if (!verbs.includes(verb)) fail(`usage: node test/support/bootstrap.mjs ${verbs.join('|')} [args]`);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
  fail(`Node ${oldestNode.join('.')} or newer is needed; this is ${process.versions.node}.`);
}

if (!packagesAreInstalled()) {
  console.log('Installing npm packages (npm ci)');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const code = await run(npm, ['ci', '--no-audit', '--no-fund']);
  if (code !== 0) fail(`npm ci failed with exit code ${code}; nothing was started.`);
}

// What is measured is what users get.
const how = verb === 'bench' ? ['--tests', '--production'] : ['--tests'];
const built = await run(process.execPath, ['esbuild.mjs', ...how]);
if (built !== 0) fail('The build failed; nothing was started.');

const script = path.join(root, 'out/test/support', `${verb}.main.js`);
if (!existsSync(script)) fail(`test/support/${verb}.main.ts does not exist: cannot run "${verb}".`);
process.exit(await run(process.execPath, ['--enable-source-maps', script, ...args], { ipc: true }));
