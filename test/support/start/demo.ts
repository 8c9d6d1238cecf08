import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MANIFEST_ENDING } from '../../../src/core/backups/manifest/manifest';
import { compareDatabases, tableChecksums } from '../machine/compareDatabases';
import { openWorkbench } from '../workbench/workbench';
import type { ThemeName, WorkbenchPage } from '../workbench/workbenchPage';
import { repoPaths } from '../repoPaths';
import { formatSeconds, note } from '../tiers/steps';
import { BackupForm, RestoreForm } from './formPages';
import type { SampleWorld } from './sampleWorld';

const pictures = path.join(repoPaths.out, 'demo');

/** Pictures of the window as it is now, in a light and a dark theme. */
async function takePictures(ui: WorkbenchPage, name: string): Promise<void> {
  const themes: [string, ThemeName][] = [
    ['light', 'Default Light Modern'],
    ['dark', 'Default Dark Modern'],
  ];
  for (const [suffix, theme] of themes) {
    await ui.setTheme(theme);
    const file = await ui.picture(`${name}-${suffix}`, pictures);
    note(`  picture ${path.relative(repoPaths.root, file)}`);
  }
}

async function timed<T>(action: () => Promise<T>): Promise<[T, number]> {
  const started = performance.now();
  return [await action(), performance.now() - started];
}

/** The backup form's file, as a path in the workspace. */
async function onlyBackup(world: SampleWorld): Promise<string> {
  const names = await readdir(world.workspace.backups);
  const files = names.filter((name) => !name.endsWith(MANIFEST_ENDING));
  const [file] = files;
  if (file === undefined || files.length !== 1) {
    throw new Error(
      `expected one backup in ${world.workspace.backups}, found: ${files.join(', ')}`,
    );
  }
  return file;
}

/**
 * Does the main job through the forms: backs the sample up, restores it into a new database,
 * compares every table's rows. Prints a summary; resolves with whether all was well.
 */
export async function runDemo(world: SampleWorld): Promise<boolean> {
  await rm(pictures, { recursive: true, force: true });
  const workbench = await openWorkbench({
    version: 'current',
    workspace: world.workspace.dir,
    installedExtension: repoPaths.root,
    settings: world.userSettings,
    env: world.env,
    viewport: { width: 1440, height: 1000 },
  });
  const { ui } = workbench;
  try {
    const backup = await BackupForm.open(ui);
    await backup.chooseFormat('Custom');
    await takePictures(ui, '1-backup-form');
    const [backedUp, backupTime] = await timed(() => backup.create());
    await takePictures(ui, '2-backup-finished');
    const file = await onlyBackup(world);
    const { size } = await stat(path.join(world.workspace.backups, file));

    const restore = await RestoreForm.openFor(ui, `backups/${file}`);
    const copy = `${world.database}_restored`;
    await restore.intoNewDatabase(copy);
    await takePictures(ui, '3-restore-form');
    const [restored, restoreTime] = await timed(() => restore.restore());
    await takePictures(ui, '4-restore-finished');

    const differences = await compareDatabases(world.server, world.database, world.server, copy);
    const tables = await tableChecksums(world.server, copy);
    const rows = [...tables.values()].reduce((sum, table) => sum + table.rows, 0);
    note(
      [
        '',
        'Demo',
        `  backup   ${formatSeconds(backupTime)}  ${(size / 1e6).toFixed(1)} MB  ${backedUp}`,
        `  restore  ${formatSeconds(restoreTime)}  ${restored}`,
        `  compared ${tables.size} tables, views and sequences, ${rows} rows: ` +
          (differences.length === 0 ? 'no difference' : `${differences.length} differences`),
        ...differences.map((line) => `    ${line}`),
      ].join('\n'),
    );
    const clean = /^Restore of .* finished/.test(restored) && !/with .* errors?\./.test(restored);
    return differences.length === 0 && /^Backup finished/.test(backedUp) && clean;
  } catch (error) {
    await ui.picture('failed', pictures);
    await writeFile(path.join(pictures, 'failed.txt'), await ui.accessibleText());
    throw error;
  } finally {
    await workbench.close();
  }
}
