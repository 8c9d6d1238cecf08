/** The packaged extension, installed as a user installs it: nothing of the checkout is in reach. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../support/machine/run';
import { createSampleDatabase, dropDatabase } from '../support/machine/sampleDatabase';
import { ensureVscode } from '../support/install/vscodeServer';
import { openWorkbench } from '../support/workbench/workbench';
import { repoPaths } from '../support/repoPaths';
import { newestServer } from '../support/servers';
import { Sidebar } from '../support/start/sidebar';
import { createTestWorkspace } from '../support/workbench/testWorkspace';
import { toolsEnv } from '../support/workbench/toolsEnv';
import { fromPasteToRestore } from './firstMinutes';

const sources = [
  'src',
  'webview',
  'media',
  'l10n',
  'package.json',
  'package.nls.json',
  'esbuild.mjs',
  'esbuild.host.mjs',
  'esbuild.pages.mjs',
  'tsconfig.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  '.vscodeignore',
];

describe('The package', function () {
  const database = 'package_shop';
  const beside = 'package_beside';
  const restored = `${database}_restored`;
  const server = newestServer();
  let dir: string;
  let vsix: string;

  before(async () => {
    // A copy: packaging builds for production, which must not replace what other tests use.
    dir = await mkdtemp(path.join(tmpdir(), 'package-'));
    const copy = path.join(dir, 'extension');
    for (const name of sources) {
      await cp(path.join(repoPaths.root, name), path.join(copy, name), { recursive: true });
    }
    await symlink(path.join(repoPaths.root, 'node_modules'), path.join(copy, 'node_modules'));
    vsix = path.join(dir, 'extension.vsix');
    await run('npm', ['run', '--silent', 'package', '--', '--out', vsix], { cwd: copy });
    for (const name of [database, beside]) await createSampleDatabase(server, name, 'tiny');
  });
  after(async () => {
    await rm(dir, { recursive: true, force: true });
    for (const name of [database, beside, restored]) await dropDatabase(server, name);
  });

  it('holds what runs and what the Marketplace shows, and nothing else', async () => {
    const copy = path.join(dir, 'extension');
    const vsce = path.join(repoPaths.root, 'node_modules/@vscode/vsce/vsce');
    const listed = await run(process.execPath, [vsce, 'ls', '--no-dependencies'], { cwd: copy });
    const unwanted = listed
      .trim()
      .split('\n')
      .filter(
        (file) =>
          !/^(package\.json|package\.nls\.json|README\.md|CHANGELOG\.md|LICENSE)$/.test(file) &&
          !/^dist\/((extension|supervisor|guard|askpass)\.js|chunks\/[\w.-]+\.js|webview\/[a-z]+\.(js|css)|codicons\/codicon\.(css|ttf))$/.test(
            file,
          ) &&
          !/^(media\/([\w-]+\.svg|icon\.png)|l10n\/[\w.-]+\.json)$/.test(file),
      );
    assert.deepEqual(unwanted, []);
    for (const name of ['extension.js', 'supervisor.js', 'guard.js', 'askpass.js']) {
      assert.ok(listed.includes(`dist/${name}`), name);
    }
  });

  it('is at most a megabyte', async () => {
    assert.ok((await stat(vsix)).size <= 1_000_000);
  });

  it('takes an empty VS Code, the oldest that it names, from a paste to a backup by three inputs, then to a restore', async () => {
    const install = await ensureVscode('minimum');
    const extensionsDir = path.join(dir, 'extensions');
    await run(install.node, [
      install.serverMain,
      ...['--install-extension', vsix],
      ...['--extensions-dir', extensionsDir, '--user-data-dir', path.join(dir, 'user-data')],
      ...['--server-data-dir', path.join(dir, 'server'), '--accept-server-license-terms'],
    ]);
    const workspace = await createTestWorkspace({});
    const workbench = await openWorkbench({
      version: 'minimum',
      workspace: workspace.dir,
      extensionsDir,
      env: { ...toolsEnv([server]), PGPASSFILE: undefined },
    });
    try {
      const sidebar = await Sidebar.open(workbench.ui);
      const names = { database, restored, beside };
      await fromPasteToRestore({ ...workbench, workspace }, sidebar, names);
    } finally {
      await workbench.close();
      await workspace.remove();
    }
  });
});
