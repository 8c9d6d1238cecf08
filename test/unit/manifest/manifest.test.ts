import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Manifest {
  engines: { vscode: string };
  devDependencies: Record<string, string>;
  dependencies?: Record<string, string>;
  contributes: {
    commands: { command: string; title: string; category: string }[];
    menus: Record<string, { command?: string; submenu?: string; when?: string }[]>;
    submenus: { id: string }[];
    views: Record<string, { id: string }[]>;
    viewsWelcome: { view: string }[];
    viewsContainers: { activitybar: { id: string; icon: string }[] };
    configuration: { properties: Record<string, { scope: string } & Record<string, unknown>> };
  };
  capabilities: { untrustedWorkspaces: { supported: string } };
}

const read = <T>(file: string): T => JSON.parse(readFileSync(path.resolve(file), 'utf8')) as T;

describe('The manifest', () => {
  const manifest = read<Manifest>('package.json');
  const strings = read<Record<string, string>>('package.nls.json');
  const { commands, menus, configuration } = manifest.contributes;

  it('gives every command the category and a title', () => {
    for (const { command, title, category } of commands) {
      assert.match(command, /^pgBackup\.[a-z][a-zA-Z]+$/);
      assert.equal(category, '%category%', command);
      assert.ok(strings[title.replaceAll('%', '')], command);
    }
  });

  it('uses every string, and has every string it uses', () => {
    const used = new Set(
      [...JSON.stringify(manifest).matchAll(/"%([\w.]+)%"/g)].map((match) => match[1]),
    );
    assert.deepEqual([...used].sort(), Object.keys(strings).sort());
  });

  it('keeps commands that need arguments out of the palette', () => {
    const hidden = (menus['commandPalette'] ?? []).filter(({ when }) => when === 'false');
    const inViews = (menus['view/item/context'] ?? []).concat(menus['pgBackup.verify'] ?? []);
    // Those of rows that ask for what they need when they are called without one.
    const asking = [
      ...['backup', 'editConnections', 'forgetPassword', 'setPassword', 'backupDatabases'],
      ...['copyConnectionUrl', 'duplicateConnection', 'removeConnection', 'renameConnection'],
    ];
    const expected = new Set([
      ...['cancelJob', 'createBackup', 'getBackupInfo', 'preflight', 'restoreBackup'],
      ...['restoreFile'],
      ...['verifyBackup'].filter((name) =>
        commands.some(({ command }) => command === `pgBackup.${name}`),
      ),
      ...inViews
        .map(({ command = '' }) => command.replace('pgBackup.', ''))
        .filter((name) => ![...asking, 'showJobLog', 'testConnection', ''].includes(name)),
    ]);
    assert.deepEqual(
      hidden.map(({ command }) => command).sort(),
      [...expected].map((name) => `pgBackup.${name}`).sort(),
    );
  });

  it('offers in menus only commands that exist', () => {
    const known = new Set(commands.map(({ command }) => command));
    const { submenus } = manifest.contributes;
    for (const { command, submenu } of Object.values(menus).flat()) {
      if (command !== undefined) assert.ok(known.has(command), command);
      else assert.ok(submenus.some(({ id }) => id === submenu && menus[id] !== undefined));
    }
  });

  it('has views in a container of its own, each with words for when it is empty', () => {
    const { views, viewsContainers, viewsWelcome } = manifest.contributes;
    const [container] = viewsContainers.activitybar;
    const ids = (views[container?.id ?? ''] ?? []).map(({ id }) => id);
    assert.deepEqual(ids, [
      'pgBackup.connectionsView',
      'pgBackup.backupsView',
      'pgBackup.jobsView',
    ]);
    for (const id of ids)
      assert.ok(
        viewsWelcome.some(({ view }) => view === id),
        id,
      );
    const icon = readFileSync(path.resolve(container?.icon ?? ''), 'utf8');
    assert.doesNotMatch(icon, /#[0-9a-f]{3}/i, 'VS Code gives it its colour');
    for (const { when = '' } of [
      ...(menus['view/title'] ?? []),
      ...(menus['view/item/context'] ?? []),
    ]) {
      const view = /view == ([\w.]+)/.exec(when)?.[1] ?? '';
      assert.ok(ids.includes(view), when);
    }
  });

  it('lets no workspace say which program is run', () => {
    assert.equal(configuration.properties['pgBackup.toolsPath']?.scope, 'machine');
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, 'limited');
  });

  it('bundles everything, each dependency pinned exactly', () => {
    assert.equal(manifest.dependencies, undefined);
    for (const [name, version] of Object.entries(manifest.devDependencies)) {
      assert.match(version, /^(?:npm:[a-z-]+@)?\d+\.\d+\.\d+$/, name);
    }
    assert.equal(`^${manifest.devDependencies['@types/vscode']}`, manifest.engines.vscode);
  });
});
