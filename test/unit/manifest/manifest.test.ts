import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** With other words that the palette finds the command by, and does not show. */
type Title = string | { value: string; original: string };

interface Manifest {
  engines: { vscode: string };
  devDependencies: Record<string, string>;
  dependencies?: Record<string, string>;
  contributes: {
    commands: { command: string; title: Title; category: string }[];
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

const shownTitle = (title: Title): string => (typeof title === 'string' ? title : title.value);

describe('The manifest', () => {
  const manifest = read<Manifest>('package.json');
  const strings = read<Record<string, string>>('package.nls.json');
  const { commands, menus, configuration } = manifest.contributes;

  it('gives every command the category and a title', () => {
    for (const { command, title, category } of commands) {
      assert.match(command, /^pgBackup\.[a-z][a-zA-Z]+$/);
      assert.equal(category, '%category%', command);
      assert.ok(strings[shownTitle(title).replaceAll('%', '')], command);
    }
  });

  it('lets commands be found by the names of the programs', () => {
    const text = (title: string): string => strings[title.replaceAll('%', '')] ?? '';
    const foundBy = (word: string): string[] =>
      commands
        .filter(({ title }) => typeof title !== 'string' && text(title.original).includes(word))
        .map(({ command }) => command.replace('pgBackup.', ''));
    for (const { title } of commands) {
      if (typeof title === 'string') continue;
      // Where VS Code has another language, it shows these words below the title.
      assert.ok(text(title.original).startsWith(`${text(title.value)} (`), text(title.value));
    }
    const words: [word: string, command: string][] = [
      ['pg_dump', 'backup'],
      ['pg_dump', 'backupDatabases'],
      ['pg_dumpall', 'backup'],
      ['export', 'backup'],
      ['pg_restore', 'restore'],
      ['psql', 'restore'],
      ['import', 'restore'],
      ['dump', 'openArchive'],
      ['psql', 'addConnection'],
      ['pg_dump', 'installTools'],
    ];
    for (const [word, command] of words) assert.ok(foundBy(word).includes(command), word);
    // The palette sorts by title: others would stand before the one that is meant.
    assert.deepEqual(foundBy('restore'), ['restore']);
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
