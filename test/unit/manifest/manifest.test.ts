import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Manifest {
  engines: { vscode: string };
  devDependencies: Record<string, string>;
  dependencies?: Record<string, string>;
  contributes: {
    commands: { command: string; title: string; category: string }[];
    menus: Record<string, { command: string; when?: string }[]>;
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
    assert.deepEqual(
      hidden.map(({ command }) => command).sort(),
      ['cancelJob', 'createBackup', 'getBackupInfo', 'restoreBackup', 'restoreFile'].map(
        (name) => `pgBackup.${name}`,
      ),
    );
  });

  it('offers in menus only commands that exist', () => {
    const known = new Set(commands.map(({ command }) => command));
    for (const entry of Object.values(menus).flat()) assert.ok(known.has(entry.command));
  });

  it('lets no workspace say which program is run', () => {
    assert.equal(configuration.properties['pgBackup.toolsPath']?.scope, 'machine');
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, 'limited');
  });

  it('bundles everything, each dependency pinned exactly', () => {
    assert.equal(manifest.dependencies, undefined);
    for (const [name, version] of Object.entries(manifest.devDependencies)) {
      assert.match(version, /^\d+\.\d+\.\d+$/, name);
    }
    assert.equal(`^${manifest.devDependencies['@types/vscode']}`, manifest.engines.vscode);
  });
});
